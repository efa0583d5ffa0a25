"""The head of an export: the site, its authors, sections and tags, and the menu's name."""

from django.conf import settings

from authors.models import Author
from informed_comment.publication import current_publication
from posts.models import Category, Tag
from wordpress.leaving import names, numbers, told
from wordpress.leaving.former import former_by_target
from wordpress.leaving.xml import cdata, meta, plain

_NAMESPACES = {
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "wp": "http://wordpress.org/export/1.2/",
}
FOOT = "</channel>\n</rss>\n"
BATCH = 500


def head(branches):
    """Yields it in pieces; all of it stands at the head of every part of an export."""
    publication = current_publication()
    uses = "".join(f'\n\txmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    yield (
        '<?xml version="1.0" encoding="UTF-8" ?>\n'
        f'<!-- generator="Informed Comment" -->\n<rss version="2.0"{uses}\n>\n<channel>\n'
        f"\t<title>{plain(publication.title)}</title>\n\t<link>{plain(settings.SITE_URL)}</link>\n"
        f"\t<description>{plain(publication.tagline)}</description>\n\t<language>{told.LANGUAGE}</language>\n"
        "\t<wp:wxr_version>1.2</wp:wxr_version>\n"
        f"\t<wp:base_site_url>{plain(settings.SITE_URL)}</wp:base_site_url>\n"
        f"\t<wp:base_blog_url>{plain(settings.SITE_URL)}</wp:base_blog_url>\n"
    )
    yield from map(_author, Author.objects.order_by("pk").iterator(BATCH))
    yield from _categories(branches)
    yield from _tags()
    yield (
        f"\t<wp:term>\n\t\t<wp:term_id>{numbers.term(numbers.MENU, 0)}</wp:term_id>\n"
        f"\t\t<wp:term_taxonomy>{cdata('nav_menu')}</wp:term_taxonomy>\n"
        f"\t\t<wp:term_slug>{cdata(names.MENU)}</wp:term_slug>\n\t\t<wp:term_name>{cdata('Main menu')}</wp:term_name>\n"
        "\t</wp:term>\n"
    )
    yield f"\t<generator>{plain(settings.SITE_URL)}</generator>\n"


def _author(author):
    first, _, last = author.name.rpartition(" ")
    return (
        f"\t<wp:author><wp:author_id>{author.pk}</wp:author_id>"
        f"<wp:author_login>{cdata(names.login(author))}</wp:author_login>"
        f"<wp:author_email>{cdata(author.email)}</wp:author_email>"
        f"<wp:author_display_name>{cdata(author.name)}</wp:author_display_name>"
        f"<wp:author_first_name>{cdata(first)}</wp:author_first_name>"
        f"<wp:author_last_name>{cdata(last)}</wp:author_last_name></wp:author>\n"
    )


def _categories(branches):
    """Parents first, which is the order of the paths."""
    categories = list(Category.objects.order_by("path"))  # there are never more than memory holds
    former = former_by_target([category.get_absolute_url() for category in categories])
    for category in categories:
        number = numbers.term(numbers.CATEGORY, category.pk)
        parent = branches.by_pk.get(category.parent_id, "")
        about = told.category(category, former.get(category.get_absolute_url(), []))
        yield (
            f"\t<wp:category>\n\t\t<wp:term_id>{number}</wp:term_id>\n"
            f"\t\t<wp:category_nicename>{cdata(branches.by_pk[category.pk])}</wp:category_nicename>\n"
            f"\t\t<wp:category_parent>{cdata(parent)}</wp:category_parent>\n"
            f"\t\t<wp:cat_name>{cdata(told.as_html(category.name))}</wp:cat_name>\n"
            f"\t\t<wp:category_description>{cdata(category.introduction)}</wp:category_description>\n"
            f"{meta(told.TERM, about, of='term')}\t</wp:category>\n"
        )


def _tags():
    for tag in Tag.objects.order_by("pk").prefetch_related("former_names").iterator(BATCH):
        number = numbers.term(numbers.TAG, tag.pk)
        yield (
            f"\t<wp:tag>\n\t\t<wp:term_id>{number}</wp:term_id>\n"
            f"\t\t<wp:tag_slug>{cdata(names.slug(tag.slug))}</wp:tag_slug>\n"
            f"\t\t<wp:tag_name>{cdata(told.as_html(tag.name))}</wp:tag_name>\n"
            f"{meta(told.TERM, told.tag(tag, []), of='term')}\t</wp:tag>\n"
        )
