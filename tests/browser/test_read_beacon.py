"""The beacon in a real browser: when it is sent, and when it is not."""

import time

import pytest

from posts.reads import beacon
from posts.reads.waiting import Buffer
from tests.factories import make_post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)
HIDE = """() => {
  Object.defineProperty(document, "visibilityState", { get: () => window.seen, configurable: true });
  window.see = (state) => { window.seen = state; document.dispatchEvent(new Event("visibilitychange")); };
  window.see("hidden");
}"""


@pytest.fixture
def counted(monkeypatch):
    """Gives the posts that reads have come in of, and what was said of the reader's coming."""
    buffer = Buffer(every=0)
    monkeypatch.setattr(beacon, "buffer", buffer)
    return lambda: [(read.post_id, read.said) for read in buffer.reads]


@pytest.fixture
def open_post(new_page):
    """Opens a post with the browser's clock in our hands; gives the page and the beacons it sends."""

    def open_post(post, script="", fragment="", referer=None, **options):
        page = new_page(user_agent=CHROME, **options)
        sent = []
        page.on("request", lambda request: sent.append(request) if request.url.endswith("/read/") else None)
        page.clock.install()
        if script:
            page.add_init_script(script)
        page.goto(post.get_absolute_url() + fragment, referer=referer)
        return page, sent

    return open_post


def pass_seconds(page, seconds):
    page.clock.run_for(seconds * 1000)
    page.evaluate("() => fetch('/livez')")  # what was sent before has arrived by now


def until(true):
    end = time.monotonic() + 5
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def test_a_post_is_read_after_four_seconds_and_once(open_post, counted):
    post = make_post()
    page, sent = open_post(post)
    pass_seconds(page, 3)
    assert sent == []
    pass_seconds(page, 2)
    assert until(lambda: counted() == [(post.pk, "")])
    pass_seconds(page, 60)
    assert len(sent) == 1
    assert sent[0].post_data == f"post={post.pk}"
    assert page.context.cookies() == []


def test_time_out_of_sight_does_not_count(open_post, counted):
    post = make_post()
    page, sent = open_post(post)
    pass_seconds(page, 2)
    page.evaluate(HIDE)
    pass_seconds(page, 60)
    assert sent == []
    page.evaluate("() => window.see('visible')")
    pass_seconds(page, 1)
    assert sent == []
    pass_seconds(page, 2)
    assert until(lambda: counted() == [(post.pk, "")])


def test_who_asks_to_be_left_alone_is_and_a_list_says_nothing(open_post, counted):
    control = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });"
    page, sent = open_post(make_post(), control)
    pass_seconds(page, 10)
    page.goto("/archives/")
    pass_seconds(page, 10)
    assert (sent, counted()) == ([], [])


def test_a_page_made_ahead_of_the_reader_waits_for_the_reader_and_fetches_without_send_beacon(
    open_post, counted
):
    post = make_post()
    ahead = """
      Object.defineProperty(document, "prerendering", { get: () => !window.opened, configurable: true });
      delete Navigator.prototype.sendBeacon;
    """
    page, sent = open_post(post, ahead)
    pass_seconds(page, 30)
    assert sent == []
    page.evaluate("() => { window.opened = true; document.dispatchEvent(new Event('prerenderingchange')); }")
    pass_seconds(page, 5)
    assert until(lambda: counted() == [(post.pk, "")])


@pytest.mark.parametrize(
    ("fragment", "referer", "said"),
    [
        ("#from-newsletter", "https://mail.example.org/inbox/12", "newsletter"),
        ("", "https://news.example.org:8080/secret/page?id=7", "news.example.org"),
        ("#content", None, ""),
    ],
)
def test_the_page_says_the_host_a_reader_came_from_and_no_more(open_post, counted, fragment, referer, said):
    post = make_post()
    page, sent = open_post(post, fragment=fragment, referer=referer)
    assert page.evaluate("location.hash") == ("" if said == "newsletter" else fragment)
    pass_seconds(page, 5)
    assert until(lambda: counted() == [(post.pk, said)])
    assert sent[0].post_data == f"post={post.pk}" + (f"&from={said}" if said else "")


def test_a_way_from_our_own_page_is_ours(open_post, counted):
    one, other = make_post(), make_post()
    page, _ = open_post(one)
    pass_seconds(page, 5)
    page.evaluate("(path) => location.assign(path)", other.get_absolute_url())
    page.wait_for_url(f"**{other.get_absolute_url()}")
    pass_seconds(page, 5)
    assert until(lambda: sorted(counted()) == [(one.pk, ""), (other.pk, "ours")])
