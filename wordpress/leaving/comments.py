"""What readers said under a post, as WordPress has it. Neither mail addresses nor networks are kept here, so none go out."""

import re
from types import SimpleNamespace

from posts.models import ReaderComment
from posts.syndication import printable
from wordpress.leaving import told
from wordpress.leaving.xml import cdata, local, meta, moment
from wordpress.taking.comments import text_of

_ANCHOR = re.compile(r"comment-(\d{1,18})$")
_PARAGRAPHS = re.compile(r"</p>\s*<p>")
_ONLY_PARAGRAPHS = re.compile(r"<p>(?:(?!</?(?:p|ul|ol|blockquote|pre)\b).)*</p>", re.S)
LATER = 10**12  # ids of comments that do not say what theirs was


def number(comment):
    anchor = _ANCHOR.match(comment.anchor)
    return int(anchor[1]) if anchor else LATER + comment.pk


def comments_of(post):
    comments = sorted(post.said, key=lambda one: (one.published_at, one.pk))
    numbers = {comment.pk: number(comment) for comment in comments}
    return [_xml(comment, numbers) for comment in comments]


def _xml(comment, numbers):
    is_mention, text = comment.kind == ReaderComment.Kind.MENTION, said(comment.text)
    return (
        f"\t<wp:comment>\n\t\t<wp:comment_id>{numbers[comment.pk]}</wp:comment_id>\n"
        f"\t\t<wp:comment_author>{cdata(comment.name)}</wp:comment_author>\n"
        "\t\t<wp:comment_author_email></wp:comment_author_email>\n"
        f"\t\t<wp:comment_author_url>{cdata(comment.website)}</wp:comment_author_url>\n"
        "\t\t<wp:comment_author_IP></wp:comment_author_IP>\n"
        f"\t\t<wp:comment_date>{cdata(local(comment.published_at))}</wp:comment_date>\n"
        f"\t\t<wp:comment_date_gmt>{cdata(moment(comment.published_at))}</wp:comment_date_gmt>\n"
        f"\t\t<wp:comment_content>{cdata(text)}</wp:comment_content>\n"
        f"\t\t<wp:comment_approved>{int(comment.is_shown)}</wp:comment_approved>\n"
        f"\t\t<wp:comment_type>{'pingback' if is_mention else 'comment'}</wp:comment_type>\n"
        f"\t\t<wp:comment_parent>{numbers.get(comment.parent_id, 0)}</wp:comment_parent>\n"
        f"\t\t<wp:comment_user_id>0</wp:comment_user_id>\n{_beside(comment, text)}\t</wp:comment>\n"
    )


def _beside(comment, text):
    """What the import could not tell from the rest, if there is anything."""
    about = {} if comment.is_shown else {"is_hidden": True}
    if comment.text and _read(text) != comment.text:
        about["text"] = comment.text
    if not _ANCHOR.match(comment.anchor):
        about["anchor"] = comment.anchor
    if comment.published_at.microsecond:
        about["published_at"] = told.exactly(comment.published_at)
    return meta(told.COMMENT, {"was": told.digest(printable(text)), **about}, of="comment") if about else ""


def _read(text):
    return text_of(SimpleNamespace(content=text, is_html=False))


def said(html):
    """WordPress makes paragraphs of blank lines, and takes the tags away when a comment comes in."""
    if not html.startswith("<p>") or not _ONLY_PARAGRAPHS.fullmatch(_PARAGRAPHS.sub("", html)):
        return html
    text = _PARAGRAPHS.sub("\n\n", html)
    return text.removeprefix("<p>").removesuffix("</p>").replace("<br>\n", "\n").replace("<br>", "\n")
