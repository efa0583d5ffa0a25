from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import apps as django_admin
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.signals import request_finished
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string

from informed_comment import half_restored
from informed_comment.watching import checks, request_ids  # noqa: F401 - the checks register themselves


class InformedCommentConfig(AppConfig):
    name = "informed_comment"
    verbose_name = "Publication"
    default = True

    def ready(self):
        post_migrate.connect(make_the_single_rows, sender=self)
        request_finished.connect(request_ids.forget)
        if settings.SENTRY_DSN:
            import_string("informed_comment.watching.sentry.begin")()  # a library that need not be there
        connect_sign_in()


def connect_sign_in():
    """By name: these modules know models, which are there only now."""
    beginning, ending = (f"informed_comment.signing_in.entering.note_{what}" for what in ("beginning", "end"))
    user_logged_in.connect(import_string(beginning))
    user_logged_out.connect(import_string(ending))
    import_string("informed_comment.signing_in.told.connect")()


def make_the_single_rows(sender, using, **kwargs):
    """The edition and the publication are there from the first migration on, and again after a flush.

    A site whose restore is not at its end has no edition yet.
    """
    with connections[using].cursor() as cursor:
        half = half_restored.left(cursor)
    for name in ("Publication",) if half else ("Edition", "Publication"):
        sender.get_model(name).objects.using(using).get_or_create(pk=1)


class AdminConfig(django_admin.AdminConfig):
    """Django's admin with the publication's own site object; every app registers with it as usual."""

    default_site = "informed_comment.admin_site.NewsroomSite"
    default = False
