"""The ledger of a mailing in the newsroom: the panel on its page, kept up to date while it goes out, and the same numbers apart."""

from django.http import Http404
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from newsletter import ledger
from newsletter.models import Mailing

PANEL = "newsletter/admin/ledger/_panel.html"
NUMBERS = "newsletter/admin/ledger/_numbers.html"
LABELS = (
    ("sent", "Sent", "Handed over to the mail server, which took it."),
    ("failed", "Failed", "Surely not sent."),
    ("skipped", "Skipped", "Had left, paused or was suppressed when the turn came."),
    ("pending", "Pending", "Still to be handed over."),
    ("unknown", "Unknown", "May have arrived: somebody has to look."),
)
UNDER_WAY = (Mailing.State.SENDING,)


def urls(admin):
    @require_safe
    def numbers(request, pk):
        mailing = Mailing.objects.filter(pk=pk).exclude(state=Mailing.State.DRAFT).first()
        if mailing is None or not admin.has_view_permission(request, mailing):
            raise Http404
        return render(request, NUMBERS, context(request, mailing))

    return [
        path(
            "<int:pk>/ledger/now/", admin.admin_site.admin_view(numbers), name="newsletter_mailing_ledger_now"
        )
    ]


def panel(request, mailing):
    """Nothing for a draft, of which nobody has got anything."""
    if mailing.state == Mailing.State.DRAFT:
        return None
    return PANEL, context(request, mailing)


def context(request, mailing):
    now = ledger.lately(mailing)
    is_under_way = mailing.state in UNDER_WAY
    rate = ledger.speed(mailing, now) if is_under_way else None
    numbers = {name: getattr(now, "waiting" if name == "pending" else name) for name, _, _ in LABELS}
    return {
        "mailing": mailing,
        "balance": now,
        "numbers": [(name, label, help, numbers[name]) for name, label, help in LABELS],
        "is_under_way": is_under_way,
        "rate": rate,
        "left": time_left(now.waiting, rate),
        "may_open": request.user.has_perm("newsletter.view_delivery"),
    }


def time_left(waiting, rate):
    """In words, or nothing when it cannot be told."""
    if not waiting or not rate:
        return ""
    minutes = waiting / rate / 60
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return f"about {round(minutes)} minute{'s' * (round(minutes) != 1)}"
    return f"about {round(minutes / 60)} hours"
