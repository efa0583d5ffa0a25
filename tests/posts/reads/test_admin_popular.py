"""How editors arrange what is popular: what they see of it, what they keep off, what the sidebar shows."""

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from informed_comment.models import Edition
from posts.models import KeptOffPopular, PopularSidebar
from posts.reads import popular
from tests.factories import make_author, make_post, make_reads, make_user

pytestmark = pytest.mark.django_db
SCREEN = "/admin/posts/popularsidebar/"


def keep_off(post):
    return f"{SCREEN}{post.pk}/keep-off/"


def let_back_on(post):
    return f"{SCREEN}{post.pk}/let-back-on/"


def opened(client, address):
    return LexborHTMLParser(client.get(address).content.decode())


def listed(client, window="week"):
    rows = opened(client, f"{SCREEN}?window={window}").css(".popular-screen__list tbody tr")
    cells = [[cell.text().strip() for cell in row.css("td, th")][:3] for row in rows]
    return [(int(rank), title, reads) for rank, title, reads in cells]


def seen_by_readers(client):
    return [link.text() for link in opened(client, "/").css("#sidebar .popular__link")]


@pytest.fixture
def editor(client):
    user = make_user(group="Editor", username="ada")
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def posts():
    much, some, none = (make_post(title=title) for title in ("Much read", "Read", "Not read"))
    make_reads(much, 1200)
    make_reads(some, 7)
    popular.refresh()
    return much, some, none


@pytest.mark.parametrize("window", ["day", "week", "month", "all", "rising"])
def test_each_list_is_shown_with_rank_and_reads(editor, posts, window):
    assert listed(editor, window) == [
        (1, "Much read", "1,200"),
        (2, "Read", "7"),
        (3, "Not read", "fills the list"),
    ]


def test_a_list_nobody_asked_for_is_the_sidebars_and_an_unknown_one_too(editor, posts):
    PopularSidebar.objects.update(window="month")
    for query in ("", "?window=decade"):
        current = opened(editor, SCREEN + query).css_first(".popular-screen__windows [aria-current]")
        assert current.text() == "30 days"


def test_a_post_kept_off_goes_from_readers_at_once_and_is_named_with_who_and_when(editor, posts, client):
    answer = editor.post(keep_off(posts[0]), {"back": "day"}, follow=True)
    assert answer.redirect_chain == [(f"{SCREEN}?window=day", 302)]
    html = LexborHTMLParser(answer.content.decode())
    assert "“Much read” is kept off the lists" in html.css_first(".messagelist").text()
    row = html.css_first(".popular-screen__kept-off li").text()
    assert "Much read" in row
    assert "ada" in row
    assert f"{timezone.localtime():%-d %B %Y}" in row
    assert listed(editor)[0] == (1, "Read", "7")
    assert seen_by_readers(type(client)()) == ["Read", "Not read"]
    assert LogEntry.objects.get().change_message == "Kept off the popular lists."


def test_the_message_has_a_button_that_takes_it_back(editor, posts):
    html = LexborHTMLParser(editor.post(keep_off(posts[0]), {"back": "all"}, follow=True).content.decode())
    undo = html.css_first(".messagelist form")
    assert undo.attributes["action"] == let_back_on(posts[0])
    fields = {field.attributes["name"]: field.attributes["value"] for field in undo.css("input")}
    assert fields.pop("csrfmiddlewaretoken")
    answer = editor.post(undo.attributes["action"], fields)
    assert answer["Location"] == f"{SCREEN}?window=all"
    assert listed(editor)[0] == (1, "Much read", "1,200")
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "Kept off the popular lists.",
        "Let back on the popular lists.",
    ]


def test_let_back_on_it_is_before_readers_at_once(editor, posts, client):
    editor.post(keep_off(posts[0]))
    popular.refresh()
    editor.post(let_back_on(posts[0]))
    assert seen_by_readers(type(client)()) == ["Much read", "Read", "Not read"]


def test_twice_is_once(editor, posts):
    for _ in range(2):
        assert editor.post(keep_off(posts[0])).status_code == 302
    assert KeptOffPopular.objects.count() == LogEntry.objects.count() == 1


def test_the_title_of_a_post_is_no_markup_in_the_message(editor):
    post = make_post(title="<script>alert(1)</script> {0}")
    page = editor.post(keep_off(post), follow=True).content
    assert b"<script>alert(1)" not in page
    assert b"&lt;script&gt;alert(1)&lt;/script&gt; {0}" in page


