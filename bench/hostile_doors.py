"""The doors by which texts come in; each gives what it has stored of them. And what is published of the stored."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from bench.hostile_pages import ORIGIN
from informed_comment.html import HtmlFormField
from posts.models import Post, ReaderComment
from tests.factories import (
    make_category,
    make_mailing,
    make_page,
    make_post,
    make_user,
)
from tests.wordpress.parts import HEAD
from wordpress.importer import import_files

SET = """async (texts) => {
  const left = []
  for (const text of texts) {
    try { id_body.editor.commands.setContent(text, { emitUpdate: true }) } catch { continue }  // a form that names a field nodeName
    left.push(id_body.value)
  }
  return left
}"""
PASTE = """async (texts) => {
  const left = []
  for (const text of texts) {
    id_body.editor.commands.clearContent(true)
    const data = new DataTransfer()
    data.setData("text/html", text)
    document.querySelector(".ProseMirror").dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))
    left.push(id_body.value)
  }
  return left
}"""
CUT = "]]>"
EVERY = 12  # of the stored texts, one is shown on pages of every kind


def doors(site, folder):
    site.staff.force_login(make_user(group="Editor"))
    return {
        "shell: save": saved,
        "shell: bulk and update": in_bulk,
        "editor": lambda texts: typed(site, SET, texts),
        "paste": lambda texts: typed(site, PASTE, texts),
        "WordPress": lambda texts: from_wordpress(texts, Path(folder, "old.xml")),
        "WordPress, comments": comments_of_wordpress,
        "Ghost": lambda texts: from_ghost(texts, Path(folder, "old.json")),
        "Substack": lambda texts: from_substack(texts, Path(folder, "substack.zip")),
        "Markdown": lambda texts: from_markdown(texts, Path(folder, "markdown.zip")),
    }


def bodies_since(last):
    return list(Post.objects.filter(pk__gt=last).values_list("body", flat=True))


def last():
    return Post.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def plain(text):
    return text.replace("\x00", "")


def saved(texts):
    since = last()
    for text in texts:
        Post(title=plain(text)[:200] or "x", standfirst=plain(text)[:400], body=text).save()
    return bodies_since(since)


def in_bulk(texts):
    since = last()
    half = len(texts) // 2
    Post.objects.bulk_create(Post(title="x", body=text) for text in texts[:half])
    post = Post.objects.create(title="updated")
    found = bodies_since(since)
    for text in texts[half:]:
        Post.objects.filter(pk=post.pk).update(body=text)
        found.append(Post.objects.values_list("body", flat=True).get(pk=post.pk))
    return found


def typed(site, deed, texts):
    """What the editor sends, as the form cleans it."""
    page = site.page
    page.goto(f"{ORIGIN}/admin/posts/post/add/")
    page.wait_for_function("window.id_body && id_body.editor")
    left = []
    for start in range(0, len(texts), 100):
        left += page.evaluate(deed, texts[start : start + 100])
    ran = page.evaluate("(top.ran || []).splice(0)")
    if ran or site.elsewhere:
        print(f"  the editor itself: {ran[:5]} {site.elsewhere[:5]}")
    field = HtmlFormField(required=False)
    return [str(field.clean(text)) for text in left]


def legal(text):
    """As it can stand in XML."""
    return "".join(sign for sign in text if sign in "\t\n" or ord(sign) > 31).replace(CUT, "]]]]><![CDATA[>")


def item(number, text):
    comment = (
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id><wp:comment_author><![CDATA[{legal(text)[:80]}]]></wp:comment_author>"
        f"<wp:comment_author_url><![CDATA[{legal(text)[:180]}]]></wp:comment_author_url><wp:comment_date_gmt>2010-05-04 12:00:00</wp:comment_date_gmt>"
        f"<wp:comment_content><![CDATA[{legal(text)}]]></wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>"
    )
    return (
        f"<item><title><![CDATA[{legal(text)[:150]}]]></title><link>https://old.example/2010/05/p{number}/</link><dc:creator>ada</dc:creator>"
        f"<wp:post_id>{number}</wp:post_id><wp:post_date>2010-05-04 08:00:00</wp:post_date><wp:post_date_gmt>2010-05-04 12:00:00</wp:post_date_gmt>"
        f"<wp:post_name>p{number}</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>"
        f"<content:encoded><![CDATA[{legal(text)}]]></content:encoded><excerpt:encoded><![CDATA[{legal(text)[:300]}]]></excerpt:encoded>{comment}</item>\n"
    )


def from_wordpress(texts, path):
    since = last()
    items = "".join(item(number, text) for number, text in enumerate(texts, 1))
    path.write_text(f"{HEAD}{items}</channel></rss>")
    import_files([path])
    return bodies_since(since)


def comments_of_wordpress(_texts):
    return list(ReaderComment.objects.values_list("text", flat=True))


def from_ghost(texts, path):
    since = last()
    posts = [
        {
            "id": f"g{n}",
            "title": plain(text)[:150],
            "slug": f"g{n}",
            "html": plain(text),
            "type": "post",
            "status": "published",
        }
        | {"published_at": "2021-05-04T12:00:00.000Z"}
        for n, text in enumerate(texts)
    ]
    path.write_text(json.dumps({"db": [{"meta": {"version": "5.1"}, "data": {"posts": posts}}]}))
    import_files([path])
    return bodies_since(since)


def zipped(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    since = last()
    import_files([path])
    return bodies_since(since)


def from_substack(texts, path):
    table = io.StringIO(
        "post_id,post_date,is_published,email_sent_at,type,audience,title,subtitle,podcast_url\n"
    )
    table.seek(0, io.SEEK_END)
    for n in range(len(texts)):
        table.write(f"{n}.s{n},2022-03-01T10:00:00.000Z,true,,newsletter,everyone,Title {n},x,\n")
    return zipped(
        path, {"posts.csv": table.getvalue()} | {f"posts/{n}.s{n}.html": text for n, text in enumerate(texts)}
    )


def from_markdown(texts, path):
    head = "---\ntitle: Title {n}\ndate: 2023-05-04\nslug: m{n}\n---\n\n"
    return zipped(path, {f"posts/m{n}.md": head.format(n=n) + text for n, text in enumerate(texts)})


# What is published


def published(stored, staff):
    """{kind of page: addresses} that show some of the stored texts, with hostile titles, names and captions around them."""
    chosen = stored[::EVERY]
    section = make_category("Hostile </title><img src=x onerror=alert(1)>", introduction=chosen[0])
    posts = [made(number, text, section) for number, text in enumerate(chosen)]
    mailings = [sent(text) for text in chosen[::5]]
    few = posts[::8]
    lists = [f"/page/{n}/" for n in range(2, 2 + len(posts) // 30)]
    return {
        "page of a post": [post.permalink for post in posts],
        "lists, feeds' pages": [
            "/",
            *lists,
            section.get_absolute_url(),
            "/archives/",
            "/authors/",
            "/search/?q=hostile",
        ],
        "page": [
            make_page(title=text[:80] or "x", slug=f"p{n}", body=text).get_absolute_url()
            for n, text in enumerate(chosen[::5])
        ],
        "archive of the newsletter": [f"/newsletter/archive/{mailing.pk}/" for mailing in mailings],
        "form of the editors": [f"/admin/posts/post/{post.pk}/change/" for post in few],
        "preview of the editors": [f"/admin/posts/post/{post.pk}/preview/page/" for post in few],
        "revisions of a post": [f"/admin/posts/post/{post.pk}/revisions/" for post in few],
        "lists of the newsroom": [
            "/admin/",
            "/admin/posts/post/",
            "/admin/posts/tag/",
            "/admin/authors/author/",
            "/admin/pages/page/",
        ],
    }


def made(number, text, section):
    hostile = plain(text)[:150] or "x"
    post = make_post(
        title=f"hostile {hostile}",
        standfirst=hostile,
        body=text,
        authors=0,
        lead_caption=hostile,
        seo_description=hostile,
        tags=[f"t{number} {hostile}"[:90]],
        published_at=timezone.now() - timedelta(minutes=number + 1),
    )
    return post


def sent(text):
    began = timezone.now() - timedelta(hours=1)
    told = {"state": "sent", "queued_at": began, "started_at": began, "ended_at": began}
    return make_mailing(subject=plain(text)[:150] or "x", body=text, **told)
