"""What holds for every test: no network beyond this machine, no missing template variable."""

import asyncio
import logging
import os
import socket

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as site_settings
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection, connections, transaction
from django.template import VariableDoesNotExist
from pytest_django.plugin import blocking_manager_key

from informed_comment import caching, clocks, editions
from informed_comment.management.commands import worker as worker_command
from informed_comment.watching import at_hand
from tests import emptying

site_settings.DEBUG = False  # as pytest-django has it in tests; here already when their modules are read

LOCAL = ("127.", "::1", "localhost", "0.0.0.0")
FOREIGN_TEMPLATES = ("admin/", "auth/", "django/", "registration/")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """Twice as many as there are processors: half of its time a test waits for a browser, a server or a clock."""
    processors = os.process_cpu_count() or 1
    return min(2 * processors, max(processors, 8))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config):
    """All migrations are run once, before the first worker begins; each copies the database of which that is done."""
    name, database = connection.settings_dict["NAME"], config.stash[blocking_manager_key]
    with database.unblock():
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        connection.close()

    def remove():
        with database.unblock():
            connection.creation.destroy_test_db(name, verbosity=0)

    config.add_cleanup(remove)


@pytest.fixture(autouse=True, scope="session")
def sockets_stay_on_this_machine():
    """Fail at the first connection that would leave the machine."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOCAL):
            pytest.fail(f"a test wanted to connect to {address}")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


class MissingVariable(logging.Handler):
    """Fails the test that renders a variable nobody gave; Django only whispers of it in a log.

    The admin's and the form widgets' own templates ask for what may not be there, and are let be. No other handler hears
    of it: to write down the trace of each would take longer than most tests.
    """

    def emit(self, record):
        if record.exc_info and isinstance(record.exc_info[1], VariableDoesNotExist):
            variable, template = record.args
            if not str(template).startswith(FOREIGN_TEMPLATES):
                pytest.fail(f"{template} uses {variable}, which is not there: {record.exc_info[1]}")


@pytest.fixture(autouse=True, scope="session")
def templates_get_all_their_variables():
    logger = logging.getLogger("django.template")
    handler = MissingVariable(logging.DEBUG)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    logger.propagate = False
    yield
    logger.propagate = True
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """As pytest-django's; what the migrations made is remembered before any test has been."""
    with django_db_blocker.unblock():
        emptying.as_migrated()


@pytest.fixture(scope="module")
def rows_of_the_module(django_db_setup, django_db_blocker):
    """What other fixtures of a module make beside this one is there for all of its tests, and forgotten at its end.

    Each test takes back what it did itself, as ever; none of the module may commit.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True, scope="session")
def tables_are_emptied_quickly():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", emptying.statements)
        yield


@pytest.fixture(autouse=True)
def nothing_is_remembered(settings, tmp_path):
    """Each test begins with empty shelves, looks at the edition every time, and keeps its files to itself."""
    settings.EDITION_LOOK_SECONDS = 0
    settings.MEDIA_ROOT = tmp_path / "media"
    caching.shelf.empty(None)
    editions.forget()
    editions.forget_kept()
    at_hand.request.set(None)  # of a download that nobody read to its end
    cache.clear()


@pytest.fixture(autouse=True)
def all_clocks_are_set_together(request, monkeypatch):
    """Where a test sets the clock, the database's is set, too, unless it says that the clocks are apart."""
    monkeypatch.setattr(clocks, "of_database", clocks.Heard())
    is_apart = request.node.get_closest_marker("clocks_apart")
    sets_it = "time_machine" in request.fixturenames or hasattr(request.module, "time_machine")
    if sets_it and not is_apart:
        monkeypatch.setattr(clocks.Heard, "note", lambda heard, seconds: None)


@pytest.fixture
def work(transactional_db, monkeypatch):
    """Does every waiting job, as `manage.py worker --once` does; with `until`, works on until that is true.

    A worker lets go of the database after each job, lest the tests' database be held past its end.
    """
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    emptying.the_queue()

    async def work_until(true):
        worker = asyncio.create_task(worker_command.work(concurrency=1, once=False))
        for _ in range(500):
            if worker.done() or await sync_to_async(true)():
                break
            await asyncio.sleep(0.02)
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await sync_to_async(connections.close_all)()

    def work(until=None):
        asyncio.run(work_until(until) if until else worker_command.work(concurrency=1, once=True))

    yield work
    emptying.the_queue()
