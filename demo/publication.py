"""The demo publication put into an empty site: sections, authors, posts, pages, promos, reads, subscribers."""

import re
from concurrent.futures import ProcessPoolExecutor
from html import escape
from multiprocessing import get_context

from django.core.files.base import ContentFile
from django.utils import timezone

from authors.models import Author, AuthorLink
from demo import content, mailings, pictures, readers, reads
from images.keeping import keep_image
from informed_comment.publication import current_publication
from pages.models import MenuLink, Page, Promo
from posts import filing, front, publishing
from posts.models import Byline, Category, Correction, FrontSection, FrontSlot, Post

POSTAL_ADDRESS = "Informed Comment, 1 Specimen Street, 00000 Exampleton"
MENU = (
    *("featured", "us-politics", "middle-east", "environment", "us-foreign-policy"),
    *("energy", "economy", "politics"),
)
SECTIONS = ("us-politics", "middle-east", "environment", "energy", "books")
DRAWN_BY = "Informed Comment / drawing"
FIGURE = re.compile(r'<figure class="image" data-picture="(?P<stem>[\w-]+)"(?P<rest>[^>]*)></figure>')
PROMO_KINDS = {"support": Promo.Kind.APPEAL, "book": Promo.Kind.BOOK, "social": Promo.Kind.SOCIAL}


def create():
    """Makes everything and tells how many posts there are. The caller holds the transaction."""
    album = Album()
    sections = make_categories()
    authors = make_authors(album)
    made = [make_post(post, album, sections, authors) for post in content.read_posts()]
    make_pages()
    make_menu(sections)
    for place, path in enumerate(SECTIONS):
        FrontSection.objects.create(category=sections[path], position=place)
    make_promos(album)
    reads.make_reads(made)
    readers.make_subscribers()
    mailings.create()
    return len(made)


class Album:
    """The demo's pictures in the library, drawn on every core and kept when they are asked for."""

    def __init__(self):
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as cores:
            self.drawn = dict(zip(pictures.STEMS, cores.map(pictures.as_jpeg, pictures.STEMS), strict=True))
        self.kept = {}

    def image(self, stem, *, caption="", credit=""):
        if not stem:
            return None
        if stem not in self.kept:
            self.kept[stem] = keep_image(
                ContentFile(self.drawn[stem], name=f"{stem}.jpg"),
                name=f"{stem}.jpg",
                title=stem.replace("-", " ").capitalize(),
                alt=pictures.STEMS[stem].alt,
                caption=caption,
                credit=credit or DRAWN_BY,
                licence="Own work",
            )
        return self.kept[stem]


def make_categories():
    made = {}
    for place, entry in enumerate(content.read_categories()):
        made[entry.path] = Category.objects.create(
            parent=made.get(entry.parent),
            name=entry.name,
            slug=entry.slug,
            introduction=f"<p>{escape(entry.introduction)}</p>",
            position=place,
        )
    return made


def make_authors(album):
    made = {}
    for entry in content.read_authors():
        author = Author.objects.create(
            name=entry.name,
            slug=entry.slug,
            role=entry.role,
            bio=entry.body,
            portrait=album.image(entry.portrait),
            email=entry.email,
            website=entry.website,
        )
        AuthorLink.objects.bulk_create(
            AuthorLink(author=author, label=link.label, url=link.url, position=place)
            for place, link in enumerate(entry.links)
        )
        made[entry.slug] = author
    return made


def make_post(entry, album, sections, authors):
    came_out = timezone.now() - entry.age
    post = Post.objects.create(
        title=entry.title,
        slug=entry.slug,
        standfirst=entry.standfirst,
        body=with_pictures(entry.body, album),
        lead_image=album.image(entry.picture, caption=entry.picture_caption, credit=entry.picture_credit),
        lead_caption=entry.picture_caption,
        video_title=entry.video.label if entry.video else "",
        video_url=entry.video.url if entry.video else "",
        seo_title=entry.seo_title,
        seo_description=entry.seo_description,
        original_name=entry.original.label if entry.original else "",
        original_url=entry.original.url if entry.original else "",
        licence=entry.licence,
        created_at=min(came_out, timezone.now()),
    )
    signed = [
        *((slug, Byline.Role.BY) for slug in entry.authors),
        *((slug, Byline.Role.TRANSLATED) for slug in entry.translated_by),
        *((slug, Byline.Role.PHOTOGRAPHS) for slug in entry.photographs_by),
    ]
    for place, (slug, role) in enumerate(signed):
        Byline.objects.create(post=post, author=authors[slug], role=role, position=place)
    labelling_first = sorted(entry.categories, key=lambda path: path == "featured")
    filing.file_under(post, [sections[path] for path in labelling_first])
    post.tags.add(*entry.tags)
    if entry.correction:
        made_at = timezone.now() - entry.correction.age
        Correction.objects.create(post=post, text=entry.correction.text, made_at=made_at)
    if entry.status in ("published", "scheduled"):
        publishing.publish(post, at=came_out)
    elif entry.status == "in_review":
        publishing.submit(post)
    if entry.front:
        front.put(FrontSlot(post=post, place=entry.front, starts_at=came_out))
    return post


def with_pictures(body, album):
    """The body with its pictures by name turned into figures with pictures from the library."""

    def figure(found):
        told = dict(re.findall(r'data-(caption|credit|alt)="([^"]*)"', found["rest"]))
        image = album.image(found["stem"], credit=told.get("credit", ""))
        caption = " ".join(
            part
            for part in (
                told.get("caption", ""),
                f"<small>{told['credit']}</small>" if told.get("credit") else "",
            )
            if part
        )
        alt = told.get("alt") or escape(image.alt)
        return (
            f'<figure class="image"><img src="{image.file.url}" alt="{alt}" width="{image.width}" '
            f'height="{image.height}" data-image="{image.pk}"><figcaption>{caption}</figcaption></figure>'
        )

    return FIGURE.sub(figure, body)


def make_pages():
    for entry in content.read_pages():
        Page.objects.create(title=entry.title, slug=entry.slug, body=entry.body, is_published=True)


def make_menu(sections):
    links = [MenuLink(label=sections[path].name, category=sections[path]) for path in MENU]
    about, submissions = (Page.objects.get(slug=slug) for slug in ("about", "submissions"))
    links += [
        MenuLink(label="About", page=about),
        MenuLink(label="Archives", address="/archives/"),
        MenuLink(label="Submissions", page=submissions),
    ]
    for place, link in enumerate(links):
        link.position = place
        link.save()


def make_promos(album):
    publication = current_publication()
    for entry in content.read_promos():
        if entry.kind == "newsletter":
            publication.newsletter_heading = entry.title
            publication.newsletter_note = re.sub(r"<[^>]+>", "", entry.body).strip()
            publication.postal_address = POSTAL_ADDRESS
            publication.save()
            continue
        links = "".join(f'<li><a href="{link.url}">{escape(link.label)}</a></li>' for link in entry.links)
        Promo.objects.create(
            kind=PROMO_KINDS.get(entry.kind, Promo.Kind.NOTICE),
            place=place_of(entry),
            heading=entry.title,
            body=entry.body + (f"<ul>{links}</ul>" if links else ""),
            image=album.image(entry.picture),
            button_label=entry.button.label if entry.button else "",
            button_url=entry.button.url if entry.button else "",
            position=entry.order,
        )


def place_of(entry):
    if entry.place == "header":
        return Promo.Place.HEADER
    return Promo.Place.SIDEBAR_END if entry.kind == "book" else Promo.Place.SIDEBAR
