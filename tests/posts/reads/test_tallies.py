"""Adding up: the tallies say what a plain count of the reads says, whatever happens meanwhile."""

import random
import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, connections, transaction

from posts import deleting, filing, mergers, publishing, tagging
from posts.models import (
    AuthorTally,
    Byline,
    Category,
    CategoryTally,
    DayToAdd,
    Filing,
    GoneDay,
    HostTally,
    PostTally,
    ReadDay,
    Referral,
    ReferringHost,
    SiteTally,
    Source,
    Tag,
    TaggedPost,
    TagTally,
)
from posts.reads import tallies
from posts.reads.counting import record
from posts.reads.periods import midnight, start_of
from tests.factories import make_author, make_category, make_post

DAYS = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2025, 12, 31), date(2026, 1, 1)]
COUNTS = tallies.COUNTS


def read(post, reads=1, *, day=DAYS[0], source=Source.DIRECT, host=""):
    record({post.pk: reads}, at=midnight(day) + timedelta(hours=12), source=source, host=host)


def delete(post):
    publishing.trash(post)
    deleting.delete(post)


def columns(row):
    return Counter({name: getattr(row, name) for name in COUNTS if getattr(row, name)})


def spread(sums, key, day, counts):
    """Into the day, its month and its year."""
    for unit in ("day", "month", "year"):
        place = (unit, start_of(day, unit), *key)
        sums[place] = sums.get(place, Counter()) + counts


def plainly():
    """What the tallies have to be: {model: {key: counts}}, by a loop over the rows."""
    found = {model: {} for model in (SiteTally, CategoryTally, AuthorTally, TagTally, HostTally, PostTally)}
    for row in GoneDay.objects.all():
        spread(found[SiteTally], (), row.day, columns(row))
    for row in ReadDay.objects.all():
        counts = columns(row)
        spread(found[SiteTally], (), row.day, counts)
        for model, ties, post, own in (
            (CategoryTally, Filing, "post", "category"),
            (AuthorTally, Byline, "post", "author"),
            (TagTally, TaggedPost, "content_object", "tag"),
        ):
            for pk in set(ties.objects.filter(**{post: row.post_id}).values_list(own, flat=True)):
                spread(found[model], (pk,), row.day, counts)
        for unit in ("month", "year"):
            place = (unit, start_of(row.day, unit), row.post_id)
            sums = found[PostTally]
            sums[place] = sums.get(place, Counter()) + Counter(reads=row.reads)
    for row in Referral.objects.all():
        spread(found[HostTally], (row.host_id,), row.day, Counter(reads=row.reads))
    return found


def added():
    """The tallies there are, in the same form."""
    found = {}
    for model in (SiteTally, CategoryTally, AuthorTally, TagTally, HostTally, PostTally):
        names = [name for name in COUNTS if name in {field.name for field in model._meta.get_fields()}]
        found[model] = {
            row.pk: Counter({name: getattr(row, name) for name in names if getattr(row, name)})
            for row in model.objects.filter(reads__gt=0)
        }
    return found


def everything_is_added():
    while DayToAdd.objects.exists():
        assert tallies.add_up()
    return added() == plainly()


@pytest.mark.django_db
def test_a_read_stands_in_every_branch_and_with_all_who_sign_once():
    world = make_category("World")
    east = make_category("Middle East", parent=world)
    west = make_category("West", parent=world)
    author = make_author()
    post = make_post(authors=[author], categories=[east, west], tags=["iran", "oil"])
    Byline.objects.create(post=post, author=author, role="translated", position=1)
    read(post, 3, source=Source.SEARCH)
    read(post, 2, source=Source.SITES, host="news.example.org")
    assert everything_is_added()
    found = {
        row.category_id: (row.reads, row.search, row.direct)
        for row in CategoryTally.objects.filter(unit="day")
    }
    assert found == dict.fromkeys([world.pk, east.pk, west.pk], (5, 3, 0))
    assert AuthorTally.objects.get(unit="year").reads == 5
    assert HostTally.objects.get(unit="month").reads == 2


