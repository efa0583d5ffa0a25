"""Where a reader came from: what the page says of its referrer, as a source and the name of a site.

The page sends no more than a host. What is no host that could be named counts as direct: so nobody's address and
nothing forged gets into the tables.
"""

import functools
import re
from urllib.parse import urlsplit

from django.conf import settings

from posts.models import Source

LONGEST = 100
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(?:{LABEL}\.)+(?:xn--[a-z0-9-]{{1,59}}|[a-z]{{2,63}})")
COUNTRY = r"(?:com?\.|org\.|net\.)?[a-z]{2}"  # co.uk, com.tr, de

# Engines and networks by the name they are told under, with the hosts that are theirs; what stands beneath a host
# is theirs too. Apps send the name of their package as a host.

SEARCH = {
    "google.com": "com.google.android.googlequicksearchbox",
    "bing.com": "bing.com com.microsoft.bing",
    "duckduckgo.com": "duckduckgo.com duck.com com.duckduckgo.mobile.android",
    "yahoo.com": "search.yahoo.com search.yahoo.co.jp",
    "baidu.com": "com.baidu.searchbox",
    "naver.com": "search.naver.com",
    "daum.net": "search.daum.net",
    "seznam.cz": "search.seznam.cz",
    "brave.com": "search.brave.com",
    "aol.com": "search.aol.com search.aol.co.uk",
    "ecosia.org": "ecosia.org com.ecosia.android",
    "qwant.com": "qwant.com",
    "startpage.com": "startpage.com",
    "kagi.com": "kagi.com",
    "mojeek.com": "mojeek.com",
    "sogou.com": "sogou.com",
    "so.com": "so.com",
    "ask.com": "ask.com",
    "swisscows.com": "swisscows.com",
    "metager.org": "metager.org metager.de",
    "presearch.com": "presearch.com",
    "petalsearch.com": "petalsearch.com",
    "coccoc.com": "coccoc.com",
    "lilo.org": "search.lilo.org",
}
SOCIAL = {
    "facebook.com": "facebook.com fb.com fb.me messenger.com com.facebook.katana com.facebook.orca",
    "instagram.com": "instagram.com com.instagram.android",
    "threads.com": "threads.com threads.net com.instagram.barcelona",
    "x.com": "x.com t.co twitter.com com.twitter.android",
    "linkedin.com": "linkedin.com lnkd.in com.linkedin.android",
    "reddit.com": "reddit.com redd.it com.reddit.frontpage",
    "bsky.app": "bsky.app xyz.blueskyweb.app",
    "mastodon.social": "mastodon.social org.joinmastodon.android",
    "youtube.com": "youtube.com youtu.be com.google.android.youtube",
    "tiktok.com": "tiktok.com com.zhiliaoapp.musically",
    "pinterest.com": "pinterest.com pin.it com.pinterest",
    "tumblr.com": "tumblr.com umblr.com com.tumblr",
    "whatsapp.com": "whatsapp.com wa.me com.whatsapp",
    "telegram.org": "telegram.org telegram.me t.me org.telegram.messenger org.telegram.web",
    "discord.com": "discord.com discordapp.com com.discord",
    "snapchat.com": "snapchat.com com.snapchat.android",
    "news.ycombinator.com": "news.ycombinator.com",
    "quora.com": "quora.com com.quora.android",
    "flipboard.com": "flipboard.com flip.it flipboard.app",
    "nextdoor.com": "nextdoor.com com.nextdoor",
    "truthsocial.com": "truthsocial.com",
    "gab.com": "gab.com",
    "vk.com": "vk.com vk.ru vk.cc com.vkontakte.android",
    "ok.ru": "ok.ru odnoklassniki.ru",
    "weibo.com": "weibo.com weibo.cn t.cn com.sina.weibo",
    "zhihu.com": "zhihu.com",
    "douban.com": "douban.com",
    "line.me": "line.me",
    "xing.com": "xing.com",
}

# Those with a domain in every country, and what of them is search and not mail, news or maps.

EVERYWHERE = (
    (re.compile(rf"(?:(?:m|images|scholar|cse|encrypted)\.)?google\.(?:com|cat|{COUNTRY})"), "google.com"),
    (re.compile(r"(?:[a-z]{2}|espanol|malaysia|maktoob|r)\.search\.yahoo\.com"), "yahoo.com"),
    (re.compile(r"(?:m\.)?baidu\.com"), "baidu.com"),
    (re.compile(rf"(?:m\.)?(?:yandex\.(?:com|{COUNTRY})|ya\.ru)"), "yandex.com"),
)
PINBOARDS = re.compile(rf"(?:[a-z]{{2}}\.)?pinterest\.{COUNTRY}")


def owners(names):
    return {host: name for name, hosts in names.items() for host in hosts.split()}


ENGINES, NETWORKS = owners(SEARCH), owners(SOCIAL)


def source_of(said):
    """(source, name of the site) of what a page said of its referrer; the name is "" where no site is told.

    `said` is a host, `newsletter`, `ours` or nothing.
    """
    return sorted_out(said[: LONGEST + 10], urlsplit(settings.SITE_URL).hostname or "")


@functools.lru_cache(4096)
def sorted_out(said, our_host):
    if said in (Source.NEWSLETTER, Source.OURS):
        return said, ""
    host = said.lower().removesuffix(".").removeprefix("www.")
    if len(host) > LONGEST or not HOST.fullmatch(host):
        return "direct", ""
    if host == our_host.removeprefix("www."):
        return "ours", ""
    return ("search", name) if (name := engine(host)) else network_or_site(host)


def engine(host):
    """The search engine that a host belongs to, or None."""
    everywhere = (name for pattern, name in EVERYWHERE if pattern.fullmatch(host))
    return next(everywhere, None) or owner(host, ENGINES)


def network_or_site(host):
    name = "pinterest.com" if PINBOARDS.fullmatch(host) else owner(host, NETWORKS)
    return ("social", name) if name else ("sites", host)


def owner(host, hosts):
    """Whose a host is: by its own name, or by one that it stands beneath."""
    while host:
        if host in hosts:
            return hosts[host]
        host = host.partition(".")[2]
    return None
