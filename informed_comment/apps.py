from django.apps import AppConfig
from django.contrib.admin import apps as django_admin


class InformedCommentConfig(AppConfig):
    name = "informed_comment"
    verbose_name = "Publication"
    default = True


class AdminConfig(django_admin.AdminConfig):
    """Django's admin with the publication's own site object; every app registers with it as usual."""

    default_site = "informed_comment.admin_site.NewsroomSite"
    default = False
