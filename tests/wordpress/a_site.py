"""A publication told by what readers and editors see of it, to compare one with what it becomes elsewhere."""

import re

from authors.models import Author
from images.models import Document, Image
from pages.models import MenuLink, Page, Promo
from posts.models import Category, FrontSection, FrontSlot, Post, Tag
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


def body_of(record, titles):
    """The body with pictures by their title and files by the readable part of their name."""
    text = NUMBER.sub(lambda found: f'data-image="{titles.get(int(found[1]))}"', record.body)
    return PICTURE.sub(r'\1="\2\3"', text)


def told():
    titles = dict(Image.objects.values_list("pk", "title"))
    return {
        "authors": sorted(map(of_author, Author.objects.all())),
        "categories": sorted(
            Category.objects.values_list("path", "name", "introduction", "is_opinion", "position")
        ),
        "tags": sorted(Tag.objects.values_list("slug", "name")),
        "posts": {post.feed_id: of_post(post, titles) for post in Post.objects.all()},
        "pages": {page.path: of_page(page, titles) for page in Page.objects.all()},
        "images": sorted(
            Image.objects.values_list(
                "title", "alt", "caption", "credit", "licence", "source_url", "is_decorative", "focal_x"
            )
        ),
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
    }


def of_page(page, titles):
    names = ("title", "standfirst", "is_published", "seo_title", "seo_description", "created_at")
    return {**{name: getattr(page, name) for name in names}, "body": body_of(page, titles)}
