from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path

from informed_comment import headers, media, views
from informed_comment.watching import views as watching

urlpatterns = [
    path("admin/", admin.site.urls),
    path("livez", watching.livez, name="livez"),
    path("readyz", watching.readyz, name="readyz"),
    path("metrics", watching.metrics, name="metrics"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon),
    path(".well-known/security.txt", views.security_txt),
    path(headers.REPORTS.removeprefix("/"), views.policy_reports),
    path("newsletter/", include("newsletter.urls")),
    path("", include("posts.urls")),
]
if settings.DEBUG:
    urlpatterns += [path("mail/", include("informed_comment.mailbox"))]
if settings.MEDIA_URL != settings.MEDIA_PATH:
    urlpatterns += [path("media/<path:name>", views.media)]
urlpatterns += [
    *static(settings.MEDIA_URL, view=media.file_of_development),
    path("", include("pages.urls")),
]

handler400 = "informed_comment.views.bad_request"
handler403 = "informed_comment.views.permission_denied"
handler404 = "informed_comment.views.not_found"
handler500 = "informed_comment.views.server_error"
