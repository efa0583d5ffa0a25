"""Mail to the administrators of subscriptions: a hold has begun, has ended, or somebody still waits because of one."""

import logging

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from newsletter.mails import send_mail
from newsletter.models import HeldSignUp, SignUpHold
from newsletter.own_mails import given_up_when_refused

logger = logging.getLogger(__name__)


def administrators():
    """The addresses of those who may decide, and those of ADMINS."""
    users = get_user_model().objects.with_perm("newsletter.change_heldsignup")
    found = users.filter(is_active=True, is_staff=True).exclude(email="").values_list("email", flat=True)
    return sorted({*found, *settings.ADMINS})


def tell_of_hold(hold_id, what):
    """`what` is "began", "ended" or "waiting". Sent again, it goes out under the same Message-ID."""
    hold = SignUpHold.objects.get(pk=hold_id)
    waiting = HeldSignUp.objects.waiting()
    context = {
        "hold": hold,
        "what": what,
        "waiting": waiting.count(),
        "oldest": waiting.order_by("at").values_list("at", flat=True).first(),
        "held_url": settings.SITE_URL + reverse("admin:newsletter_heldsignup_changelist"),
    }
    to = administrators()
    if not to:
        logger.error(
            "Sign-ups are held, and no administrator has an address to be told at. Give one an e-mail address, or set ADMINS."
        )
    for place, address in enumerate(to):
        tell_one(address, context, f"hold-{hold.pk}-{what}-{timezone.now():%Y%m%d}-{place}")


@given_up_when_refused
def tell_one(address, context, number):
    """An administrator whose mailbox is gone keeps nobody else from being told."""
    send_mail("hold", address, context, message_id=number)


def remind():
    """Once a day, while sign-ups wait for a decision that nobody takes."""
    oldest = HeldSignUp.objects.waiting().order_by("at").first()
    if oldest:
        tell_of_hold(oldest.hold_id, "waiting")
