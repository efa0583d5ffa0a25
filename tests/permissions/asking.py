"""Asking an address as somebody, and what the answer amounts to."""

import copy
import sys
from contextlib import nullcontext

from django.core.handlers.base import BaseHandler
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.test import RequestFactory

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

    def note_failure(self, **kwargs):
        self.failed = sys.exc_info()[1]

    def ask(self, somebody, method, path, data=None):
        """The answer, and the statements that wrote something; whatever was posted is taken back."""
        request = self.request(somebody, method, path, data)
        wrote = []

        def noting(execute, sql, params, many, context):
            if is_writing(sql):
                wrote.append(sql)
            return execute(sql, params, many, context)

        with transaction.atomic() if method == "POST" else nullcontext(), connection.execute_wrapper(noting):
            response = self.handler.get_response(request)
            if method == "POST":
                transaction.set_rollback(True)
        response.close()  # lets go of what a download holds
        still_signed_in(somebody)
        return response, wrote

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


def unrendered(response):
    """In the place of SimpleTemplateResponse.render while the walk goes on."""
    response.content = b""
    return response
