"""What the operator is shown of the newsletter: what should have gone out and did not."""

from datetime import timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, Sum, Value
from django.utils import timezone
from django.utils.timesince import timesince

from informed_comment.watching.lights import Light, State
from newsletter import paces
from newsletter.models import Delivery, DigestPlan, HeldSignUp, ImportBatch, Mailing, MailingFigures

STUCK = timedelta(minutes=15)  # a sender that lives says so much more often
LATE = timedelta(minutes=15)
SHOWN = 5
LATELY = timedelta(days=1)
TOO_MANY_FAILED = 0.05  # of a day's mails
WORKER = "See that a worker runs; its log says what keeps it."


def providers():
    """Whoever carries our mail, and the mailbox that reports come to."""
    trouble = list(paces.in_trouble())
    if not trouble:
        return [Light("Mail", State.GOOD, "Providers take our mail.")]
    return [
        Light(
            f"Mail: {pace.provider}",
            State.BAD,
            f"In trouble for {timesince(pace.trouble_since, depth=1)}: {pace.trouble[:200]}",
            "Look at MAIL_URL, NEWSLETTER_MAIL_URL or BOUNCE_MAILBOX_URL, and at the provider's own pages.",
        )
        for pace in trouble
    ]


def mailings():
    """Digests and letters whose hour has passed, and mails that nobody has heard of again."""
    now = timezone.now()
    waits = Delivery.objects.filter(mailing=OuterRef("pk"), state="pending", next_try_at__lt=now - STUCK)
    of_senders = Q(state=Mailing.State.SENDING, starts_at__lt=now - LATE) & Exists(waits)
    of_people = Q(state=Mailing.State.WAITING) & ~Q(problem="")
    due = Mailing.objects.due(now - LATE)[:SHOWN]
    underway = Mailing.objects.filter(of_senders | of_people).order_by("pk")[: 2 * SHOWN]
    shown = list(due.union(underway, all=True).order_by("id"))
    found = [mailing for mailing in shown if mailing.state == Mailing.State.DRAFT]
    others = [mailing for mailing in shown if mailing.state != Mailing.State.DRAFT]
    late = [f"“{mailing}” should have been queued" for mailing in found]
    late += [
        f"mails of “{mailing}” have waited for more than a quarter of an hour"
        for mailing in others
        if mailing.state == Mailing.State.SENDING
    ]
    if late:
        return [Light("Mailings", State.BAD, f"{'; '.join(late)}.", WORKER)]
    if others:
        says = "; ".join(f"“{mailing}” waits: {mailing.problem}" for mailing in others)
        return [Light("Mailings", State.WATCH, says, "Decide in the newsroom, under Mailings.")]
    return [Light("Mailings", State.GOOD, "Nothing is overdue.")]


def digests():
    """Plans that nobody has looked at when their hour came."""
    now = timezone.now()
    late = [
        plan.get_kind_display() for plan in DigestPlan.objects.filter(is_on=True) if is_late(plan, now - LATE)
    ]
    if late:
        return [Light("Digests", State.BAD, f"Overdue: {', '.join(late)}.", WORKER)]
    return [Light("Digests", State.GOOD, "Each was made when its hour came.")]


def is_late(plan, moment):
    day = plan.occasion_at(moment)
    return plan.moment_on(day) > plan.on_since and not (plan.looked_on and day <= plan.looked_on)


def people_and_mails():
    """Mails that hang in a sender that is gone, and those of the last day that were refused; sign-ups and imports that wait."""
    now = timezone.now()
    hanging = Delivery.objects.filter(state="sending", claimed_by__isnull=False, changed_at__lt=now - STUCK)
    stopped = ImportBatch.objects.under_way().filter(created_at__lt=now - LATELY)
    counts = counted(
        hanging=(hanging, "changed_at"),
        held=(HeldSignUp.objects.waiting(), "at"),
        stopped=(stopped, "created_at"),
    )
    held, oldest = counts.get("held", (0, None))
    found = [deliveries(now, *counts.get("hanging", (0, None)))]
    if held and oldest < now - LATELY:
        says = f"{held:,} wait for a decision, the oldest for {timesince(oldest, depth=1)}."
        cure = "Decide in the newsroom, under Held sign-ups."
        found.append(Light("Sign-ups on hold", State.WATCH, says, cure))
    if "stopped" in counts:
        says = f"{counts['stopped'][0]} have been under way for more than a day."
        found.append(Light("Imports of subscribers", State.WATCH, says, WORKER))
    return found


def counted(**kinds):
    """Name → (how many rows there are, the oldest moment among them), of those that have any; one question for all of them."""
    counts = [
        rows.order_by()
        .annotate(kind=Value(name))
        .values("kind")
        .annotate(number=Count("pk"), oldest=Min(moment))
        .values_list("kind", "number", "oldest")
        for name, (rows, moment) in kinds.items()
    ]
    found = counts[0].union(*counts[1:], all=True)
    return {kind: (number, oldest) for kind, number, oldest in found if number}


def deliveries(now, hanging, oldest):
    if hanging:
        says = f"{hanging:,} mails have been in the hands of a sender for more than a quarter of an hour, one for {timesince(oldest, depth=1)}."
        return Light("Deliveries", State.BAD, says, WORKER)
    recent = MailingFigures.objects.filter(mailing__started_at__gt=now - LATELY)
    counts = recent.aggregate(sent=Sum("sent"), failed=Sum("failed"), unknown=Sum("unknown"))
    sent, failed, unknown = (counts[name] or 0 for name in ("sent", "failed", "unknown"))
    says = f"Of the last day's mailings {sent:,} mails were sent, {failed:,} failed, of {unknown:,} nobody knows."
    if failed > TOO_MANY_FAILED * max(20, sent + failed) or unknown:
        cure = "Open the mailing in the newsroom: its ledger has the reason of each, and what can be tried again."
        return Light("Deliveries", State.WATCH, says, cure)
    return Light("Deliveries", State.GOOD, says)
