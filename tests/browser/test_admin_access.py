"""Every screen of the newsroom, found by its address: axe, narrow windows, the content policy, and the keyboard alone."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from authors.models import Author, AuthorLink
from informed_comment.models import PolicyReport, Redirect
from newsletter import queueing
from newsletter.models import Bounce, Mailing, MailingPost
from newsletter.queueing import Text
from pages.models import MenuLink, Promo
from posts import mergers, publishing
from posts.models import (
    BulkDeed,
    BulkRow,
    DraftComment,
    FrontSection,
    Post,
    PreviewLink,
    ReadMinute,
    Referral,
    ReferringHost,
    Tag,
)
from posts.reads import keeping_off, periods, popular, tallies
from tests.browser.eyes import DESK, PHONE, faults, faults_in_all_lights
from tests.factories import (
    make_author,
    make_category,
    make_correction,
    make_image,
    make_mailing,
    make_move,
    make_page,
    make_post,
    make_reads,
    make_slot,
    make_subscriber,
    make_user,
)
from tests.informed_comment.watching.rows import failed_job
from tests.newsletter.importing import HEAD, looked_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FORETOLD = {
    "items": [["post/publish", "new", 3], ["film/publish", "skipped", 2], ["attachment/inherit", "new", 9]],
    "reasons": [["skipped", "film are neither posts nor pages", 2]],
    "notes": {"a gallery": 2},
    "not_taken": {"terms of mood": 4},
    "things": [["authors", True, 2], ["tags", False, 1]],
}
UNSTICK = """for (const bar of document.querySelectorAll('.submit-row')) bar.style.position = 'static'"""  # from under it one scrolls
POSTS, NEWSLETTER, OTHERS = "posts", "newsletter", "the others"
STATISTICS = {
    "posts_statistics_changelist",
    "posts_category_statistics",
    "authors_author_statistics",
    "posts_tag_statistics",
    "posts_referringhost_statistics",
    "posts_post_statistics",
}
SURELY = {
    POSTS: {"posts_post_change", "posts_tag_history", "posts_merger_undo", "posts_tag_alike", *STATISTICS},
    NEWSLETTER: {"newsletter_mailing_send", "newsletter_mailing_preview", "newsletter_importbatch_change"},
    OTHERS: {"index", "images_image_add_many", "auth_user_change", "wordpress_move_start"},
}
NAMES_OF_A_ROW = {"pk", "object_id", "id"}
LIBRARIES = {"taggit", "procrastinate"}
# Django's own pages, the same for every model: looked at for some. Of lists and forms, colours and widths are, too.
ALIKE, ONCE = ("_delete", "_history"), {"posts_tag", "images_image", "auth_user"}
COMMON = (*ALIKE, "_changelist", "_add", "_change")
IN_FULL = (
    "posts_post_",
    "posts_category_",
    "posts_popularsidebar_",
    "posts_statistics_",
    "images_image_",
    "newsletter_subscriber_",
    "newsletter_mailing_",
    "wordpress_move_",
)


@pytest.fixture
def chief(new_page, client, live_server):
    """A page signed in as somebody who may do everything; breaches of the content policy are noted."""
    user = get_user_model().objects.create_superuser("chief", password="a long enough password")
    client.force_login(user)
    page = new_page(viewport=PHONE, color_scheme="light", reduced_motion="reduce")
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.breaches = []
    page.expose_function("breach", lambda breach: page.breaches.append(breach))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', (e) => breach(`${e.violatedDirective} ${e.sample} ${e.sourceFile}`))"
    )
    page.user = user
    return page


def fill(user):
    """A row of everything that a screen shows; the post with everything is returned."""
    portrait = make_image(title="Harbour", caption="At dawn")
    author = make_author(portrait=portrait, bio="<p>Writes.</p>", user=make_user(group="Author"))
    AuthorLink.objects.create(author=author, label="Site", url="https://example.org/")
    section = make_category("Middle East", introduction="<p>All of it.</p>")
    make_category("Iran", parent=section)
    post = make_post(
        title="A strait and a sea",
        authors=[author, make_author()],
        categories=[section],
        tags=["Oil", "Shipping"],
        lead_image=portrait,
        created_by=user,
    )
    for text in ("<p>One text.</p>", "<p>Another text.</p>"):
        post.body = text
        publishing.save(post, by=user)
    make_correction(post)
    make_post(status="draft", published_at=None, authors=[author], created_by=user)
    make_post(status="in_review", published_at=None)
    publishing.trash(make_post(), by=user)
    DraftComment.objects.create(post=post, user=user, name="Chief", text="Is this so?")
    PreviewLink.objects.create(post=post, label="Ada", expires_at=timezone.now() + timedelta(days=3))
    bulk = BulkDeed.objects.create(deed="add_tags", given=["Oil"], given_name="Oil", created_by=user)
    BulkRow.objects.create(bulk=bulk, post=post, title=post.title, version=post.version)
    failed_job(said="ValueError: a sentence that says why, and names_one_very_long_word_" + "x" * 60)
    make_slot(post)
    make_reads(post, 1200, search=400, sites=30)
    make_reads(post, 900, at=timezone.now() - timedelta(days=7))
    site = ReferringHost.objects.create(name="a-site-with-a-name-that-does-not-end.newspapers.example.org")
    Referral.objects.create(post=post, host=site, day=periods.today(), reads=30)
    ReadMinute.objects.create(post=post, minute=timezone.now(), source="search", reads=4)
    tallies.add_up()
    keeping_off.keep_off(make_post(title="Kept off"), by=user)
    popular.refresh()
    FrontSection.objects.create(category=section)
    make_page()
    MenuLink.objects.create(label="Section", category=section)
    Promo.objects.create(heading="Read", body="<p>New.</p>", image=portrait)
    Redirect.objects.create(path="/old/", target="/new/")
    PolicyReport.objects.create(
        rule="script-src-elem", refused="https://tracker.example", source="/static/js/site.js:12", page="/"
    )
    fill_newsletter(post)
    make_move(foretold=FORETOLD)
    mergers.merge(Tag.objects.create(name="Ships", slug="ships"), Tag.objects.get(name="Shipping"), by=user)
    LogEntry.objects.log_actions(user.pk, [post], 2, [{"changed": {"fields": ["Title"]}}])
    return post


def fill_newsletter(post):
    """A letter to be written and one that is going out, an import with a row of every kind, mail that came back."""
    subscriber = make_subscriber(email="someone-with-a-very-long-name-indeed@newsletters.example.org")
    letter = make_mailing()
    queueing.queue(letter, {(): Text("Letter", "<p>Dear reader.</p>", "Dear reader.")})
    delivery = letter.deliveries.get()
    Bounce.objects.create(kind="soft", delivery=delivery, subscriber=subscriber, source="mailbox", key="1")
    digest = make_mailing(kind="daily", subject="")
    MailingPost.objects.create(mailing=digest, post=post)
    looked_at(f"{HEAD}ada@example.org,active,daily\nnobody,active,daily\n")


def more(post):
    """Queries without which a screen has nothing to show, and values of what its address names, by the names."""
    tags = [tag.pk for tag in Tag.objects.all()]
    revisions = list(post.revisions.values_list("pk", flat=True))
    queries = {
        "posts_tag_merge": f"?ids={tags[0]}&ids={tags[1]}",
        "posts_category_merge": f"?ids={post.filed_under[0].pk}",
        "posts_post_revisions_compare": f"?one={revisions[0]}&other={revisions[-1]}",
    }
    values = {
        "number": revisions[0],
        "link": post.preview_links.get().pk,
        "key": uuid4(),
        "image_id": post.lead_image_id,
        "which": "foretold",
        "kind": "odd",
        "file": 0,
        "at": 0,
        "category": post.filed_under[0].pk,
        "author": post.bylines.first().author_id,
        "tag": tags[0],
        "site": ReferringHost.objects.get().pk,
        "what": "reads",
    }
    return queries, values


def addresses(post, rooms):
    """(name, address) of every screen that the newsroom's own rooms register, whoever adds one."""
    queries, values = more(post)
    general = ("index", "password_change", "account", "add_app") if rooms == OTHERS else ()
    found = [(name, reverse(f"admin:{name}")) for name in general]
    rows = {Post: [post], Author: [post.bylines.first().author], Mailing: Mailing.objects.all()}
    for model, room in admin.site._registry.items():
        label = model._meta.app_label
        if label in LIBRARIES or (label if label in SURELY else OTHERS) != rooms:
            continue
        for pattern in room.get_urls():
            base = f"{model._meta.app_label}_{model._meta.model_name}"
            if not pattern.name or (pattern.name.endswith(ALIKE) and base not in ONCE):
                continue
            names = re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))
            own = rows.get(model) or model._default_manager.all()[:1]
            if pattern.name == "posts_post_bulk":
                own = BulkDeed.objects.all()
            for row in own if NAMES_OF_A_ROW & set(names) else [None]:
                known = values | dict.fromkeys(NAMES_OF_A_ROW, row and row.pk)
                address = reverse(f"admin:{pattern.name}", kwargs={name: known[name] for name in names})
                found.append((pattern.name, address + queries.get(pattern.name, "")))
    return found


