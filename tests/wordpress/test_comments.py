"""Comments of the old site come in once, in their threads, without what readers must not see, and stay hidden if hidden."""

import re

import pytest

from posts import reader_comments
from posts.models import Post, ReaderComment
from tests.wordpress.parts import item
from wordpress.models import Imported

pytestmark = pytest.mark.django_db


def comment(
    number, *, parent=0, text="Well said.", name="Ann", approved="1", kind="comment", url="", minute=None
):
    minute = number if minute is None else minute
    return (
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id>"
        f"<wp:comment_author><![CDATA[{name}]]></wp:comment_author>"
        f"<wp:comment_author_email>ann.secret@mail.example</wp:comment_author_email>"
        f"<wp:comment_author_url>{url}</wp:comment_author_url>"
        f"<wp:comment_author_IP>198.51.100.7</wp:comment_author_IP>"
        f"<wp:comment_date>2010-05-05 08:{minute:02}:00</wp:comment_date>"
        f"<wp:comment_date_gmt>2010-05-05 12:{minute:02}:00</wp:comment_date_gmt>"
        f"<wp:comment_content><![CDATA[{text}]]></wp:comment_content>"
        f"<wp:comment_approved>{approved}</wp:comment_approved><wp:comment_type>{kind}</wp:comment_type>"
        f"<wp:comment_parent>{parent}</wp:comment_parent></wp:comment>"
    )


def under(*comments, number=1, **fields):
    return item(number, extra="".join(comments), **fields)


def order():
    return list(ReaderComment.objects.in_order().values_list("name", "depth"))


def test_approved_comments_come_in_in_their_threads_and_a_second_run_changes_nothing(take, client):
    parts = under(
        comment(3, parent=1, name="Cleo"),
        comment(1, name="Ann"),
        comment(2, name="Bo"),
        comment(4, parent=3, name="Di"),
    )
    report = take(parts)
    assert report.comments == {("comment", "new"): 4}
    assert order() == [("Ann", 0), ("Cleo", 1), ("Di", 2), ("Bo", 0)]
    before = list(ReaderComment.objects.order_by("pk").values())
    report = take(parts)
    assert report.comments == {("comment", "unchanged"): 4}
    assert list(ReaderComment.objects.order_by("pk").values()) == before
    page = client.get(Post.objects.get().permalink).content.decode()
    assert "Comments (4)" in page
    assert 'id="comment-3"' in page


def test_neither_mail_addresses_nor_ip_addresses_are_kept_anywhere(take):
    take(under(comment(1, name="ann.secret@mail.example")))
    kept = [*ReaderComment.objects.values(), *Imported.objects.filter(kind="comment").values()]
    assert not re.search("mail.example|198.51.100.7", str(kept))
    assert ReaderComment.objects.get().name == "ann.secret"


def test_what_was_not_public_there_is_counted_with_its_reason(take):
    report = take(
        under(
            comment(1, approved="0"),
            comment(2, approved="spam"),
            comment(3, approved="trash"),
            comment(4, kind="order_note"),
            comment(5, text=" <img src=x> "),
            comment(6, kind="pingback", name="Blog &raquo; Post", url="http://blog.example/7"),
            comment(7, kind="pingback", name="Self", url="http://www.old.example/8"),
            comment(8, parent=1, name="Answers what is not taken"),
        ),
        item(2, kind="page", slug="about", extra=comment(9)),
        item(3, status="auto-draft", slug="gone", extra=comment(10)),
    )
    assert report.comments == {("comment", "new"): 1, ("mention", "new"): 1}
    assert report.not_taken == {
        "comments waiting for approval there": 1,
        "comments spam there": 1,
        "comments in the trash there": 1,
        "comments of the type order_note": 1,
        "comments without words": 1,
        "comments that are mentions on the site itself": 1,
        "comments under pages, which have none here": 1,
        "comments under posts that are not taken": 1,
    }
    mention = ReaderComment.objects.get(kind="mention")
    assert (mention.name, mention.website, mention.text) == ("Blog » Post", "http://blog.example/7", "")
    assert order()[-1] == ("Answers what is not taken", 0)
    assert any("1 came in" in line and "comments under posts" in line for line in report.lines())


def test_what_an_editor_hid_or_deleted_stays_so_and_what_changed_there_follows(take):
    take(under(comment(1), comment(2, text="Frist"), comment(3)))
    first, second, third = ReaderComment.objects.order_by("published_at")
    reader_comments.hide(ReaderComment.objects.filter(pk=first.pk))
    reader_comments.delete(ReaderComment.objects.filter(pk=third.pk))
    report = take(
        under(comment(1, text="Changed"), comment(2, text="First"), comment(3), comment(4, parent=3))
    )
    assert report.comments == {("comment", "changed"): 2, ("comment", "skipped"): 1, ("comment", "new"): 1}
    shown = ReaderComment.objects.filter(is_shown=True).in_order()
    assert [(one.text, one.page, one.position) for one in shown] == [
        ("<p>First</p>", 1, 0),
        ("<p>Well said.</p>", 1, 1),
    ]
    assert ReaderComment.objects.get(pk=first.pk).text == "<p>Changed</p>"
    report = take(under(comment(2, approved="spam"), comment(4)))
    assert not ReaderComment.objects.get(pk=second.pk).is_shown


def test_circles_and_ids_used_twice_lose_nobody(take):
    take(
        under(comment(1, parent=2, name="A"), comment(2, parent=1, name="B"), comment(3, parent=3, name="C")),
        item(2, slug="other", extra=comment(1, name="D")),
    )
    assert sorted(order()) == [("A", 0), ("B", 1), ("C", 0), ("D", 0)]
    assert ReaderComment.objects.filter(anchor="comment-1").count() == 2


def test_the_text_is_shown_as_the_old_site_showed_it(take):
    take(under(comment(1, text="One\n\nSee http://x.example/a_(b), and <b>this</b>.\nEnd")))
    assert ReaderComment.objects.get().text == (
        '<p>One</p>\n<p>See <a href="http://x.example/a_(b)">http://x.example/a_(b)</a>, and <strong>this</strong>.<br>\nEnd</p>'
    )


def test_a_dry_run_counts_comments_and_writes_none(take):
    report = take(under(comment(1), comment(2, approved="0")), is_dry_run=True)
    assert report.comments == {("comment", "new"): 1}
    assert not ReaderComment.objects.exists()


def test_a_comment_that_cannot_be_written_takes_no_other_along(take):
    report = take(
        under(comment(1, name="A")),
        item(2, slug="two", extra=comment(2, name="B").replace("2010", "0001")),
        under(comment(3), number=3, slug="x"),
    )
    assert ReaderComment.objects.count() + sum("comments of" in p.message for p in report.problems) == 3
