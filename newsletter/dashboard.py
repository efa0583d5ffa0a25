"""What the newsletter tells on the newsroom's first page."""

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from informed_comment.dashboard import Item, Panel
from newsletter import bounce_mailbox, paces, snapshots
from newsletter.models import Delivery, DigestPlan, HeldSignUp, Mailing, SignUpHold, Subscriber

SHOWN = 5


def held_sign_ups(request):
    """Sign-ups that are on hold or wait because of a hold; nothing while there are none."""
    if not request.user.has_perm("newsletter.view_heldsignup"):
        return None
    holds = list(SignUpHold.objects.running().order_by("domain")[:SHOWN])
    waiting = HeldSignUp.objects.waiting().aggregate(number=Count("pk"), oldest=Min("at"))
    if not holds and not waiting["number"]:
        return None
    screen = reverse("admin:newsletter_heldsignup_changelist")
    items = [
        Item(f"{hold} are on hold", screen, f"{hold.seen:,} in an hour", hold.began_at) for hold in holds
    ]
    if waiting["number"]:
        items.append(
            Item("Waiting for a decision", screen, f"{waiting['number']:,}, the oldest", waiting["oldest"])
        )
    return Panel("Sign-ups on hold", items, screen, more_label="Decide")


def mailings(request):
    """What is under way, what waits for somebody, what takes no mail, and when the next digests go out."""
    if not request.user.has_perm("newsletter.view_mailing"):
        return None
    items = [trouble(pace) for pace in paces.in_trouble()[:SHOWN]]
    needing = Q(problem__gt="") | ~Q(state=Mailing.State.DRAFT) | Q(is_automatic=True)
    for mailing in Mailing.objects.unfinished().filter(needing).order_by("-id")[:SHOWN]:
        items.append(
            Item(str(mailing), page_of(mailing), note_on(mailing), mailing.starts_at or mailing.send_at)
        )
    for mailing, number in with_unknown():
        address = page_of(mailing)
        if request.user.has_perm("newsletter.view_delivery"):
            address = reverse("admin:newsletter_mailing_ledger", args=[mailing.pk]) + "?state=unknown"
        items.append(Item(str(mailing), address, f"{number:,} unknown: look, and decide"))
    empty = "No mailing is under way, and none waits for anybody."
    screen = reverse("admin:newsletter_mailing_changelist")
    return Panel("Mailings", items, screen, empty=empty, note=next_digests())


def next_digests():
    """Such as `Next: daily digest Sun 07:00.`, in the site's time zone."""
    now = timezone.now()
    coming = sorted((plan.next_moment(now), plan.kind) for plan in DigestPlan.objects.filter(is_on=True))
    found = ", ".join(f"{kind} digest {timezone.localtime(moment):%a %H:%M}" for moment, kind in coming)
    return f"Next: {found}." if found else ""


def trouble(pace):
    """A provider, or the bounce mailbox, that does not answer."""
    is_provider = pace.provider != bounce_mailbox.SOURCE
    return Item(
        f"The {pace.provider} provider takes no mail"
        if is_provider
        else "The bounce mailbox does not answer",
        reverse("admin:newsletter_mailing_changelist"),
        pace.trouble[:160],
        pace.trouble_since,
    )


def note_on(mailing):
    return mailing.problem or mailing.state_word


def with_unknown():
    """(mailing, how many) with deliveries of which nobody knows; a partial index holds those alone."""
    counted = Delivery.objects.filter(state="unknown").order_by("-mailing").values_list("mailing")
    numbers = dict(counted.annotate(Count("pk"))[:SHOWN])
    return [(mailing, numbers[mailing.pk]) for mailing in Mailing.objects.filter(pk__in=numbers)]


def page_of(mailing):
    return reverse("admin:newsletter_mailing_change", args=[mailing.pk])


def new_subscribers(request):
    """Who confirmed last, and how many came and went within a week; for those who may see subscribers."""
    if not request.user.has_perm("newsletter.view_subscriber"):
        return None
    newest = Subscriber.objects.active().order_by("-confirmed_at")[:SHOWN]
    return Panel(
        "New subscribers",
        [
            Item(
                subscriber.email,
                reverse("admin:newsletter_subscriber_change", args=[subscriber.pk]),
                subscriber.get_frequency_display(),
                subscriber.confirmed_at,
            )
            for subscriber in newest
        ],
        reverse("admin:newsletter_subscriber_changelist"),
        empty="Nobody yet. The sign-up form stands in the sidebar, the footer and under every post.",
        figure=came_and_went(),
    )


def came_and_went():
    """Such as `+12 −3 this week`; read from the figures kept of each day, never counted over the subscribers."""
    came, went = snapshots.this_week()
    return f"+{came:,} −{went:,} this week"
