"""The course of an import: what the command says and does, stopping, slices for the worker, one at a time."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from posts.models import Post
from tests.wordpress.parts import HEAD, item
from wordpress import tasks
from wordpress.importer import import_files
from wordpress.management.moving import Bar, Lines
from wordpress.models import Move
from wordpress.moving import course, receiving
from wordpress.moving.keeping import Rate
from wordpress.taking import texts

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    pass


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr("wordpress.taking.texts.BATCH", 2)
    path = tmp_path / "old.xml"
    path.write_text(HEAD + "".join(item(n, slug=f"s{n}") for n in range(1, 8)) + "</channel></rss>")
    return path


def killed(file, after=4):
    def die(move):
        if move.phase == Move.Phase.TEXTS and move.done >= after:
            raise Killed

    with pytest.raises(Killed):
        import_files([file], progress=die, system="wordpress")
    assert Post.objects.count() == after
    return Move.objects.get()


def called(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_wordpress", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_goes_on_where_it_was_killed_and_says_so(file):
    move = killed(file)
    out, err = called(file)
    assert f"Going on with import {move.pk} of the same files, Posts and pages: 4 of 7. With" in err
    assert "post/publish  7 came in" in out
    move.refresh_from_db()
    assert (move.state, move.done_at is not None, Post.objects.count()) == ("done", True, 7)
    assert "Going on" not in called(file)[1]
    assert Move.objects.count() == 2


def test_the_command_begins_at_the_start_when_told(file):
    killed(file)
    out, err = called(file, "--again")
    assert "Going on" not in err
    assert "3 came in, 4 unchanged" in out
    assert Move.objects.get().state == "done"


def test_a_file_that_has_changed_or_other_options_are_another_import(file):
    killed(file)
    assert "Going on" not in called(file, "--as", "news=post")[1]
    file.write_text(file.read_text().replace("Text", "Words"))
    assert "Going on" not in called(file)[1]
    assert Move.objects.count() == 3


def test_what_was_looked_at_is_the_import_that_begins_and_keeps_what_was_foretold(file):
    assert "nothing was written" in called(file, "--dry-run")[0]
    called(file)
    move = Move.objects.get()
    assert (move.foretold["items"], move.state) == (move.report["items"], "done")


def test_somebody_can_stop_it_and_go_on(file):
    move = course.start(receiving.receive([file]), is_for_workers=False)

    def stop(move):
        if move.phase == Move.Phase.TEXTS and move.state == "running":
            course.stop(move)

    assert not course.work(move.pk, progress=stop)
    move.refresh_from_db()
    assert (move.state, Post.objects.count(), move.done) == ("stopped", 2, 2)
    with pytest.raises(course.CannotGoOn, match="nothing was done"):
        course.stop(move)
    course.resume(move, is_for_workers=False)
    course.work(move.pk)
    assert Post.objects.count() == 7


def test_an_error_is_told_with_its_cure_and_it_can_go_on(file, monkeypatch):
    move = course.start(receiving.receive([file]), is_for_workers=False)
    with monkeypatch.context() as patch:
        patch.setattr(texts, "lead_to_parents", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            course.work(move.pk)
    move.refresh_from_db()
    assert move.state == "failed"
    assert "go on with it, or begin it again" in move.problem
    course.resume(move, is_for_workers=False)
    course.work(move.pk)
    assert Post.objects.count() == 7


def test_the_worker_does_a_slice_at_a_time_and_asks_for_the_next(file):
    move = course.start(receiving.receive([file]))
    slices = 1
    while course.work(move.pk, seconds=0):
        slices += 1
    assert slices > 4
    assert Post.objects.count() == 7
    tasks.keep_moving(timestamp=0)
    tasks.move(move.pk)


def test_two_imports_never_run_at_once(file):
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [course.LOCK])
        with pytest.raises(CommandError, match="Another import is being worked at"):
            called(file)
        assert Move.objects.get().state == "stopped"
        with pytest.raises(CommandError, match="Another import is being worked at"):
            called(file)
        assert Move.objects.get().state == "running"  # whoever holds the lock may be at this very one
    other.close()
    assert not Post.objects.exists()
    assert "Going on" in called(file)[1]


def test_a_terminal_sees_a_bar_and_a_log_a_line_now_and_then(monkeypatch):
    move = Move(phase=Move.Phase.TEXTS, done=50, total=200, rate=10)
    terminal, log = io.StringIO(), io.StringIO()
    Bar(terminal)(move)
    assert (
        "[######..................] Posts and pages: 50 of 200, 10 a second, 0 min 15 s left"
        in terminal.getvalue()
    )
    lines = Lines(log)
    lines(move)
    assert log.getvalue() == ""
    lines.last -= 11
    lines(move)
    assert log.getvalue().startswith("Posts and pages: 50 of 200")


def test_the_rate_is_that_of_late(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("wordpress.moving.keeping.time.monotonic", lambda: clock[0])
    rate, done = Rate(), 0
    for _ in range(100):
        clock[0], done = clock[0] + 1, done + 100
        rate.at(done)
    for _ in range(30):
        clock[0], done = clock[0] + 1, done + 10
        latest = rate.at(done)
    assert latest == pytest.approx(10)
