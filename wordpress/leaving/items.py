"""Every item of an export: uploads, the people of bylines, pages, posts with all that belongs to them, the menu."""

import re
from datetime import UTC, datetime
from itertools import batched

from django.conf import settings
from django.db.models import Prefetch

from authors.models import Author
from images.models import Document, Image
from pages.models import MenuLink, Page
from posts.models import Byline, Filing, FrontSlot, Post, TaggedPost
from wordpress.leaving import names, numbers, told
from wordpress.leaving.blocks import Around, Body
from wordpress.leaving.comments import comments_of
from wordpress.leaving.former import former_by_target, older_slugs
from wordpress.leaving.xml import Entry, filed

BATCH = 100
MENU_DATE = datetime(2000, 1, 1, tzinfo=UTC)
_TRASHED_FROM = {"published": "publish", "in_review": "pending"}
_NAMED = re.compile(r'data-image="(\d{1,12})"')


def items(branches):
    """Entries in the order in which one may need another: what is shown before what shows it."""
    for kind, model in ((numbers.IMAGE, Image), (numbers.DOCUMENT, Document)):
        for kept in model.objects.order_by("pk").iterator(BATCH):
            yield upload(kind, kept)
    for authors in batched(_authors().iterator(BATCH), BATCH, strict=False):
        former = former_by_target([author.get_absolute_url() for author in authors])
        yield from (person(author, former.get(author.get_absolute_url(), [])) for author in authors)
    for pages in batched(Page.objects.order_by("path").iterator(BATCH), BATCH, strict=False):
        yield from _pages(pages)
    sticky = set(
        FrontSlot.objects.running().filter(place=FrontSlot.Place.LEAD).values_list("post_id", flat=True)
    )
    for posts in batched(_posts().iterator(BATCH), BATCH, strict=False):
        yield from _some_posts(posts, branches, sticky)
    for link in MenuLink.objects.select_related("category", "page").order_by("position", "id"):
        yield menu_entry(link, branches)


def _authors():
    return Author.objects.select_related("portrait").prefetch_related("links").order_by("pk")


def _posts():
    return (
        Post.objects.order_by("pk")
        .select_related("lead_image")
        .prefetch_related(
            Prefetch("bylines", Byline.objects.select_related("author"), to_attr="lines"),
            Prefetch(
                "filings",
                Filing.objects.filter(is_direct=True).select_related("category"),
                to_attr="filed",
            ),
            Prefetch("taggings", TaggedPost.objects.select_related("tag").order_by("id"), to_attr="tagged"),
            Prefetch("corrections", to_attr="corrected"),
            Prefetch("reader_comments", to_attr="said"),
        )
    )


# Uploads and people


def address_of(kept):
    """Where the file is; of a picture whose file was never found, where it was."""
    if kept.file:
        return names.file_address(kept.file.url)
    return kept.source_url if kept.source_url.startswith(("http://", "https://")) else ""


def upload(kind, kept):
    number = numbers.item(kind, kept.pk)
    is_image = kind == numbers.IMAGE
    link = f"{settings.SITE_URL}/?attachment_id={number}"
    return Entry(
        number=number,
        kind="attachment",
        status="inherit",
        title=told.as_html(kept.title),
        link=link,
        guid=address_of(kept) or link,
        since=kept.created_at,
        at=kept.created_at,
        slug=f"{'image' if is_image else 'document'}-{kept.pk}",
        content=told.as_html(kept.credit),
        excerpt=told.as_html(kept.caption) if is_image else "",
        file=address_of(kept) or link,
        meta={
            "_wp_attached_file": kept.file.name.removeprefix(f"{kept.folder}/") if kept.file else "",
            "_wp_attachment_image_alt": kept.alt if is_image else "",
            told.UPLOAD: told.upload(kept),
        },
    )


def person(author, former):
    """As Co-Authors Plus keeps somebody who signs and has no login."""
    login = names.login(author)
    portrait = author.portrait_id and str(numbers.item(numbers.IMAGE, author.portrait_id))
    return Entry(
        number=numbers.item(numbers.AUTHOR, author.pk),
        kind="guest-author",
        status="publish",
        title=told.as_html(author.name),
        link=names.whole(author.get_absolute_url()),
        guid=f"{settings.SITE_URL}/?post_type=guest-author&p={numbers.item(numbers.AUTHOR, author.pk)}",
        since=author.created_at,
        at=author.created_at,
        slug=f"cap-{login}",
        meta={
            "cap-display_name": author.name,
            "cap-user_login": login,
            "cap-user_email": author.email,
            "cap-website": author.website,
            "cap-description": author.bio,
            "_thumbnail_id": portrait or "",
            told.AUTHOR: told.author(author, former),
        },
    )


# Pages and posts


