from django.urls import path

from newsletter.views import confirming, leaving, preferences, signing_up

app_name = "newsletter"
urlpatterns = [
    path("", signing_up.sign_up, name="sign_up"),
    path("thanks/", signing_up.thanks, name="thanks"),
    path("confirm/<str:token>/", confirming.confirm, name="confirm"),
    path("preferences/<str:token>/", preferences.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", leaving.unsubscribe, name="unsubscribe"),
]
