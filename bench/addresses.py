"""Addresses of a made publication by kind of page: many different ones of each, so that nothing is warm from being asked.

The same ones at every size as far as a size has them; what is listed has two pages at 10,000 posts already.
"""

import re
from urllib.parse import urlencode

WITH_TWO_PAGES = 150  # authors and tags of the lowest numbers
DEEP = 50


def spread(values, count):
    """So many of the values, from all over."""
    values = list(values)
    return values[:: max(1, len(values) // count)][:count]


def posts(count):
    from posts.models import Post

    last = Post.objects.published().order_by("-pk").values_list("pk", flat=True)[0]
    chosen = [1 + (last - 1) * n // count for n in range(count)]
    return list(Post.objects.filter(pk__in=chosen).values_list("permalink", flat=True))


def months(count):
    from posts import archive

    return spread((f"/{day:%Y/%m}/" for day in archive.posts_by_month()), count)


def years():
    from posts import archive

    return sorted({day.year for day in archive.posts_by_month()})


def categories():
    from posts.models import Category

    return [f"/category/{path}/" for path in Category.objects.values_list("path", flat=True)]


def first_pages(count):
    """{kind: addresses} of what the issue of speed names."""
    return {
        "home": ["/"] * count,
        "post": posts(count),
        "category": spread(categories(), count),
        "tag": [f"/tag/tag-{n}/" for n in spread(range(1, WITH_TWO_PAGES), count)],
        "author": [f"/author/author-{n}/" for n in spread(range(1, WITH_TWO_PAGES), count)],
        "month": months(count),
    }


def last_page(count):
    """The number of the last page of a list of so many posts."""
    from posts.paging import PAGE_LENGTH

    return -(-count // PAGE_LENGTH)


def deep_pages():
    """{name of a list: [its first page, page 50, its last page]}"""
    from authors.models import Author
    from posts.models import Category, Post, Tag

    published = Post.objects.published()
    lists = {
        "home": ("/", published.count()),
        "category of 30 %": ("/category/section-1/", Category.objects.get(pk=1).filings.readable().count()),
        "author of 20 %": ("/author/author-1/", Author.objects.get(pk=1).bylines.readable().count()),
        "tag of 30 %": ("/tag/tag-1/", Tag.objects.get(pk=1).taggings.readable().count()),
    }
    year = years()[-2]
    lists["year"] = (f"/{year}/", published.filter(published_at__year=year).count())
    return {
        name: [start, f"{start}page/{min(DEEP, last_page(count))}/", f"{start}page/{last_page(count)}/"]
        for name, (start, count) in lists.items()
    }


def other_lists():
    return {
        "archives": ["/archives/"],
        "year": [f"/{year}/" for year in years()],
        "on this day": [
            f"/on-this-day/{month:02}-{day:02}/" for month in range(1, 13) for day in (3, 14, 28)
        ],
        "popular": [f"/popular/?window={window}" for window in ("day", "month", "all", "rising")],
        "corrections": ["/corrections/"],
        "authors": ["/authors/"],
    }


def feeds(count):
    kinds = {
        "category": [f"{address}feed/" for address in spread(categories(), count)],
        "tag": [f"/tag/tag-{n}/feed/" for n in range(1, count)],
        "author": [f"/author/author-{n}/feed/" for n in range(1, count)],
    }
    return {"feed": ["/feed/", "/feed/atom/", "/feed/json/"]} | {
        f"feed of a{'n' if kind[0] == 'a' else ''} {kind}": addresses for kind, addresses in kinds.items()
    }


def sitemaps():
    from posts import sitemaps

    later = [path for path, _ in sitemaps.parts() if re.fullmatch(r"/sitemap-\d{4}-\d+\.xml", path)]
    return {
        "sitemap index": ["/sitemap.xml"],
        "sitemap of a year": [f"/sitemap-{year}.xml" for year in spread(years(), 5)],
        "sitemap of a year, a later part": spread(later, 5),
        "sitemap of sections": ["/sitemap-sections.xml"],
        "sitemap of tags": ["/sitemap-tags.xml", "/sitemap-tags-2.xml"],
        "sitemap of news": ["/sitemap-news.xml"],
    }


def missing(count):
    """Addresses that nothing answers: with a slug some post has, with one none has."""
    return {
        "gone, a slug that is known": [f"/old/place/post-{n * 17 + 3}/" for n in range(count)],
        "gone, nothing known": [f"/old/place/nowhere-{n}/" for n in range(count)],
    }


def searches(count):
    """{kind: addresses}; what is asked is different each time."""
    from bench import rows, vocabulary

    def asked(*words, **more):
        questions = zip(*words, strict=True)
        return [f"/search/?{urlencode({'q': ' '.join(question)} | more)}" for question in questions]

    common, frequent = ([vocabulary.word(rank) for rank in range(low, low + count)] for low in (2, 150))
    rare = [f"zq{n * 9 + 1}" for n in range(count)]
    return {
        "search, a rare word": asked(rare),
        "search, some posts": [f"/search/?q={rows.RARE}"],
        "search, a frequent word": asked(frequent),
        "search, a common word": asked(common),
        "search, common, newest first": asked(common, sort="date"),
        "search, two common words": asked(common, common[::-1]),
        "search, two frequent words": asked(frequent, frequent[::-1]),
        "search, a phrase": [
            f"/search/?q=%22{one}+{two}%22" for one, two in zip(common, frequent, strict=True)
        ],
        "search, common, in a year": asked(common, year=years()[3]),
        "search, common, in a category": asked(common, category="section-1"),
        "search, common, by an author": asked(common, author="author-1"),
        "search, facets and page 5": asked(common, category="section-2", page=5),
        "search, no hit": [f"/search/?q=qqxnothing{n}" for n in range(count)],
        "search, misspelt": asked([word[:2] + word[3:] for word in frequent]),
    }
