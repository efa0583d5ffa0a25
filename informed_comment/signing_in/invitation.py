"""The first page of the newsroom invites whoever came in with a password alone; named in DASHBOARD_PANELS."""

from django.urls import reverse

from informed_comment.dashboard import Item, Panel


def panel(request):
    if request.session.get("second_step", "unasked"):
        return None
    return Panel(
        "Your account",
        note="You sign in with a password alone: whoever finds it out is in.",
        items=[Item("Set up a second step", reverse("admin:set_up"), "It takes two minutes.")],
    )