def test_the_sidebar_shows_what_is_chosen_at_once(editor, posts, client):
    make_reads(posts[2], 9000)
    popular.refresh()
    before = Edition.objects.get().number
    answer = editor.post(SCREEN, {"window": "day", "length": "2"}, follow=True)
    assert "The sidebar shows 2 posts of the list “24 hours”" in answer.content.decode()
    assert Edition.objects.get().number > before
    assert seen_by_readers(type(client)()) == ["Not read", "Much read"]
    heading = opened(type(client)(), "/").css_first("#popular-heading").text()
    assert heading == "Popular · 24 hours"
    assert LogEntry.objects.get().change_message == "The sidebar shows 2 posts of the list “24 hours”."


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"window": "day", "length": "11"}, "length"),
        ({"window": "day", "length": "0"}, "length"),
        ({"window": "day", "length": ""}, "length"),
        ({"window": "decade", "length": "5"}, "window"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_changes_nothing(editor, posts, wish, field):
    answer = editor.post(SCREEN, wish)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert PopularSidebar.objects.values_list("window", "length").get() == ("week", 5)
    assert opened(editor, SCREEN).css_first("[aria-current='page']")


def test_the_statistics_of_a_post_have_the_button_too_and_it_comes_back_there(editor, posts):
    address = f"/admin/posts/post/{posts[0].pk}/statistics/"
    for deed, words in ((keep_off, "Keep off"), (let_back_on, "Let back on"), (keep_off, "Keep off")):
        form = opened(editor, address).css(f'form[action="{deed(posts[0])}"]')[-1]  # an Undo may stand above
        assert form.css_first("button").text() == f"{words} the popular lists"
        fields = {field.attributes["name"]: field.attributes["value"] for field in form.css("input")}
        assert editor.post(form.attributes["action"], fields)["Location"] == address
    assert KeptOffPopular.objects.get().post == posts[0]


def test_authors_see_that_a_post_of_theirs_is_kept_off_and_have_no_button(client, posts):
    user = make_user(group="Author")
    author = make_author(user=user)
    post = make_post(authors=[author], created_by=user)
    make_reads(post, 3)
    client.force_login(user)
    address = f"/admin/posts/post/{post.pk}/statistics/"
    assert not opened(client, address).css(f'form[action^="{SCREEN}"]')
    KeptOffPopular.objects.create(post=post)
    assert "An editor keeps it off the lists" in client.get(address).content.decode()
    assert not opened(client, address).css(f'form[action^="{SCREEN}"]')


def test_a_get_keeps_nothing_off(editor, posts):
    assert editor.get(keep_off(posts[0])).status_code == 405
    assert editor.get(let_back_on(posts[0])).status_code == 405
    assert editor.post(f"{SCREEN}999999/keep-off/").status_code == 404
    assert not KeptOffPopular.objects.exists()


@pytest.mark.parametrize(("group", "may"), [("Author", False), ("Editor", True), ("Administrator", True)])
def test_editors_and_administrators_arrange_it_and_authors_do_not(client, posts, group, may):
    client.force_login(make_user(group=group))
    assert client.get(SCREEN).status_code == (200 if may else 403)
    assert client.post(keep_off(posts[0])).status_code == (302 if may else 403)
    assert client.post(let_back_on(posts[0])).status_code == (302 if may else 403)
    assert client.post(SCREEN, {"window": "all", "length": 3}).status_code == (302 if may else 403)
    assert PopularSidebar.objects.get().window == ("all" if may else "week")
    assert (b"Popular posts" in client.get("/admin/").content) == may


def test_the_screen_costs_the_same_however_much_is_on_it(editor, django_assert_max_num_queries):
    for post in [make_post() for _ in range(60)]:
        make_reads(post, 3)
    for post in [make_post() for _ in range(5)]:
        KeptOffPopular.objects.create(post=post, by=editor.user)
    popular.refresh()
    editor.get(SCREEN)
    with django_assert_max_num_queries(14):
        assert len(listed(editor)) == 50


def test_before_anything_was_counted_it_says_what_to_look_at(editor):
    assert "The worker has not counted yet" in editor.get(SCREEN).content.decode()
    popular.refresh()
    assert "Nothing is published yet" in editor.get(SCREEN).content.decode()