@pytest.mark.django_db
def test_adding_again_changes_nothing_and_adding_more_adds_the_difference():
    post = make_post(tags=["iran"])
    read(post, 3)
    assert everything_is_added()
    tallies.mark_all()
    assert everything_is_added()
    read(post, 4)
    assert everything_is_added()
    assert PostTally.objects.get(unit="month").reads == 7
    assert ReadDay.objects.get().added == 7


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_any_mixture_adds_up(seed):
    chance = random.Random(seed)
    categories = [make_category(f"C{n}") for n in range(2)]
    categories += [make_category(f"D{n}", parent=chance.choice(categories)) for n in range(2)]
    authors = [make_author() for _ in range(3)]
    names = ["iran", "oil", "water", "law"]
    posts = [
        make_post(
            authors=chance.sample(authors, chance.randint(1, 2)),
            categories=chance.sample(categories, chance.randint(0, 2)),
            tags=chance.sample(names, chance.randint(0, 3)),
        )
        for _ in range(5)
    ]
    for _ in range(4):
        for _ in range(chance.randint(1, 8)):
            host = chance.choice(["", "news.example.org", "blog.example.com"])
            source = Source.SITES if host else chance.choice(list(Source))
            read(
                chance.choice(posts), chance.randint(1, 9), day=chance.choice(DAYS), source=source, host=host
            )
        if chance.random() < 0.5:
            tallies.add_up(seconds=0)  # the newest only
        if chance.random() < 0.3:
            gone = posts.pop()
            delete(gone)
        chosen = chance.choice(posts)
        filing.file_under(chosen, chance.sample(categories, chance.randint(0, 2)))
        tallies.mark_all()
    assert everything_is_added()


@pytest.mark.django_db
def test_the_site_keeps_the_reads_of_a_deleted_post():
    post, other = make_post(status="published", tags=["iran"]), make_post()
    read(post, 5, source=Source.SOCIAL)
    read(other, 1)
    assert everything_is_added()
    delete(post)
    read(other, 1)
    assert everything_is_added()
    assert columns(SiteTally.objects.get(unit="year")) == {"reads": 7, "social": 5}
    assert not TagTally.objects.exists()
    assert PostTally.objects.filter(post=post.pk).count() == 0


@pytest.mark.django_db
def test_a_merger_moves_the_reads_and_undoing_it_gives_them_back():
    posts = [make_post(tags=["tehran"]), make_post(tags=["iran"]), make_post(tags=["iran", "tehran"])]
    for post, day in zip(posts, DAYS, strict=False):
        read(post, 3, day=day)
    assert everything_is_added()
    source, target = Tag.objects.get(name="tehran"), Tag.objects.get(name="iran")
    before = added()
    merger = mergers.merge(source, target)
    assert DayToAdd.objects.count() == 2
    assert everything_is_added()
    assert sum(TagTally.objects.filter(unit="day", tag=target).values_list("reads", flat=True)) == 9
    mergers.undo(merger)
    assert everything_is_added()
    assert added() == before


@pytest.mark.django_db
def test_merged_categories_give_their_reads_to_the_other_and_its_branches():
    world, old = make_category("World"), make_category("Old")
    new, below = make_category("New", parent=world), make_category("Below", parent=old)
    read(make_post(categories=[below]), 2)
    read(make_post(categories=[new]), 1, day=DAYS[1])
    assert everything_is_added()
    before = added()
    merger = mergers.merge(old, new)
    assert everything_is_added()
    years = dict(CategoryTally.objects.filter(unit="year").values_list("category", "reads"))
    assert years == {world.pk: 3, new.pk: 3, below.pk: 2}
    mergers.undo(merger)
    assert everything_is_added()
    assert added() == before


@pytest.mark.django_db
def test_tallies_go_with_what_they_are_of_and_no_preview_names_them():
    category, author = make_category(), make_author()
    post = make_post(authors=[author], categories=[category], tags=["iran"])
    read(post, 2)
    assert everything_is_added()
    assert not {CategoryTally, TagTally} & {
        relation.related_model for model in (Category, Tag) for relation in mergers.pointing(model)
    }
    filing.file_under(post, [])
    tagging.delete_tags(Tag.objects.all())
    post.bylines.all().delete()
    category.delete()
    author.delete()
    ReferringHost.objects.all().delete()
    assert not CategoryTally.objects.exists()
    assert not AuthorTally.objects.exists()
    assert not TagTally.objects.exists()
    assert SiteTally.objects.get(unit="day").reads == 2


