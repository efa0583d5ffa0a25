"""The site's addresses as they are with DEBUG, which test runners switch off."""

from django.urls import include, path

from informed_comment.urls import urlpatterns as addresses

urlpatterns = [path("mail/", include("informed_comment.mailbox")), *addresses]
