"""The site's addresses when its files lie elsewhere."""

from django.urls import path

from informed_comment import urls, views

urlpatterns = [path("media/<path:name>", views.media), *urls.urlpatterns]
handler404 = urls.handler404
