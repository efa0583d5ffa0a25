"""Who got a mailing: its deliveries by state and reason, as a list, as CSV, and the buttons for what only a person can decide."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from informed_comment import keyset, spreadsheets
from newsletter import addresses, ledger
from newsletter.admin.ledger import LABELS
from newsletter.admin.mailing_confirm import note_sending
from newsletter.messages import message_id
from newsletter.models import Delivery, Mailing, Subscriber
from newsletter.spreadsheet_columns import Defused

State = Delivery.State
SHOWN = 50
COLUMNS = ("email", "state", "reason", "attempts", "changed_at", "provider", "message_id")
SEVERAL = {"arrived": "%s said to have arrived.", "again": "%s to be sent again."}
NONE = "None of them can be decided any more: somebody else did, or they were never in doubt."


@dataclass(frozen=True)
class Choice:
    """What of the ledger is shown."""

    state: str
    reason: str = ""
    address: str = ""

    @classmethod
    def of(cls, mailing, data):
        """As asked for; otherwise what needs somebody most."""
        state = data.get("state", "")
        if state not in State.values:
            counted = ledger.lately(mailing)
            wanted = ("unknown", "failed", "sent", "skipped", "pending")
            state = next((name for name in wanted if getattr(counted, name)), State.PENDING)
        return cls(state, data.get("reason", "").strip()[:300], data.get("address", "").strip()[:254])

    def rows(self, mailing):
        rows = mailing.deliveries.all()
        if self.address:
            return rows.filter(subscriber__in=subscribers_at(self.address))
        rows = rows.filter(state=self.state)
        return rows.filter(reason__contains=self.reason) if self.reason else rows

    @property
    def query(self):
        given = {"state": self.state, "reason": self.reason, "address": self.address}
        return urlencode({name: value for name, value in given.items() if value})


def subscribers_at(address):
    try:
        return Subscriber.objects.filter(key=addresses.parse(address).key)
    except addresses.NotAnAddress:
        return Subscriber.objects.none()


def urls(admin):
    def screen(address, view, name, *, method=require_safe):
        def opened(request, pk):
            mailing = get_object_or_404(Mailing.objects.exclude(state=Mailing.State.DRAFT), pk=pk)
            if not request.user.has_perm("newsletter.view_delivery"):
                raise PermissionDenied
            return view(admin, request, mailing)

        return path(f"<int:pk>/ledger/{address}", admin.admin_site.admin_view(method(opened)), name=name)

    return [
        screen("", page, "newsletter_mailing_ledger"),
        screen("deliveries.csv", as_csv, "newsletter_mailing_ledger_csv"),
        screen("decide/", decide, "newsletter_mailing_ledger_decide", method=require_POST),
    ]


def page(admin, request, mailing):
    choice = Choice.of(mailing, request.GET)
    found = keyset.page(choice.rows(mailing), ["id"], request.GET.get("p", ""), SHOWN)
    deliveries = (
        Delivery.objects.filter(pk__in=[pk for (pk,) in found.rows])
        .select_related("subscriber")
        .order_by("pk")
    )
    for delivery in deliveries:
        delivery.message_id = message_id(mailing.pk, delivery.pk)
    counted = ledger.lately(mailing)
    context = admin.admin_site.each_context(request) | {
        "title": f"Ledger: {mailing}",
        "subtitle": None,
        "opts": admin.opts,
        "mailing": mailing,
        "choice": choice,
        "states": [
            (name, label, counted.waiting if name == "pending" else getattr(counted, name))
            for name, label, _ in LABELS
        ],
        "help": {name: text for name, _, text in LABELS}.get(choice.state, ""),
        "reasons": counted.reasons if choice.state == State.SKIPPED else (),
        "deliveries": deliveries,
        "before": found.previous,
        "after": found.next,
        "decidable": request.user.has_perm("newsletter.send_mailing") and decidable(mailing, choice),
        "may_export": request.user.has_perm("newsletter.export_subscriber"),
        "is_cancelled": mailing.state == Mailing.State.CANCELLED,
    }
    return TemplateResponse(request, "newsletter/admin/ledger/page.html", context)


def decidable(mailing, choice):
    """Whether what is shown has anything in it that only a person can decide."""
    if choice.address:
        return choice.rows(mailing).filter(state=State.UNKNOWN).exists()
    if choice.state == State.FAILED:
        return choice.rows(mailing).filter(is_retryable=True).exists()
    return choice.state == State.UNKNOWN


def decide(admin, request, mailing):
    """“It arrived” or “send it again”, of the ticked ones or of all that are shown."""
    if not request.user.has_perm("newsletter.send_mailing"):
        raise PermissionDenied
    choice = Choice.of(mailing, request.POST)
    ticked = [one for one in request.POST.getlist("delivery") if one.isdecimal() and len(one) < 19]
    chosen = choice.rows(mailing).values("pk") if "all" in request.POST else ticked
    deed = {"arrived": ledger.it_arrived, "again": ledger.send_again}.get(request.POST.get("deed"))
    try:
        done = deed(mailing, chosen, by=request.user.get_username()) if deed else 0
    except ledger.CannotResolve as error:
        messages.error(request, str(error))
        done = None
    if done:
        number = f"{done:,} deliver{'y' if done == 1 else 'ies'}"
        said = SEVERAL[request.POST["deed"]] % number
        which = "" if "all" in request.POST else f" Numbers {', '.join(ticked[:50])}."
        note_sending(request, mailing, said + which, "deliveries_decided")
        messages.success(request, said[0].upper() + said[1:])
    elif done == 0:
        messages.warning(request, NONE if chosen else "Tick the deliveries first, then press the button.")
    address = reverse("admin:newsletter_mailing_ledger", args=[mailing.pk])
    return HttpResponseRedirect(f"{address}?{choice.query}")


def as_csv(admin, request, mailing):
    """All that is shown, on all its pages."""
    if not request.user.has_perm("newsletter.export_subscriber"):
        raise PermissionDenied
    choice = Choice.of(mailing, request.GET)
    note_sending(request, mailing, f"Ledger taken out as CSV: {choice.query}.", "ledger_exported")
    rows = (
        choice.rows(mailing)
        .order_by("id")
        .annotate(email=Defused(F("subscriber__email")), said=Defused(F("reason")))
    )
    wanted = rows.values_list("email", "state", "said", "attempts", "changed_at", "provider", "pk")

    def lines():
        yield COLUMNS
        for *cells, at, provider, pk in wanted.iterator(chunk_size=2000):
            yield [*cells, f"{at:%Y-%m-%dT%H:%M:%SZ}", provider, message_id(mailing.pk, pk)]

    return spreadsheets.download(lines(), name=f"mailing-{mailing.pk}-{choice.state}.csv")