def _pages(pages):
    former = former_by_target([f"/{page.path}/" for page in pages])
    pictures = _pictures(pages)
    for order, page in enumerate(pages):
        markup = _markup(page, f"page {page.path}", pictures)
        number = numbers.item(numbers.PAGE, page.pk)
        old = former.get(f"/{page.path}/", [])
        yield Entry(
            number=number,
            kind="page",
            status="publish" if page.is_published else "draft",
            title=told.as_html(page.title),
            link=names.whole(page.get_absolute_url()),
            guid=f"{settings.SITE_URL}/?page_id={number}",
            since=page.created_at,
            at=page.created_at,
            changed_at=page.updated_at,
            slug=names.slug(page.slug),
            content=markup.text,
            excerpt=told.as_html(page.standfirst),
            parent=numbers.item(numbers.PAGE, page.parent_id) if page.parent_id else 0,
            order=order,
            meta=_meta(page, markup, {told.PAGE: told.page(page, markup, old)}),
        )


def _some_posts(posts, branches, sticky):
    former = former_by_target([post.permalink for post in posts if post.permalink])
    pictures = _pictures(posts)
    for post in posts:
        markup = _markup(post, post.feed_id, pictures)
        old = former.get(post.permalink, [])
        slugs, others = older_slugs(post, old)
        meta = _meta(post, markup, {told.POST: told.post(post, markup, others)})
        lines = post.lines
        yield Entry(
            number=numbers.item(numbers.POST, post.pk),
            kind="post",
            status=status_of(post),
            title=told.as_html(post.title),
            link=names.whole(
                post.permalink
                if post.permalink and post.status == Post.Status.PUBLISHED
                else f"/?p={numbers.item(numbers.POST, post.pk)}"
            ),
            guid=post.feed_id,
            since=post.created_at,
            at=post.published_at,
            changed_at=post.updated_at,
            creator=names.login(lines[0].author) if lines else "",
            slug=names.slug(post.slug),
            content=markup.text,
            excerpt=told.as_html(post.standfirst),
            is_sticky=post.pk in sticky,
            terms=_terms(post, lines, branches),
            meta=meta | ({"_wp_old_slug": slugs} if slugs else {}),
            comments=comments_of(post),
        )


def status_of(post):
    """Withdrawn is a draft there: off the site, and nothing lost."""
    if post.status == Post.Status.PUBLISHED:
        return "future" if post.is_scheduled else "publish"
    return {Post.Status.IN_REVIEW: "pending", Post.Status.TRASHED: "trash"}.get(post.status, "draft")


def _terms(post, lines, branches):
    authors = dict.fromkeys(line.author for line in lines)
    return [
        *(
            filed("category", branches.by_pk[one.category_id], told.as_html(one.category.name))
            for one in post.filed
        ),
        *(filed("post_tag", names.slug(one.tag.slug), told.as_html(one.tag.name)) for one in post.tagged),
        *(filed("author", f"cap-{names.login(author)}", author.name) for author in authors),
    ]


def _meta(record, markup, own):
    lead = getattr(record, "lead_image_id", None)
    trashed = getattr(record, "trashed_at", None)
    return {
        "_thumbnail_id": str(numbers.item(numbers.IMAGE, lead)) if lead else "",
        **told.search_words(record),
        "_yoast_wpseo_canonical": getattr(record, "original_url", ""),
        "_wp_trash_meta_status": _TRASHED_FROM.get(record.trashed_from, "draft") if trashed else "",
        "_wp_trash_meta_time": str(int(trashed.timestamp())) if trashed else "",
        "footnotes": markup.notes or "",
        **own,
    }


def _pictures(records):
    """{pk: picture} of all that the bodies of a batch show."""
    wanted = {int(number) for record in records for number in _NAMED.findall(record.body)}
    return Image.objects.only("file", "alt", "source_url").in_bulk(wanted) if wanted else {}


def _markup(record, key, pictures):
    def picture(pk):
        found = pictures.get(pk)
        return found and (numbers.item(numbers.IMAGE, pk), address_of(found) or "", found.alt)

    return Body(Around(key, names.file_address, names.file_path, picture)).markup(record.body)


# The menu


def menu_entry(link, branches):
    number = numbers.item(numbers.LINK, link.pk)
    if link.category_id:
        leads = ("taxonomy", numbers.term(numbers.CATEGORY, link.category_id), "category")
    elif link.page_id:
        leads = ("post_type", numbers.item(numbers.PAGE, link.page_id), "page")
    else:
        leads = ("custom", number, "custom")
    return Entry(
        number=number,
        kind="nav_menu_item",
        status="publish",
        title=told.as_html(link.label),
        link=f"{settings.SITE_URL}/?p={number}",
        guid=f"{settings.SITE_URL}/?p={number}",
        since=MENU_DATE,
        at=MENU_DATE,
        slug=f"menu-{link.pk}",
        order=link.position + 1,
        terms=[filed("nav_menu", names.MENU, "Main menu")],
        meta={
            "_menu_item_type": leads[0],
            "_menu_item_menu_item_parent": "0",
            "_menu_item_object_id": str(leads[1]),
            "_menu_item_object": leads[2],
            "_menu_item_target": "",
            "_menu_item_classes": 'a:1:{i:0;s:0:"";}',
            "_menu_item_xfn": "",
            "_menu_item_url": link.address,
        },
    )
