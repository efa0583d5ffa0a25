"""What stands in a letter, in a post that is mailed, and in a digest.

A writer is made once a mailing and asked for each choice of categories: `has()` says whether anything is in it for that
choice, `write()` gives it, or None.
"""

import logging

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.text import Truncator

from informed_comment.envelopes import one_line
from informed_comment.footnotes import without_notes
from informed_comment.html import plain_text
from informed_comment.publication import current_publication
from newsletter import mail_bodies, mail_html
from newsletter.carriers import said
from newsletter.marked_links import Marker, marked
from newsletter.models import Mailing, MailingPost
from newsletter.queueing import Text
from posts import embeds
from posts.models import Filing, Post
from posts.syndication import EMBED, absolute, printable

logger = logging.getLogger(__name__)
FOLDER = "newsletter/mail/mailing"
PREHEADER, SUBJECT = 140, 200
LARGE, SMALL = mail_bodies.COLUMN, 120  # pixels a card's picture is wide: the first one's, the others'
BECAUSE = {
    Mailing.Kind.DAILY: "You get this because you asked {title} for a daily digest.",
    Mailing.Kind.WEEKLY: "You get this because you asked {title} for a weekly digest.",
    Mailing.Kind.POST: "You get this because you asked {title} for every post.",
    Mailing.Kind.LETTER: "You get this because you are a subscriber of {title}.",
}


def writer_of(mailing):
    return {Mailing.Kind.LETTER: LetterWriter, Mailing.Kind.POST: PostWriter}.get(mailing.kind, DigestWriter)(
        mailing
    )


class Writer:
    """What all kinds share. `problems` are sentences about what could not be shown as it should."""

    def __init__(self, mailing):
        self.mailing = mailing
        self.problems = []
        self.marker = Marker()
        self.publication = current_publication()
        self.because = BECAUSE[mailing.kind].format(title=self.publication.title)

    def sheet(self, subject, preheader, **about):
        subject = one_line(printable(subject))[:SUBJECT]
        preheader = Truncator(one_line(printable(self.mailing.preheader or preheader))).chars(PREHEADER)
        return mail_html.Sheet(self.publication, subject, preheader, self.because, **about)

    def text(self, sheet, fragment_of, pieces):
        html, fragment = mail_html.fitted(sheet, lambda number: self.marker.mark(fragment_of(number)), pieces)
        return Text(sheet.subject, html, mail_html.plain(sheet, fragment))

    @property
    def web_address(self):
        """Empty for what the archive does not show."""
        return settings.SITE_URL + self.mailing.get_absolute_url() if self.mailing.is_in_archive else ""


class LetterWriter(Writer):
    """The same for everybody, whatever sections they chose."""

    def __init__(self, mailing):
        super().__init__(mailing)
        self.written = None

    def has(self, choice):
        return bool(self.write(choice))

    def write(self, choice):
        self.written = self.written or self.letter()
        return self.written

    def letter(self):
        mailing = self.mailing
        shown = mail_bodies.blocks(mailing.body, settings.SITE_URL + "/")
        if not shown:
            return None
        sheet = self.sheet(
            mailing.subject, plain_text(without_notes(mailing.body)), web_address=self.web_address
        )

        def fragment(number):
            is_cut = number < len(shown)
            kept = mail_bodies.without_loose_end(shown[:number]) if is_cut else shown
            context = {"subject": sheet.subject, "text": mail_bodies.joined(kept), "more": ""}
            context["more"] = (self.web_address or settings.SITE_URL + "/") if is_cut else ""
            return render_to_string(f"{FOLDER}/letter.html", context)

        return self.text(sheet, fragment, pieces_of(shown))


class PostWriter(Writer):
    """The post itself, for those who want every post, or those of a section it is in."""

    def __init__(self, mailing):
        super().__init__(mailing)
        line = mailing.lines.first()
        self.post = Post.objects.published().for_feeds().filter(pk=line and line.post_id).first()
        self.sections = sections_of([self.post.pk])[self.post.pk] if self.post else set()
        self.marker = Marker([self.post] if self.post else [])
        self.written = None

    def has(self, choice):
        return self.post is not None and (not choice or bool(self.sections.intersection(choice)))

    def write(self, choice):
        if not self.has(choice):
            return None
        self.written = self.written or self.whole()
        return self.written

    def whole(self):
        post, address = self.post, absolute(self.post.permalink)
        shown = mail_bodies.blocks(post.body, address)
        preheader = post.standfirst or plain_text(without_notes(post.body[:2000]))
        sheet = self.sheet(
            self.mailing.subject or str(post), preheader, web_address=marked(address), language=post.language
        )
        context = {"post": post, "address": address, "after": self.after(address)} | self.picture()

        def fragment(number):
            is_cut = number < len(shown)
            kept = mail_bodies.without_loose_end(shown[:number]) if is_cut else shown
            text = {"text": mail_bodies.joined(kept), "more": address if is_cut else ""}
            return whole_addresses(render_to_string(f"{FOLDER}/post.html", context | text))

        return self.text(sheet, fragment, pieces_of(shown))

    def picture(self):
        image = self.post.lead_image
        if not image or not image.file:
            return {"picture": "", "picture_words": ""}
        words = " / ".join(filter(None, [self.post.lead_caption or image.caption, image.credit]))
        return {"picture": mail_bodies.picture(image), "picture_words": words}

    def after(self, address):
        """The film that goes with it, where it came out first, and what has been corrected."""
        embed = embeds.recognised(self.post.video_url, self.post.video_title)
        parts = [render_to_string(EMBED, {"embed": embed, "caption": ""})] if embed else []
        parts.append(render_to_string("posts/_credit.html", {"post": self.post}))
        parts.append(render_to_string("posts/_corrections.html", {"corrections": self.post.corrections_made}))
        return mark_safe("".join(mail_bodies.blocks("".join(parts), address)))  # noqa: S308 - our own templates


