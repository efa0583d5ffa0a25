"""Redis or Valkey, when CACHE_URL names one: how the site speaks with it, and how it does without.

Nothing the site promises rests on it. One that is gone, hangs or is full costs at most CACHE_SECONDS, once, and from then
on nothing until a thread that tries meanwhile finds it again.
"""

import contextlib
import functools
import json
import logging
import threading
import time

import redis
from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

logger = logging.getLogger(__name__)
TRIED_AGAIN_AFTER = 1.0  # seconds
REFUSES_FOR = 5.0  # seconds
PATIENT = 2.0  # seconds, for whoever tries while nobody waits


def client_of(url, seconds):
    """Nothing is tried twice while a reader waits."""
    return redis.Redis.from_url(
        url,
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
    )


class Shared:
    """A cache server that may be away."""

    def __init__(self, url, seconds):
        self.url = url
        self.client = client_of(url, seconds)
        self.lock = threading.Lock()
        self.is_away = False
        self.refused_at = None
        self.is_over = threading.Event()

    @property
    def refuses(self):
        """Whether it lately took nothing: then nobody has to wait to hear that again."""
        return self.refused_at is not None and time.monotonic() - self.refused_at < REFUSES_FOR

    def ask(self, deed, default=None):
        """`deed(client)`, or `default` where that cannot be had."""
        if self.is_away:
            return default
        try:
            return deed(self.client)
        except ResponseError as error:  # it is there and will not: full, or read-only
            if self.refused_at is None:
                logger.warning("The shared cache refuses: %s", error)
            self.refused_at = time.monotonic()
        except (RedisError, OSError) as error:
            self.lost(error)
        except ValueError:  # what stands there cannot be read
            pass
        return default

    def lost(self, error):
        with self.lock:
            if self.is_away:
                return
            self.is_away = True
        logger.warning("The shared cache is away, every process makes its own pages: %s", error)
        threading.Thread(target=self.wait, name="shared cache", daemon=True).start()

    def wait(self):
        client = client_of(self.url, PATIENT)
        while not self.is_over.wait(TRIED_AGAIN_AFTER):
            with contextlib.suppress(RedisError, OSError):
                client.ping()
                logger.warning("The shared cache is back.")
                self.is_away = False
                break
        client.close()

    def close(self):
        """Nobody waits for it any more."""
        self.is_over.set()
        self.client.close()


@functools.cache
def of_process():
    return Shared(settings.SHARED_CACHE_URL, settings.CACHE_SECONDS)


class Plainly:
    """Values as JSON: what another could have written must not be able to run."""

    def dumps(self, value):
        return value if type(value) is int else json.dumps(value)

    def loads(self, data):
        return json.loads(data)


class SurvivingCache(RedisCache):
    """Django's cache by the same rules: what cannot be read is not there, what cannot be written is not."""

    def __init__(self, server, params):
        params["OPTIONS"] = {"retry": Retry(NoBackoff(), 0), **params.get("OPTIONS", {})}
        super().__init__(server, params)

    def get(self, key, default=None, version=None):
        return of_process().ask(lambda _: super(SurvivingCache, self).get(key, default, version), default)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        of_process().ask(lambda _: super(SurvivingCache, self).set(key, value, timeout, version))

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return of_process().ask(lambda _: super(SurvivingCache, self).add(key, value, timeout, version), True)

    def delete(self, key, version=None):
        return of_process().ask(lambda _: super(SurvivingCache, self).delete(key, version), False)
