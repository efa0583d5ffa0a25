"""A publication told by what readers and editors see of it, to compare one with what it becomes elsewhere."""

import re
from pathlib import Path

from authors.models import Author
from images.models import Document, Image
from pages.models import MenuLink, Page, Promo
from posts.models import Category, FrontSection, FrontSlot, Post, Tag
from wordpress import exporter
from wordpress.importer import import_files
from wordpress.models import Imported

EMPTIED = (
    FrontSlot,
    FrontSection,
    MenuLink,
    Promo,
    Post,
    Page,
    Category,
    Tag,
    Author,
    Image,
    Document,
    Imported,
)
PICTURE = re.compile(r'(src|href|data-embed)="/media/\w+/\d{4}/\d{2}/([^"]*?)(?:-[0-9a-f]{8})*(\.\w+)"')
NUMBER = re.compile(r'data-image="(\d+)"')


def empty():
    for model in EMPTIED:
        objects = model.objects.order_by("-path") if hasattr(model, "path") else model.objects.all()
        for one in objects if hasattr(model, "path") else ():
            one.delete()
        objects.all().delete()


def round_trip(tmp_path, settings, name="site.xml", **options):
    """(what the site was, what it is, the report) once it went out, all of it was gone, and came in elsewhere."""
    before, file, media = told(), tmp_path / name, tmp_path / "there"
    exporter.write(file)
    was = Path(settings.MEDIA_ROOT)
    was.mkdir(exist_ok=True)
    was.rename(media)
    settings.MEDIA_ROOT = tmp_path / "media"
    empty()
    report = import_files([file], folder=media, **options)
    return before, told(), report


def differences(before, after):
    """What of two is not the same, in words."""
    for kind, there in before.items():
        here = after[kind]
        if isinstance(there, dict):
            yield from (f"{kind} {key} lacks" for key in there.keys() - here.keys())
            yield from (f"{kind} {key} is new" for key in here.keys() - there.keys())
            for key in there.keys() & here.keys():
                for name, value in there[key].items():
                    if here[key][name] != value:
                        yield f"{kind} {key} {name}: {value!r} became {here[key][name]!r}"
        elif there != here:
            yield f"{kind}: {[x for x in there if x not in here]} became {[x for x in here if x not in there]}"


def body_of(record, titles):
    """The body with pictures by their title and files by the readable part of their name."""
    text = NUMBER.sub(lambda found: f'data-image="{titles.get(int(found[1]))}"', record.body)
    return PICTURE.sub(r'\1="\2\3"', text)


def told():
    titles = {
        pk: title or source for pk, title, source in Image.objects.values_list("pk", "title", "source_url")
    }
    return {
        "authors": sorted(map(of_author, Author.objects.all())),
        "categories": sorted(
            Category.objects.values_list("path", "name", "introduction", "is_opinion", "position")
        ),
        "tags": sorted(Tag.objects.values_list("slug", "name")),
        "posts": {
            (post.feed_id, post.permalink, post.slug): of_post(post, titles) for post in Post.objects.all()
        },
        "pages": {page.path: of_page(page, titles) for page in Page.objects.all()},
        "images": sorted(
            Image.objects.values_list(
                "title", "alt", "caption", "credit", "licence", "source_url", "is_decorative", "focal_x"
            )
        ),
        "menu": [(link.label, link.url) for link in MenuLink.objects.select_related("category", "page")],
        "documents": sorted(Document.objects.values_list("title", "credit")),
    }


def of_author(author):
    links = list(author.links.values_list("label", "url"))
    portrait = author.portrait.title if author.portrait else ""
    return (author.slug, author.name, author.role, author.bio, author.email, author.website, portrait, links)


POST = [
    "title",
    "slug",
    "standfirst",
    "status",
    "published_at",
    "permalink",
    "trashed_from",
    "trashed_at",
    "feed_id",
    "seo_title",
    "seo_description",
    "language",
    "lead_caption",
    "video_url",
    "video_title",
    "original_url",
    "original_name",
    "licence",
    "created_at",
    "updated_at",
    "word_count",
]


def of_post(post, titles):
    return {
        **{name: getattr(post, name) for name in POST},
        "body": body_of(post, titles),
        "lead_image": post.lead_image and post.lead_image.title,
        "byline": [(line.author.slug, line.role) for line in post.bylines.select_related("author")],
        "categories": [one.path for one in post.filed_under],
        "tags": sorted(post.tags.values_list("slug", flat=True)),
        "corrections": [(one.kind, one.text, one.made_at) for one in post.corrections.all()],
        "is_lead": post.front_slots.filter(place="lead").exists(),
        "comments": comments_of(post),
    }


def comments_of(post):
    """In the order readers see, each with how deep it stands."""
    rows = post.reader_comments.order_by("page", "position", "published_at", "name")
    return [
        (
            one.kind,
            one.name,
            one.website,
            one.text,
            one.published_at,
            one.is_shown,
            one.page,
            one.position,
            one.depth,
        )
        for one in rows
    ]


def of_page(page, titles):
    names = ("title", "standfirst", "is_published", "seo_title", "seo_description", "created_at")
    return {**{name: getattr(page, name) for name in names}, "body": body_of(page, titles)}