def screens(client, post, rooms):
    """Of the addresses, those that answer GET with a page."""
    for name, address in addresses(post, rooms):
        answer = client.get(address)
        assert answer.status_code < 500, f"{name} {address} failed"
        is_page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
        is_mail = "sandbox" in answer.get(
            "Content-Security-Policy", ""
        )  # where no script runs, axe cannot either
        if is_page and not is_mail and b"<html" in answer.content[:2000]:
            yield name, address


def faults_of(page, name, address):
    page.goto(address)
    page.evaluate(UNSTICK)
    is_own = name.startswith(IN_FULL) or not name.endswith(COMMON)
    found = faults_in_all_lights(page) if is_own else faults(page)
    return [f"{name} {address}: {fault}" for fault in found]


@pytest.mark.parametrize("rooms", list(SURELY))
def test_no_screen_of_the_newsroom_has_a_fault(chief, client, rooms):
    problems, seen = [], set()
    for name, address in screens(client, fill(chief.user), rooms):
        seen.add(name)
        problems += faults_of(chief, name, address)
    assert SURELY[rooms] <= seen
    if rooms == OTHERS:
        chief.context.clear_cookies()
        problems += faults_of(chief, "login", "/admin/login/")
    assert not problems, "\n".join(problems)
    assert chief.breaches == []


