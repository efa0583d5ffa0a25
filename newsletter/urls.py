from django.urls import path

from newsletter.views import (
    archive,
    confirming,
    leaving,
    lost_link,
    moving,
    preferences,
    signing_up,
    webhooks,
)
from posts.urls import feed_urls, list_urls

app_name = "newsletter"
urlpatterns = [
    path("", signing_up.sign_up, name="sign_up"),
    path("thanks/", signing_up.thanks, name="thanks"),
    *feed_urls("archive/", archive.feed, "archive_"),
    *list_urls("archive/", archive.mailings, "archive"),
    path("archive/<int:pk>/", archive.mailing, name="mailing"),
    path("confirm/<str:token>/", confirming.confirm, name="confirm"),
    path("preferences/", lost_link.lost_link, name="lost_link"),
    path("preferences/sent/", lost_link.link_sent, name="link_sent"),
    path("preferences/<str:token>/", preferences.preferences, name="preferences"),
    path("preferences/<str:token>/pause/", preferences.pause, name="pause"),
    path("preferences/<str:token>/address/", preferences.address, name="address"),
    path("preferences/<str:token>/data/", preferences.data, name="data"),
    path("preferences/<str:token>/erase/", preferences.erase, name="erase"),
    path("move/<str:token>/", moving.move, name="move"),
    path("webhooks/<slug:provider>/", webhooks.webhook, name="webhook"),
    path("unsubscribe/<str:token>/", leaving.unsubscribe, name="unsubscribe"),
    path("unsubscribe/<str:token>/back/", leaving.come_back, name="come_back"),
]
