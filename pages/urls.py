from django.urls import path

from pages import sitemaps, views

app_name = "pages"
urlpatterns = [
    path("sitemap-pages.xml", sitemaps.pages, name="sitemap"),
    path("<path:path>/", views.page_detail, name="page"),
]
