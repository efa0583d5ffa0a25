"""The forms in which WordPress gave one thing several addresses, as rules: no row could list each page of each feed.

Nothing here asks the database: it says what an address may have meant, likeliest first.
"""

import re
from urllib.parse import quote, unquote

MOST_READINGS = 12
SLASHES = re.compile("/{2,}")
FRONT = re.compile(r"^/index\.php(?=/|$)", re.I | re.A)
FEED = re.compile(
    r"/(?:feed(?:/(?P<form>rss2?|rdf|atom|json|comments-rss2|comments-atom))?|(?P<bare>atom|rss2?|rdf))/?$",
    re.I | re.A,
)
BESIDE = re.compile(
    r"/(?:amp|trackback|embed|print|comment-page-\d{1,6}|attachment/[^/]+|\d{1,3})/?$", re.I | re.A
)
PART = re.compile(r"/\d{1,3}/?$", re.A)  # a later page of a post that WordPress cut into pages
PAGE = re.compile(r"/page/0*(\d{1,7})/?$", re.I | re.A)
DATE = re.compile(r"^/(\d{4})/(\d{1,2})(?:/\d{1,2})?/?$", re.A)
NUMBER = re.compile(r"^/archives?/(\d{1,18})/?$", re.I | re.A)
SOUGHT = re.compile(r"^/search/([^/]+)/?$", re.I | re.A)
ENDING = re.compile(r"\.(?:s?html?|php|aspx?|jsp)/?$", re.I | re.A)
WHOLE = {
    **dict.fromkeys(str.split("/index.html /index.htm /index.php /home.html /default.aspx /blog /home"), "/"),
    **dict.fromkeys(
        str.split(
            "/wp-feed.php /wp-rss.php /wp-rss2.php /wp-rdf.php /wp-commentsrss2.php /rss.xml /rss2.xml /feed.xml"
            " /index.xml /index.rdf /feeds/posts/default /comments/feed /comments/feed/rss2 /comments/feed/atom"
        ),
        "/feed/",
    ),
    **dict.fromkeys(("/wp-atom.php", "/atom.xml", "/feed/atom1.0"), "/feed/atom/"),
    **dict.fromkeys(
        str.split("/sitemap_index.xml /wp-sitemap.xml /sitemap.xml.gz /sitemap_index.xml.gz /sitemap.php"),
        "/sitemap.xml",
    ),
}
SITEMAP_PART = re.compile(r"^/(?:wp-sitemap-[\w-]+|[a-z_]+-sitemap\d*)\.xml(?:\.gz)?$", re.I | re.A)
TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|igsh(?:id)?|mc_[ce]id|_ga|_gl|_hs\w+|ref|ref_src|s?share|nb|"
    r"replytocom|amp|noamp|print|like_comment|_wpnonce|doing_wp_cron|fb_\w+|wt_mc|cmpid|mkt_tok|from|source)$",
    re.I,
)


def plain(path):
    """The path with each slash once, without the script WordPress may have stood behind, and read as it was meant."""
    if "%" in path:  # was put into percent signs twice
        path = unquote(path)
    return FRONT.sub("", SLASHES.sub("/", path)) or "/"


def readings(path):
    """What the path may have meant beside itself, likeliest first."""
    found = [plain(path)]
    for step in found:
        if len(found) >= MOST_READINGS:
            break
        found += [one for one in nearest(step) if one not in found]
    return [one for one in found if one != path and "\x00" not in one][:MOST_READINGS]


def nearest(path):
    """The readings one step away."""
    bare = path.rstrip("/") or "/"
    if whole := WHOLE.get(bare.lower()):
        yield whole
    elif SITEMAP_PART.match(path):
        yield "/sitemap.xml"
    elif date := DATE.match(path):
        yield f"/{date[1]}/{int(date[2]):02d}/"
    elif number := NUMBER.match(path):
        yield f"/?p={number[1]}"
    elif sought := SOUGHT.match(path):
        yield f"/search/?q={quote(sought[1].replace('+', ' '))}"
    elif feed := FEED.search(path):
        yield from of_feed(path[: feed.start()], (feed["form"] or feed["bare"] or "").lower())
    elif page := PAGE.search(path):
        yield with_slash(path[: page.start()])
    elif beside := BESIDE.search(path):
        yield with_slash(path[: beside.start()])
    elif ENDING.search(path):
        yield with_slash(ENDING.sub("", path))
    if path.lower() != path:
        yield path.lower()


def of_feed(base, form):
    """The feed in the form we have; for a post, which has none, the post."""
    yield f"{base}/{feed_in(form)}"
    yield with_slash(base)


def feed_in(form):
    return {"atom": "feed/atom/", "json": "feed/json/"}.get(form, "feed/")


def below(path):
    """(the address of the whole, what of it was asked for) where the path is a page, a feed or a part of it; or None."""
    if page := PAGE.search(path):
        return path[: page.start() + 1], f"page/{int(page[1])}/"
    if feed := FEED.search(path):
        return path[: feed.start() + 1], feed_in((feed["form"] or feed["bare"] or "").lower())
    part = PART.search(path)
    return (path[: part.start() + 1], "") if part else None


def with_slash(path):
    return f"{path.rstrip('/')}/"


def slashed(path):
    """The addresses that differ from this one by slashes only: one where there were several, one more or less last."""
    once = SLASHES.sub("/", path)
    if not once.endswith("/"):
        return [form for form in (once, f"{once}/") if form != path]
    forms = [once, once.rstrip("/")] if "." in once.rsplit("/", 2)[1] else [once]
    return [form for form in forms if form != path]


# The address in the query

NUMBERED = ("p", "page_id", "attachment_id", "cat")
KEPT_AS_ROWS = (*NUMBERED, "tag", "author", "m", "name", "pagename")
DIGITS = re.compile(r"\d{1,18}", re.A)


def in_query(query):
    """What `/?…` may have meant, likeliest first: addresses as rows keep them (`/?p=12`) and paths. Empty if nothing.

    `query` is a mapping of names to values; a page of a list and the feed of something are led along.
    """
    tail = tail_of(query)
    found = [f"/?{name}={query[name]}"[:1000] for name in KEPT_AS_ROWS if query.get(name)]
    for name, prefix in (
        ("category_name", "/category/"),
        ("tag", "/tag/"),
        ("author_name", "/author/"),
        ("pagename", "/"),
        ("name", "/"),
        ("attachment", "/"),
    ):
        if value := query.get(name, "").strip("/"):
            found.append(f"{prefix}{value}/"[:1000])
    found += [date] if (date := date_in(query)) else []
    found = [one for one in found if "\x00" not in one]
    return [(one, tail) for one in found] + ([("/", tail)] if tail and not found else [])


def tail_of(query):
    """What stands behind the address of a list: its feed, or a later page."""
    form = query.get("feed", "").lower()
    if form:
        return feed_in(form)
    number = query.get("paged", "")
    return f"page/{int(number)}/" if DIGITS.fullmatch(number) and int(number) > 1 else ""


def date_in(query):
    """`?m=201005` and `?year=2010&monthnum=5`: days are shown in their month."""
    moment = query.get("m", "")
    if re.fullmatch(r"\d{4}(\d{2}){0,5}", moment, re.A):
        year, month = moment[:4], moment[4:6]
    else:
        year, month = query.get("year", ""), query.get("monthnum", "")
    if not re.fullmatch(r"\d{4}", year, re.A):
        return ""
    return f"/{year}/{int(month):02d}/" if re.fullmatch(r"\d{1,2}", month, re.A) else f"/{year}/"