class DigestWriter(Writer):
    """Cards of the posts in it, in the order an editor gave them; of a section, only its branch.

    What another digest of the kind has told of since is not told again (composing.drop_gone() notes it).
    """

    def __init__(self, mailing):
        super().__init__(mailing)
        told = MailingPost.objects.told_by(mailing.kind).exclude(mailing=mailing)
        lines = mailing.lines.filter(is_left_out=False).exclude(post__in=told.values("post"))
        kept = list(lines.values_list("post", flat=True))
        found = {post.pk: post for post in Post.objects.published().filter(pk__in=kept).for_cards()}
        self.posts = [found[pk] for pk in kept if pk in found]
        self.sections = sections_of(found)
        self.marker = Marker(self.posts)
        self.cards, self.written = {}, {}
        self.intro = mark_safe("".join(mail_bodies.blocks(mailing.intro, settings.SITE_URL + "/")))  # noqa: S308

    def chosen(self, choice):
        wanted = set(choice)
        return [post for post in self.posts if not wanted or self.sections[post.pk] & wanted]

    def has(self, choice):
        return bool(self.chosen(choice))

    def write(self, choice):
        posts = self.chosen(choice)
        key = tuple(post.pk for post in posts)
        if posts and key not in self.written:
            self.written[key] = self.digest(posts)
        return self.written.get(key)

    def digest(self, posts):
        mailing = self.mailing
        moment = mailing.send_at or timezone.now()
        sheet = self.sheet(
            mailing.subject or subject_of(posts),
            plain_text(mailing.intro) or posts[0].standfirst or " · ".join(str(post) for post in posts[1:4]),
            dateline=f"{timezone.localtime(moment):%A, %-d %B %Y}",
            web_address=self.web_address,
        )

        def fragment(number):
            context = {
                "intro": self.intro,
                "cards": [self.card(post, is_first=not place) for place, post in enumerate(posts[:number])],
                "left": len(posts) - number,
                "site_url": settings.SITE_URL,
            }
            return render_to_string(f"{FOLDER}/digest.html", context)

        return self.text(sheet, fragment, len(posts))

    def card(self, post, *, is_first):
        if (post.pk, is_first) not in self.cards:
            self.cards[post.pk, is_first] = self.drawn(post, is_first)
        return self.cards[post.pk, is_first]

    def drawn(self, post, is_first):
        """One that cannot be shown is its title, and is told of; the digest goes out."""
        address = absolute(post.permalink)
        try:
            context = {
                "post": post,
                "address": address,
                "large": mail_bodies.cut(post.lead_image, width=LARGE) if is_first else None,
                "small": None if is_first else mail_bodies.cut(post.lead_image, width=SMALL),
            }
            return whole_addresses(render_to_string(f"{FOLDER}/_card.html", context))
        except Exception as error:
            logger.exception(
                "Of post %s only the title could be shown in mailing %s", post.pk, self.mailing.pk
            )
            self.problems.append(f"Of “{post}” only the title could be shown: {said(error)}")
            return render_to_string(f"{FOLDER}/_card_plain.html", {"title": str(post), "address": address})


def subject_of(posts):
    """What a digest is called when nobody gave it a subject: its first post, and how many more."""
    if not posts:
        return ""
    title = Truncator(one_line(printable(str(posts[0])))).chars(SUBJECT - 30)
    return f"{title}, and {len(posts) - 1} more" if len(posts) > 1 else title


def sections_of(posts):
    """{post: ids of the categories it is in, and of every branch above them}."""
    found = {pk: set() for pk in posts}
    for post, category in Filing.objects.filter(post__in=posts).values_list("post", "category"):
        found[post].add(category)
    return found


def whole_addresses(html):
    """A fragment of ours with the host in every address."""
    return mark_safe(mail_bodies.made_whole(html, settings.SITE_URL + "/"))  # noqa: S308 - our own templates


def pieces_of(shown):
    return mail_html.surely_too_many(shown)
