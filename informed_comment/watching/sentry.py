"""Errors, told to a server that speaks Sentry's protocol (SENTRY_DSN), and nothing about people.

What is told is what the log says of an error, and by what: the sentence, the kind of error, the lines of code it came by, the
id of the request or the number of the job. No values of variables, no headers, cookies, bodies, addresses or names. It is
built here out of what the library gathered, so that whatever it learns to gather stays behind.
"""

import logging

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.threading import ThreadingIntegration

from informed_comment import caching
from informed_comment.watching import at_hand
from informed_comment.watching.scrubbing import scrubbed

KEPT = ("event_id", "timestamp", "platform", "level", "logger", "release", "environment", "sdk")
OF_FRAMES = (
    "filename",
    "function",
    "module",
    "lineno",
    "pre_context",
    "context_line",
    "post_context",
    "in_app",
)


def begin():
    """Errors that a line of the log at ERROR tells of, those of the worker's jobs too, and whatever ends a process."""
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=caching.release(),
        environment=settings.SENTRY_ENVIRONMENT,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR, sentry_logs_level=None),
            ExcepthookIntegration(),
            ThreadingIntegration(propagate_scope=False),
            AtexitIntegration(callback=lambda pending, timeout: None),
        ],
        before_send=told,
        max_breadcrumbs=0,
        include_local_variables=False,
        max_request_body_size="never",
        server_name="",
        shutdown_timeout=2,
        _experiments={"transport_compression_algo": "gzip"},  # which every server takes
    )


def told(event, hint):
    """The event as it goes out: only what is named here, scrubbed as the log is."""
    found = {name: event[name] for name in KEPT if name in event}
    sentence = (event.get("logentry") or {}).get("formatted") or (event.get("logentry") or {}).get("message")
    if sentence or event.get("message"):
        found["logentry"] = {"formatted": scrubbed(str(sentence or event["message"]))}
    errors = (event.get("exception") or {}).get("values") or []
    if errors:
        found["exception"] = {"values": [error_of(one) for one in errors]}
    found["tags"] = tags()
    return found


def error_of(told):
    frames = (told.get("stacktrace") or {}).get("frames") or []
    return {
        "type": told.get("type"),
        "module": told.get("module"),
        "value": scrubbed(str(told.get("value") or "")),
        "stacktrace": {
            "frames": [{name: frame[name] for name in OF_FRAMES if name in frame} for frame in frames]
        },
    }


def tags():
    """What was being worked on."""
    request, job = at_hand.request.get(), at_hand.job.get()
    found = {"request_id": at_hand.request_id()}
    if request is not None:
        found |= {"method": request.method or "", "path": scrubbed(request.path)}
    if job is not None:
        found |= {"job": str(job.number), "task": job.task}
    return {name: value for name, value in found.items() if value}
