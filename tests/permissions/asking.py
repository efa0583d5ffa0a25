"""Asking an address as somebody, and what the answer amounts to."""

import copy
import sys

from django.core.handlers.base import BaseHandler
from django.core.signals import got_request_exception
from django.db import connection
from django.template.backends.django import Template
from django.test import RequestFactory

from images import cards
from informed_comment.admin_site import NewsroomSite
from tests.permissions.people import still_signed_in

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
LET_IN, TURNED_AWAY, NO_SUCH_METHOD = "let in", "turned away", "no such method"
TURNS_AWAY = {401, 403, 404, 410}
AWAY = ("/admin/", "/admin/login/", "/admin/account/prove/")


class Asker:
    """The whole site but for the server and the templates: who is let in is decided before anything is rendered."""

    def __init__(self):
        self.failed = None  # what a view raised last
        got_request_exception.connect(self.note_failure, weak=False)
        self.handler = BaseHandler()
        self.handler.load_middleware()
        self.requests = RequestFactory()
        self.beginning = None

    def begin(self):
        """One savepoint for all the questions of a test."""
        self.beginning = connection.savepoint()

    def note_failure(self, **kwargs):
        self.failed = sys.exc_info()[1]

    def ask(self, somebody, method, path, data=None):
        """The answer, and the statements that wrote something; whatever was posted is taken back."""
        request = self.request(somebody, method, path, data)
        wrote, is_changed = [], False

        def noting(execute, sql, params, many, context):
            nonlocal is_changed
            is_changed = is_changed or may_change(sql)
            if is_writing(sql):
                wrote.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(noting):
            response = self.handler.get_response(request)
        if connection.needs_rollback or (method == "POST" and is_changed):
            self.take_back()
        response.close()  # lets go of what a download holds
        still_signed_in(somebody)
        return response, wrote

    def take_back(self):
        """All that was written since the test began, and what was to happen after it; most questions write nothing."""
        connection.needs_rollback = False
        connection.savepoint_rollback(self.beginning)
        connection.run_on_commit.clear()

    def request(self, somebody, method, path, data):
        """A request with somebody's session; the row of their account is at hand already, with what they may do."""
        if method == "POST":
            request = self.requests.post(path, data or {})
        else:
            request = self.requests.generic(method, path)
        request._dont_enforce_csrf_checks = True
        request.COOKIES = dict(somebody.cookies)
        request._cached_user = copy.copy(somebody.user)
        return request


def is_writing(sql):
    verb = str(sql).lstrip().split(" ", 1)[0].upper()
    return verb in ("INSERT", "UPDATE", "DELETE") and "django_session" not in str(sql)


def may_change(sql):
    """Whether something may have to be taken back: functions of the queue write, too."""
    text = str(sql).lstrip()
    verb = text.split(" ", 1)[0].upper()
    return verb not in ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK") or "procrastinate_" in text


def is_counting(statements):
    """Whether nothing was written but how often somebody asked."""
    return all("newsletter_spent" in str(sql) for sql in statements)


def meaning(response, path, method):
    """Whether somebody was let in, as the status and the place they are led to say.

    Within the newsroom, to be led from a page to another is not to have seen it. What is posted is answered by leading on,
    except to where one signs in, shows who one is, or to the first page: Django's word for a row one does not see.
    """
    to = response.get("Location", "").partition("?")[0]
    if response.status_code == 405:
        return NO_SUCH_METHOD
    if response.status_code in TURNS_AWAY or to in AWAY:
        return TURNED_AWAY
    is_led_on = method != "POST" and path.startswith("/admin/") and to.startswith("/admin/")
    path = path.partition("?")[0]
    is_old_form = to != path and to.startswith(path) and to.endswith("/change/")
    return TURNED_AWAY if is_led_on or is_old_form else LET_IN


def draw_nothing(patch):
    """Neither pages nor pictures: enough where it is asked only who is let in."""
    patch.setattr(Template, "render", unrendered)
    patch.setattr(cards, "draw", undrawn)
    patch.setattr(NewsroomSite, "each_context", lambda site, request: {"site_title": ""})


def unrendered(template, context=None, request=None):
    """In the place of Template.render while the walk goes on."""
    return ""


def undrawn(card):
    """In the place of drawing a social card."""
    return b""
