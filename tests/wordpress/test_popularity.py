"""Totals of views from an old site: popular of all time, and nothing of late."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from informed_comment import redirects
from posts.models import Post, ReadHour, ReadTotal
from posts.reads import counting, statistics, windows
from tests.factories import make_post
from tests.wordpress.parts import item
from wordpress.popularity import bring
from wordpress.redirecting.reading import CannotRead

pytestmark = pytest.mark.django_db


@pytest.fixture
def posts(take):
    take(*(item(number, slug=f"post-{number}", title=f"Post {number}") for number in (11, 12, 13)))
    return {post.slug: post for post in Post.objects.all()}


def totals():
    return dict(ReadTotal.objects.order_by("post__slug").values_list("post__slug", "reads"))


@pytest.mark.parametrize(
    "content",
    [
        "postid,day,last_viewed,pageviews\n11,2010-05-04,2024-01-01,1200\n12,2010-05-04,2024-01-01,7\n",
        'Post 11,"1,200",https://old.example/2010/05/post-11/\nPost 12,7,https://old.example/2010/05/post-12/\n',
        "11,2022-09-09 16:49:28,2022-09-10 18:56:46,1200\n12,2022-09-09 16:49:28,2022-09-10 18:56:46,7\n",
        "ID,postid,pageviews,view_date,view_datetime\n"
        "12,11,900,2024-01-01,2024-01-01 09:00:00\n13,11,300,2024-01-02,2024-01-02 09:00:00\n"
        "11,12,7,2024-01-02,2024-01-02 09:00:00\n",
        '"12","11","900","2024-01-01","2024-01-01 09:00:00"\n"13","11","300","2024-01-02","2024-01-02 09:00:00"\n'
        '"11","12","7","2024-01-02","2024-01-02 09:00:00"\n',
        "ID\tpostid\tpageviews\tview_date\tlast_viewed\n7\t11\t1200\t2013-01-01\t2013-01-01 09:00:00\n"
        "8\t12\t7\t2013-01-01\t2013-01-01 09:00:00\n",
        '"A | B | C | D ""E""",1200,https://old.example/2010/05/post-11/\n'
        '"/12/;13",7,https://old.example/2010/05/post-12/\n',
        '"post_id","post_title","post_permalink","views"\n"11","A, B","https://old.example/?p=11","1200"\n'
        '"12","C","https://old.example/?p=12","7"\n',
        "/2010/05/post-11/;1200\n/?p=12;7\n",
        "\ufeffPage path\tViews\r\n/2010/05/post-11.html\t1000\r\n/2010/05/post-11/?utm_source=x\t200\r\n/?p=12\t7\r\n",
        "11|1200\n12|7\n",
    ],
)
def test_totals_in_any_table_are_understood_and_the_same_twice(posts, content):
    for _ in range(2):
        brought = bring(content.encode())
        assert not brought.unknown
        assert totals() == {"post-11": 1200, "post-12": 7}


def test_what_was_brought_is_popular_of_all_time_and_not_of_late(posts, client):
    lately = make_post(title="Read today")
    counting.record({lately.pk: 3, posts["post-12"].pk: 1})
    bring(b"11,500\n12,40\n")
    assert totals()["post-12"] == 41
    everything = client.get("/popular/?window=all").content.decode()
    assert everything.index("Post 11") < everything.index("Post 12") < everything.index("Read today")
    assert windows.counted("week", 50, at=windows.moment()) == [(lately.pk, 3), (posts["post-12"].pk, 1)]
    assert ReadHour.objects.count() == 2
    figures = statistics.figures(posts["post-11"])
    assert (figures.total, figures.today, figures.week, figures.brought) == (500, 0, 0, 500)
    counting.record({posts["post-11"].pk: 2}, at=timezone.now())
    bring(b"11,600\n")
    assert totals()["post-11"] == 602


def test_lines_that_name_no_post_are_told_and_nothing_is_written_in_a_dry_run(posts):
    content = "11,5\n99,5\n/nowhere/,9\n/,1\n11,many\nwords\n/about/\n12,-4\n13,99999999999999999\n\n12,3"
    brought = bring(content.encode(), is_dry_run=True)
    assert not totals()
    assert [line for line, _, _ in brought.unknown] == [5, 6, 7, 8, 9, 2, 3, 4]
    assert sorted(brought.totals.values()) == [3, 5]
    with pytest.raises(CannotRead, match="no columns"):
        bring(b"words")


def test_an_address_that_has_moved_counts_for_where_it_leads(posts, django_assert_max_num_queries):
    redirects.lead("/2003/older.html", posts["post-11"].permalink)
    lines = "/2003/older.html,5\n" + "".join(f"/2010/05/post-{n}/,1\n" for n in (11, 12, 13)) * 50
    with django_assert_max_num_queries(47):
        bring(lines.encode())
    assert totals() == {"post-11": 55, "post-12": 50, "post-13": 50}


def test_the_command_says_what_came_and_what_did_not(posts, tmp_path):
    (tmp_path / "views.csv").write_text("id,views\n11,5\n99,7\n")
    out = io.StringIO()
    call_command("import_popularity", str(tmp_path / "views.csv"), stdout=out)
    assert out.getvalue() == "5 views of 1 post, from 2 lines.\nline 3: 99 is no post here\n"
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_popularity", str(tmp_path / "none.csv"), stdout=out)
    (tmp_path / "other.csv").write_text("source,target\n/a/,/b/\n")
    with pytest.raises(CommandError, match="nothing counts"):
        call_command("import_popularity", str(tmp_path / "other.csv"), stdout=out)
