"""One publication for the whole walk, forgotten at its end."""

import gc
import logging
from dataclasses import dataclass

import pytest
from django.conf import settings as site_settings
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import override_settings

from tests.permissions import asking, people, publication

LOCAL = "django.core.cache.backends.locmem.LocMemCache"


@dataclass
class Walk:
    everybody: list
    values: dict
    asker: asking.Asker
    media: object


@pytest.fixture(scope="module")
def walk(rows_of_the_module, tmp_path_factory):
    media = tmp_path_factory.mktemp("media")
    quickly = override_settings(
        SESSION_ENGINE="django.contrib.sessions.backends.cache",
        ROOT_URLCONF="tests.permissions.urls",
        MEDIA_ROOT=media,
        PROOF_MINUTES=1000,
        SESSION_CACHE_ALIAS="sessions",
        CACHES=site_settings.CACHES | {"sessions": {"BACKEND": LOCAL, "LOCATION": "walk"}},
    )
    with quickly:
        everybody = people.one_of_each()
        values = publication.make_publication(everybody)
        yield Walk(everybody, values, asking.Asker(), media)


@pytest.fixture
def undisturbed(walk, db, settings):
    """No refusal is written down, and nothing looked through that lies about."""
    settings.MEDIA_ROOT = walk.media
    settings.EDITION_LOOK_SECONDS = 3600
    walk.asker.begin()
    logging.disable(logging.CRITICAL)
    request_finished.disconnect(close_old_connections)
    gc.disable()  # a pass over all that a worker holds, many times in a walk
    yield
    gc.enable()
    request_finished.connect(close_old_connections)
    logging.disable(logging.NOTSET)


@pytest.fixture
def quietly(undisturbed, monkeypatch):
    """It is asked only who is let in."""
    asking.draw_nothing(monkeypatch)
