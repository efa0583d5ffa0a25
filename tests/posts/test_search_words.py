"""Which words find which posts, and in what order."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from posts.models import Tag
from tests.factories import make_author, make_post
from tests.posts.searches import answer, text, titles

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Refineries in the strait", "refinery"),
        ("Café society in São Paulo", "cafe sao paulo"),
        ("Cafe society in Sao Paulo", "café são"),
        ("Erdoğan’s Łódź speech", "Erdogan Lodz"),
        ("The Qur’ān and the Shi‘ites", "quran shiite"),
        ("A reading of the Quran", "Qur'an"),
        ("Iran's oil", "iran"),
        ("The congress's vote", "congress"),
        ("The U.S. in the Gulf", "us"),
        ("What the US wants", "U.S."),
        ("A state-owned refinery", "owned"),
        ("The war—and its price", "war"),
        ("Iraq/Iran border", "iran"),
        ("Coup d’État in 1953", "etat 1953"),
        ("Remembering 9/11", "9/11"),
        ("Война и мир", "война"),
        ("Ο πόλεμος", "πολεμος"),
        # Arabic: vowel signs, tatweel, the article and what is joined to it, forms of alef, yeh and teh
        ("الحَرْبُ في العِراق", "الحرب العراق"),
        ("الحرب في العراق", "حرب عراق"),
        ("والحرب بالعراق وللسلام", "حرب العراق سلام"),
        ("أخبار إيران آخر", "اخبار ايران اخر"),
        ("الســـلام", "السلام"),
        ("مدينة القاهرة", "مدينه القاهره"),
        ("مستشفى", "مستشفي"),
        ("سنة ٢٠١٩", "2019"),
        # Persian: its own kaf and yeh, the half-space
        ("کتاب‌های ایران", "كتاب ايران"),
        ("روزنامه‌نگاران تهران", "نگاران"),
        ("سال ۱۳۹۸", "1398"),
        # Hebrew: niqqud, maqaf, gershayim
        ("שָׁלוֹם בְּבֵית־לֶחֶם", "שלום לחם"),
        ("צה״ל בעזה", 'צה"ל'),
    ],
)
def test_a_word_is_found_however_it_is_spelled(written, asked):
    make_post(title="Something else")
    make_post(title=written)
    assert titles(asked) == [written]


def test_a_word_of_another_script_is_found_as_it_is_and_not_as_another():
    make_post(title="روزنامه")
    make_post(title="שלום")
    assert titles("روز") == []
    assert titles("של") == []


def test_phrases_exclusion_and_alternatives_are_understood():
    make_post(title="Water in the marshes", body="<p>Reeds.</p>")
    make_post(title="Oil", body="<p>Water is scarce in the delta.</p>")
    make_post(title="Wind", body="<p>The delta is scarce in trees.</p>")
    assert titles("water") == ["Water in the marshes", "Oil"]
    assert titles("water -delta") == ["Water in the marshes"]
    assert titles('"scarce in the delta"') == ["Oil"]
    assert titles("“scarce in the delta”") == ["Oil"]
    assert titles('delta -"scarce in the delta"') == ["Wind"]
    assert sorted(titles("marshes or trees")) == ["Water in the marshes", "Wind"]


def test_the_title_weighs_more_than_standfirst_and_names_and_these_more_than_the_text():
    at = timezone.now() - timedelta(days=900)
    plain = {"published_at": at, "standfirst": "", "authors": 0}
    make_post(title="In the text", body="<p>One word on basalt.</p>", **plain)
    make_post(
        title="By name", body="<p>Nothing.</p>", **plain | {"authors": [make_author(name="Basalt Stone")]}
    )
    make_post(title="Basalt", body="<p>Nothing.</p>", **plain)
    make_post(title="In the standfirst", body="<p>Nothing.</p>", **plain | {"standfirst": "It is basalt."})
    found = titles("basalt")
    assert found[0] == "Basalt"
    assert found[-1] == "In the text"


def test_of_two_alike_the_newer_comes_first_and_a_better_old_one_before_both():
    now = timezone.now()
    make_post(title="Old", body="<p>Amber.</p>", published_at=now - timedelta(days=4000))
    make_post(title="New", body="<p>Amber.</p>", published_at=now - timedelta(days=4))
    make_post(title="Amber roads", published_at=now - timedelta(days=8000))
    assert titles("amber") == ["Amber roads", "New", "Old"]
    assert titles("amber", sort="date") == ["New", "Old", "Amber roads"]


def test_a_name_and_a_tag_find_with_words_of_the_text():
    post = make_post(body="<p>Locusts.</p>", authors=[make_author(name="Layla Haddad")], tags=["Sana’a"])
    make_post(body="<p>Locusts.</p>")
    assert titles("haddad locusts") == [post.title]
    assert titles('"Layla Haddad"') == [post.title]
    assert titles("sanaa") == [post.title]
    assert Tag.objects.count() == 1


def test_markup_is_no_text():
    make_post(
        title="One",
        body='<p class="xylophone"><a href="https://example.org/xylophone" title="xylophone">link</a> '
        "un<em>believ</em>able</p><p>end</p><p>less &amp; so on</p>",
    )
    assert titles("xylophone") == []
    assert titles("example.org") == []
    assert titles("amp") == []
    assert titles("endless") == []
    assert titles("unbelievable") == ["One"]


def test_readers_find_neither_drafts_nor_what_is_still_to_come():
    make_post(title="A xylophone")
    make_post(title="Two xylophones", status="draft")
    make_post(title="Three xylophones", published_at=timezone.now() + timedelta(days=1))
    make_post(title="Four xylophones", status="withdrawn")
    assert titles("xylophones") == ["A xylophone"]


@pytest.mark.parametrize("letters", ["abcdefghij", "ابتثجحخدذر", "北京天地人山水火木金", "𐎀𐎁𐎂𐎃𐎄𐎅𐎆𐎇𐎈𐎉"])
def test_a_body_of_any_length_is_kept_and_found_by_how_it_begins(letters):
    chunk = "".join(letters[int(digit)] for digit in "0123456789" * 3)
    body = " ".join(f"{chunk[n % 7 :]}{letters[n % 10]}{n}" for n in range(60_000))
    post = make_post(title="Endless", body=f"<p>zebra {body}</p>")
    assert post.pk
    assert titles("zebra") == ["Endless"]


def test_a_word_of_thousands_of_letters_breaks_nothing():
    make_post(title="Long", body=f"<p>{'a' * 5000} zebra</p>")
    assert titles("zebra") == ["Long"]


def test_the_snippet_shows_the_passage_with_most_words_as_it_was_written():
    before = "It had rained for a week and nobody spoke. " * 20
    make_post(
        standfirst="",
        body=f"<p>{before}</p><p>Café owners in Tehrān’s bazaar—and traders in Łódź—closed.</p><p>{before}</p>",
    )
    shown = text(answer("tehran cafe trader").found.posts[0].snippet)
    assert "[Café] owners in [Tehrān’s] bazaar—and [traders] in Łódź—closed." in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")


def test_the_standfirst_is_shown_when_it_says_as_much():
    make_post(title="On oil", standfirst="Why oil fell.", body="<p>First. Oil is oil.</p>")
    post = answer("oil").found.posts[0]
    assert text(post.headline) == "On [oil]"
    assert text(post.snippet) == "Why [oil] fell."


def test_arabic_words_are_marked_with_their_article():
    make_post(title="الحَرْبُ", standfirst="", body="<p>انتهت الحَرْبُ، في العراق.</p>")
    post = answer("حرب").found.posts[0]
    assert text(post.headline) == "[الحَرْبُ]"
    assert "[الحَرْبُ]، في" in text(post.snippet)


@pytest.mark.parametrize(
    "written", ["½ of «it» ﷺ ´a` ¨b …", "a\u00a0b\u2003c\u3000d", "\u0301 \u200b x \u064b", "a - -b -- c"]
)
def test_folding_keeps_every_blank_where_it_stands(written):
    with connection.cursor() as cursor:
        cursor.execute("SELECT told, search_folded(told) FROM search_spaced(%s) AS told", [written])
        told, folded = cursor.fetchone()
    assert told.count(" ") == folded.count(" ")
    make_post(title=f"{written} zebra", body=f"<p>{written} zebra</p>")
    assert "[zebra]" in text(answer("zebra").found.posts[0].headline)


def test_a_footnote_is_found_and_joins_no_word_of_the_text():
    make_post(
        title="Noted", body='<p>The harbour<span class="footnote">See zebra, page 3.</span> closed.</p>'
    )
    assert titles("harbour") == ["Noted"]
    assert titles("zebra page") == ["Noted"]