# By the keyboard alone

FOCUS = """() => {
  const node = document.activeElement, style = getComputedStyle(node), box = node.getBoundingClientRect()
  const ring = (s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2
  const around = node.closest('.select2-selection')
  const isText = node.matches('.ProseMirror, textarea.post-title, textarea.post-standfirst')  // there the caret shows
  return {
    isSeen: node === document.body || isText || ring(style) || (around && ring(getComputedStyle(around))),
    isInside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    text: node === document.body ? '' : node.textContent.trim(),
    id: node.id,
    what: node === document.body ? '' : node.outerHTML.slice(0, 400),
  }
}"""


class Keys:
    """Goes through a page by Tab and notes every stop that cannot be seen."""

    def __init__(self, page):
        self.page, self.unseen = page, {}

    def tab(self):
        self.page.keyboard.press("Tab")
        stop = self.page.evaluate(FOCUS)
        if not stop["isSeen"] or not stop["isInside"]:
            self.unseen[stop["what"]] = stop
        return stop

    def to(self, wanted, *, most=120):
        for _ in range(most):
            stop = self.tab()
            if wanted in (stop["text"], stop["id"]) or wanted in stop["what"]:
                return stop
        raise AssertionError(f"no way to {wanted} by Tab; the last stop was {stop['what']}")


def test_a_post_is_written_saved_and_published_by_the_keyboard_alone(chief):
    make_category("Middle East")
    chief.set_viewport_size(DESK)
    chief.goto("/admin/")
    keys = Keys(chief)
    assert "Skip to main content" in keys.tab()["text"]
    chief.keyboard.press("Enter")
    assert chief.evaluate("document.activeElement.closest('main') !== null || location.hash.length > 1")
    keys.to("Write a post")
    chief.keyboard.press("Enter")
    chief.wait_for_selector(".ProseMirror")
    keys.to("id_title")
    chief.keyboard.type("By keys alone")
    keys.to("id_standfirst")
    chief.keyboard.type("Nothing was clicked.")
    keys.to("ProseMirror")
    chief.keyboard.type("A sentence, and another.")
    keys.to("Save draft")
    chief.keyboard.press("Enter")
    chief.wait_for_selector(".messagelist .success")
    keys.to('value="publish"')
    with chief.expect_navigation():
        chief.keyboard.press("Space")
    if chief.locator("text=Not published yet").count():
        keys.to("Publish all the same")
        chief.keyboard.press("Enter")
    chief.wait_for_selector(".messagelist .success >> text=Published")
    post = Post.objects.get()
    assert post.is_public
    assert (post.title, post.body) == ("By keys alone", "<p>A sentence, and another.</p>")
    assert not keys.unseen, "\n".join(keys.unseen)
    assert chief.breaches == []


def test_a_form_is_walked_through_forwards_and_backwards_without_a_trap(chief):
    """Every stop of a form is met once in each direction, the editor of the text among them."""
    post = fill(chief.user)
    chief.goto(reverse("admin:posts_post_change", args=[post.pk]))
    chief.wait_for_selector(".ProseMirror")
    ways = []
    for key in ("Tab", "Shift+Tab"):
        chief.evaluate("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
        stops = []
        for _ in range(250):
            chief.keyboard.press(key)
            stop = chief.evaluate(
                "document.activeElement === document.body ? '' : document.activeElement.outerHTML.slice(0, 200)"
            )
            if not stop or (stops and stop == stops[0]):
                break
            stops.append(stop)
        else:
            raise AssertionError(f"{key} never came to the end: {stops[-3:]}")
        ways.append(stops)
    assert any("ProseMirror" in stop for stop in ways[0])
    assert abs(len(ways[0]) - len(ways[1])) <= 2
