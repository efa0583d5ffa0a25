from django.urls import path

from pages import views

app_name = "pages"
urlpatterns = [
    path("sitemap-pages.xml", views.sitemap, name="sitemap"),
    path("<path:path>/", views.page_detail, name="page"),
]
