"""One address of every kind of page readers can meet. A new kind of page is added here and nowhere else.

The browser tests ask each of them for faults that no reader should meet: tests/browser/test_access.py.
"""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from authors.models import AuthorLink
from informed_comment.models import Gone
from newsletter import confirming
from newsletter.models import ConsentEvent, Subscriber
from pages.models import MenuLink, Promo
from posts import commenting, previewing, reader_comments
from posts.models import Tag
from posts.reads import popular
from tests.factories import (
    make_author,
    make_category,
    make_comment,
    make_image,
    make_mailing,
    make_page,
    make_post,
    make_subscriber,
)

EVERYTHING = """<p>Text with <a href="https://example.org/a/long/address">a link</a>, <em>weight</em> and <strong>more</strong>.</p>
<h2>Half-way</h2><blockquote><p>Words of another.</p></blockquote>
<figure class="pullquote"><blockquote><p>Words of our own.</p></blockquote></figure>
<h3>In numbers</h3><table><caption>Tons</caption><thead><tr><th>Port</th><th>Wheat</th><th>Barley</th><th>Dates</th></tr></thead>
<tbody><tr><td>Umm Qasr and Khor al-Zubair</td><td>12,345</td><td>12,345</td><td>12,345</td></tr></tbody></table>
<ul><li>One<ul><li>Within one</li></ul></li></ul><dl><dt>Word</dt><dd>Meaning</dd></dl>
<pre><code>A line of code that is much longer than any telephone is wide, and does not break anywhere at all.</code></pre>
<p lang="ar" dir="rtl">فقرة بالعربية</p><p>Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft</p>
<figure class="embed" data-provider="bluesky" data-embed="x"><a href="https://bsky.app/profile/a/post/b">A thread</a></figure>"""


def make_every_page():
    """Name → address. What it makes stays in the database of the test."""
    section = make_category("Middle East", introduction="<p>From the river to the gulf.</p>")
    gulf = make_category("The Gulf", parent=section)
    author = make_author(
        bio="<p>Writes about <a href='/x/'>straits</a>.</p>",
        role="Editor",
        portrait=make_image(width=300, height=300),
    )
    AuthorLink.objects.create(author=author, label="Elsewhere", url="https://example.net/")
    now = timezone.now()
    post, plain, arabic = make_posts(section, gulf, author, now)
    page = make_page(title="About us", slug="about", body=EVERYTHING)
    make_surroundings(section, page)
    popular.refresh()
    local = timezone.localtime(post.published_at)
    return {
        "home": "/",
        "home, page 2": "/page/2/",
        "post with everything": post.get_absolute_url(),
        "comments, page 2": reader_comments.page_address(plain.permalink, 2),
        "post": plain.get_absolute_url(),
        "post from right to left": arabic.get_absolute_url(),
        "category": section.get_absolute_url(),
        "category below another": gulf.get_absolute_url(),
        "tag": Tag.objects.get(name="oil").get_absolute_url(),
        "author": author.get_absolute_url(),
        "archives": "/archives/",
        "year": f"/{local:%Y}/",
        "month": f"/{local:%Y/%m}/",
        "on this day": f"/on-this-day/{local:%m-%d}/",
        "authors": "/authors/",
        "corrections": "/corrections/",
        "popular": "/popular/?window=week",
        "search": "/search/?q=strait",
        "search before words": "/search/",
        "search in vain": "/search/?q=zyzzyva",
        "page": page.get_absolute_url(),
        "not found": "/no-such-page/",
        "gone for good": Gone.objects.create(path="/gone-for-good/").path,
    } | {**newsletter_pages(), **preview_pages(section)}


def make_posts(section, gulf, author, now):
    """The post with everything, the plainest, the one from right to left; and enough others for a second page."""
    post = make_post(
        title="A strait and a sea, and what lies between",
        authors=[author, make_author()],
        categories=[gulf, section],
        tags=["oil", "shipping"],
        body=EVERYTHING,
        lead_image=make_image(caption="A river."),
        video_url="https://youtu.be/abcdefghijk",
        video_title="A film about straits",
        published_at=now - timedelta(hours=1),
    )
    plain = make_post(title="Short", standfirst="", published_at=now - timedelta(hours=2))
    arabic = make_post(
        title="البحر والمضيق",
        language="ar",
        body="<p>نص <strong>قصير</strong> عن البحر.</p>",
        categories=[section],
        published_at=now - timedelta(hours=3),
    )
    make_discussion(post, 7)
    make_discussion(plain, 52)
    for hours in range(4, 16):
        make_post(
            title=f"A short one about a strait, number {hours}",
            categories=[gulf],
            authors=[author],
            tags=["oil"],
            published_at=now - timedelta(hours=hours),
        )
    return post, plain, arabic


def make_discussion(post, count):
    """Comments with answers to answers, an odd name, a mention elsewhere and one that is hidden."""
    above = None
    for n in range(count):
        name = "ANameWithoutEndAndWithoutABlank" * 2 if n == 3 else f"Reader {n}"
        above = make_comment(post, name=name, website="https://example.net/", parent=above if n % 9 else None)
    make_comment(
        post, text='<p>See <a href="https://example.org/">this</a>.</p><blockquote>That</blockquote>'
    )
    make_comment(post, kind="mention", name="Another site", website="https://example.com/a/", text="")
    make_comment(post, is_shown=False, page=None, position=None)
    reader_comments.put_in_order([post.pk])


def make_surroundings(section, page):
    for label in ("Featured", "US politics", "Middle East", "Environment", "US Foreign Policy", "Energy"):
        MenuLink.objects.create(label=label, category=section)
    MenuLink.objects.create(label="About", page=page)
    MenuLink.objects.create(label="Archives", address="/archives/")
    for place in Promo.Place.values:
        Promo.objects.create(
            place=place,
            kind="book",
            heading=f"A book: {place}",
            body="<p>New.</p>",
            image=make_image(width=300, height=450),
            button_label="Buy",
            button_url="/buy/",
        )


def newsletter_pages():
    reader = make_subscriber()
    waiting = make_subscriber(state=Subscriber.State.PENDING)
    now = timezone.now()
    letter = make_mailing(body=EVERYTHING, state="sent", queued_at=now, started_at=now)
    asked = ConsentEvent.objects.create(
        subscriber=waiting, what=ConsentEvent.What.ASKED, text="Write to me.", text_version=1
    )
    return {
        "newsletter": "/newsletter/",
        "newsletter, thanks": "/newsletter/thanks/",
        "newsletter, confirm": f"/newsletter/confirm/{confirming.token_for(asked)}/",
        "newsletter, void link": "/newsletter/confirm/nonsense/",
        "newsletter, preferences": f"/newsletter/preferences/{reader.link_key}/",
        "newsletter, unsubscribe": f"/newsletter/unsubscribe/{reader.link_key}/",
        "newsletter, lost link": "/newsletter/preferences/",
        "newsletter, erase": f"/newsletter/preferences/{reader.link_key}/erase/",
        "newsletter, archive": "/newsletter/archive/",
        "newsletter, a letter": letter.get_absolute_url(),
    }


def preview_pages(section):
    post = make_post(status="draft", published_at=None, slug="", body=EVERYTHING, categories=[section])
    link, over = (previewing.make_link(post, label=name, may_write=True) for name in ("Nadia Guest", "Omar"))
    commenting.say(post, "The second date is wrong.", link=link)
    previewing.revoke(over)
    return {
        "preview by a link": reverse("posts:preview", args=[previewing.token_of(link)]),
        "preview that is over": reverse("posts:preview", args=[previewing.token_of(over)]),
    }