@pytest.mark.django_db
def test_days_wait_for_the_next_run_when_the_time_is_up():
    post = make_post()
    for day in DAYS:
        read(post, day=day)
    assert tallies.add_up(seconds=0) == 1
    assert max(DAYS) not in DayToAdd.objects.values_list("day", flat=True)
    assert tallies.add_up() == len(DAYS) - 1
    assert added() == plainly()


@pytest.mark.django_db
def test_days_of_a_clock_that_jumped_are_added_like_others():
    post = make_post()
    record({post.pk: 2}, at=datetime(2999, 12, 31, 12, tzinfo=UTC))
    record({post.pk: 1}, at=datetime(1970, 1, 1, 12, tzinfo=UTC))
    read(post)
    assert everything_is_added()


# Several at once


def elsewhere(deed):
    """Does it on a connection of its own, as another process would."""
    found = []

    def run():
        try:
            found.append(deed())
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]


@pytest.mark.django_db(transaction=True)
def test_a_read_in_the_middle_of_adding_leaves_the_day_to_be_added_again(monkeypatch):
    post = make_post(tags=["iran"], categories=[make_category()])
    read(post, 3)
    add_kind = tallies.add_kind

    def interrupted(kind, day):
        add_kind(kind, day)
        if kind.of == "category_id":
            elsewhere(lambda: read(post, 4, source=Source.SEARCH))

    with monkeypatch.context() as patch:
        patch.setattr(tallies, "add_kind", interrupted)
        assert tallies.add_up() == 1
    assert DayToAdd.objects.get().is_begun is False
    assert SiteTally.objects.get(unit="day").reads == 3
    assert everything_is_added()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("reads_between", [False, True])
def test_what_a_killed_worker_leaves_is_picked_up(reads_between):
    post = make_post()
    read(post, 3)
    assert tallies.begin(DAYS[0])  # and no more is heard of it
    if reads_between:
        read(post, 1)
    assert everything_is_added()


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_adding_leaves_nothing_half_added(monkeypatch):
    post = make_post()
    read(post, 3)
    monkeypatch.setattr(tallies, "OF_POSTS", "SELECT pg_terminate_backend(pg_backend_pid())")
    assert elsewhere(tallies.add_up) == 0
    assert not SiteTally.objects.exists()
    monkeypatch.undo()
    assert everything_is_added()


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_add_at_once_and_a_mark_is_not_set_while_one_adds():
    post = make_post()
    read(post, 3)
    assert tallies.begin(DAYS[0])
    with transaction.atomic():
        assert tallies.add(DAYS[0])
        elsewhere_added = elsewhere(tallies.add_up)
    assert elsewhere_added == 0
    assert everything_is_added()


@pytest.mark.django_db(transaction=True)
def test_many_readers_and_workers_at_once_end_with_the_right_sums():
    posts = [make_post(tags=["iran"], categories=[make_category()]) for _ in range(3)]
    failed, stop = [], threading.Event()

    def counting(seed):
        chance = random.Random(seed)
        for _ in range(40):
            read(chance.choice(posts), day=chance.choice(DAYS[:2]), source=chance.choice(list(Source)))

    def adding(_):
        while not stop.is_set():
            tallies.add_up()

    def run(deed, seed):
        try:
            deed(seed)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    readers = [threading.Thread(target=run, args=(counting, n)) for n in range(2)]
    workers = [threading.Thread(target=run, args=(adding, n)) for n in range(2)]
    for thread in (*readers, *workers):
        thread.start()
    for thread in readers:
        thread.join()
    stop.set()
    for thread in workers:
        thread.join()
    assert failed == []
    assert everything_is_added()
    assert sum(row.reads for row in SiteTally.objects.filter(unit="day")) == 80
    assert connection.in_atomic_block is False
