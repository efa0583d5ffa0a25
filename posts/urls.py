from django.urls import path, re_path, register_converter
from django.urls.converters import IntConverter
from django.views.generic import RedirectView

from posts import feeds, guests, permalinks, sitemaps, views
from posts.reads import beacon

app_name = "posts"


class YearConverter(IntConverter):
    regex = "[0-9]{4}"

    def to_url(self, value):
        return f"{int(value):04d}"


class MonthConverter(YearConverter):
    """Two digits: a month, or a day."""

    regex = "[0-9]{2}"

    def to_url(self, value):
        return f"{int(value):02d}"


register_converter(YearConverter, "year")
register_converter(MonthConverter, "month")


def list_urls(prefix, view, name):
    """A list and its further pages: `prefix` and `prefix` + `page/N/`."""
    return [
        path(prefix, view, name=name),
        path(f"{prefix}page/<int:number>/", view, name=f"{name}_page"),
    ]


def feed_urls(prefix, view, name):
    """The three forms of a feed under a prefix."""
    return [
        path(f"{prefix}feed/", view, {"form": "rss"}, name=f"{name}feed"),
        path(f"{prefix}feed/atom/", view, {"form": "atom"}, name=f"{name}feed_atom"),
        path(f"{prefix}feed/json/", view, {"form": "json"}, name=f"{name}feed_json"),
    ]


def old_feed_urls():
    """WordPress's other names for the site's feed."""
    to_feed = RedirectView.as_view(url="/feed/", permanent=True)
    return [path(old, to_feed) for old in ("feed/rss2/", "feed/rss/", "feed/rdf/", "comments/feed/", "rss/")]


urlpatterns = [
    path("read/", beacon.read, name="read"),  # first, for it is asked most
    *feed_urls("", feeds.site, ""),
    *old_feed_urls(),
    *feed_urls("category/<path:path>/", feeds.of_category, "category_"),
    *feed_urls("tag/<str:slug>/", feeds.of_tag, "tag_"),
    *feed_urls("author/<str:slug>/", feeds.of_author, "author_"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<year:year>.xml", sitemaps.of_year, name="sitemap_year"),
    path("sitemap-<year:year>-<int:number>.xml", sitemaps.of_year, name="sitemap_year_part"),
    path("sitemap-sections.xml", sitemaps.sections, name="sitemap_sections"),
    path("sitemap-tags.xml", sitemaps.tags, name="sitemap_tags"),
    path("sitemap-tags-<int:number>.xml", sitemaps.tags, name="sitemap_tags_part"),
    path("sitemap-news.xml", sitemaps.news, name="sitemap_news"),
    *list_urls("", views.home, "home"),
    *list_urls("tag/<str:slug>/", views.tag, "tag"),
    *list_urls("author/<str:slug>/", views.author, "author"),
    *list_urls("category/<path:path>/", views.category, "category")[::-1],
    path("archives/", views.archives, name="archives"),
    path("on-this-day/", views.on_this_day, name="on_this_day"),
    path("on-this-day/<month:month>-<month:day>/", views.calendar_day, name="calendar_day"),
    path("authors/", views.authors, name="authors"),
    *list_urls("<year:year>/", views.year, "year"),
    *list_urls("<year:year>/<month:month>/", views.month, "month"),
    path("popular/", views.popular, name="popular"),
    *list_urls("corrections/", views.corrections, "corrections"),
    path("search/", views.search, name="search"),
    path("preview/<str:token>/", guests.preview, name="preview"),
    path("preview/<str:token>/approve/", guests.approve, name="approve"),
    path("preview/<str:token>/write/", guests.write, name="guest_write"),
    re_path(permalinks.route(), views.post_detail, name="post"),
    re_path(permalinks.route_of_parts(), views.part_of_post),
    re_path(permalinks.route_of_comments(r"comment-page-(?P<number>\d{1,6})"), views.comments),
    re_path(permalinks.route_of_comments(r"comments/(?P<mark>[\w-]{1,60})"), views.comment),
]
