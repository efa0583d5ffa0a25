"""What the newsletter keeps of a person, and erasing it: the subscriber, and every other row that holds the address."""

from django.conf import settings
from django.db.models import Q

from informed_comment.fingerprints import fingerprints
from informed_comment.persons.parts import Found, Kept, Part
from newsletter import own_data, subscribing
from newsletter.addresses import without
from newsletter.consent import Evidence
from newsletter.models import (
    AddressChange,
    ConsentEvent,
    ImportBatch,
    ImportRow,
    ProofAddress,
    Subscriber,
    Suppression,
)

SUBSCRIBED = "as long as the subscription; never confirmed: 30 days"
PROOF = "to prove who agreed to what, also after an erasure"
FOR_GOOD = "for good"
IMPORTED = "IMPORTS_KEPT_DAYS (30 days) after the import"
HELD = "until the hold is decided"
NAME_OF_STAFF = "which administrator it was"
WHAT_STAYS = (
    "The row goes, with links, pause and sections. What stays: the history of consent and the deliveries, both without the "
    "address, and a keyed hash so that the address is never mailed again."
)
REGISTER = {
    "newsletter.Subscriber.email": Kept("to send what was asked for", SUBSCRIBED),
    "newsletter.Subscriber.key": Kept("the same, as it is compared", SUBSCRIBED),
    "newsletter.Subscriber.categories": Kept("which sections were chosen", SUBSCRIBED),
    "newsletter.ConsentEvent.subscriber": Kept(PROOF, "until the subscriber is erased"),
    "newsletter.ConsentEvent.address_hash": Kept(PROOF, FOR_GOOD),
    "newsletter.ConsentEvent.network": Kept("a network cut off to /24 or /48, never an address", FOR_GOOD),
    "newsletter.ConsentEvent.sender_hash": Kept("a keyed hash of the sender", FOR_GOOD),
    "newsletter.ConsentEvent.how": Kept("which form, link or deed", FOR_GOOD),
    "newsletter.ConsentEvent.text": Kept("the text agreed to", FOR_GOOD),
    "newsletter.ConsentEvent.detail": Kept("what was chosen; no address", FOR_GOOD),
    "newsletter.ConsentEvent.by": Kept(NAME_OF_STAFF, FOR_GOOD),
    "newsletter.Delivery.subscriber": Kept(
        "so that nobody is mailed twice", "until the subscriber is erased"
    ),
    "newsletter.Delivery.reason": Kept("why a mail was not sent, without the address", FOR_GOOD),
    "newsletter.Bounce.subscriber": Kept("mail that came back", "until the subscriber is erased"),
    "newsletter.Bounce.diagnostic": Kept(
        "what the mail server said, without the address",
        "for good; not understood: 30 days",
        enforced_by="newsletter.bounces.forget_the_unclear",
    ),
    "newsletter.Bounce.key": Kept("names the report, so that it is noted once", FOR_GOOD, "nobody"),
    "newsletter.AddressChange.subscriber": Kept("a wish to move to another address", "seven days"),
    "newsletter.AddressChange.email": Kept(
        "the new address", "seven days", enforced_by="newsletter.expiring.expire"
    ),
    "newsletter.AddressChange.key": Kept("the same", "seven days", enforced_by="newsletter.expiring.expire"),
    "newsletter.AddressChange.former_email": Kept(
        "the old address, to tell it", "seven days", enforced_by="newsletter.expiring.expire"
    ),
    "newsletter.FormerLink.subscriber": Kept("old mail may still be used to leave", SUBSCRIBED),
    "newsletter.Suppression.address_hash": Kept("a keyed hash, so that nobody is mailed who left", FOR_GOOD),
    "newsletter.HeldSignUp.subscriber": Kept("a sign-up that came in a flood", HELD),
    "newsletter.HeldSignUp.domain": Kept("its mail domain", HELD),
    "newsletter.HeldSignUp.network": Kept("its network, cut off to /24 or /48", HELD),
    "newsletter.HeldSignUp.decided_by": Kept(NAME_OF_STAFF, HELD),
    "newsletter.SignUpHold.domain": Kept("a mail domain from which too many came", FOR_GOOD),
    "newsletter.SignUpHold.ended_by": Kept(NAME_OF_STAFF, FOR_GOOD),
    "newsletter.BlockedDomain.domain": Kept("a mail domain that may not sign up", "as long as it is blocked"),
    "newsletter.BlockedDomain.note": Kept("why", "as long as it is blocked"),
    "newsletter.ImportPiece.content": Kept(
        "an uploaded file",
        "until it is imported, at most 30 days",
        enforced_by="newsletter.importing.clearing.clear",
    ),
    **{
        f"newsletter.ImportRow.{name}": Kept(
            "a row of an imported file, so that it can be undone",
            IMPORTED,
            enforced_by="newsletter.importing.clearing.clear",
        )
        for name in (
            "raw",
            "email",
            "key",
            "hashes",
            "network",
            "sender_hash",
            "remark",
            "undoing",
            "subscriber",
        )
    },
    "newsletter.ImportBatch.file_name": Kept("what was imported, by its name", FOR_GOOD),
    "newsletter.ImportBatch.declaration": Kept("who answers for the consent of those imported", FOR_GOOD),
    "newsletter.ImportBatch.head": Kept("the first line of a file", FOR_GOOD),
    "newsletter.ImportBatch.first_rows": Kept("the first rows, to choose columns by", IMPORTED),
    "newsletter.ImportBatch.problem": Kept("why a file could not be read", FOR_GOOD),
    "newsletter.ImportBatch.created_by": Kept(NAME_OF_STAFF, FOR_GOOD),
    "newsletter.ImportBatch.begun_by": Kept(NAME_OF_STAFF, FOR_GOOD),
    "newsletter.ImportBatch.undone_by": Kept(NAME_OF_STAFF, FOR_GOOD),
    "newsletter.Mailing.created_by": Kept("who wrote it", FOR_GOOD),
    "newsletter.Mailing.queued_by": Kept("who sent it", FOR_GOOD),
    "newsletter.ProofAddress.email": Kept("where tests of mailings go", "as long as it is listed"),
    "newsletter.ProofAddress.added_by": Kept(NAME_OF_STAFF, "as long as it is listed"),
}
IMPERSONAL = {
    "newsletter.Mailing": "what the publication says",
    "newsletter.MailingVariant": "what the publication says",
    "newsletter.Subscriber": "states and numbers",
    "newsletter.Delivery": "names of providers",
    "newsletter.Bounce": "numbers of RFC 3463, and where the report came from",
    "newsletter.Pace": "what a mail server answered to us",
    "newsletter.DailyFigure": "numbers of days",
    "newsletter.Suppression": "the name of a key",
    "newsletter.ImportBatch": "how a file is written, and numbers",
    "newsletter.ImportRow": "states",
    "newsletter.DigestPlan": "hours of the day",
}


def subscribers_of(person):
    if not (key := person.keys.get("address")):
        return []
    found = Subscriber.objects.filter(key=key)
    return [one for one in found if person.is_before(max(one.created_at, one.asked_at))]


def rows_of(person):
    """Rows of imported files with the address that did not make or change a subscriber; those go with them."""
    if not (key := person.keys.get("address")):
        return ImportRow.objects.none()
    rows = ImportRow.objects.filter(Q(key=key) | Q(raw__icontains=person.address.strip()))
    return rows.filter(batch__created_at__lte=person.until) if person.until else rows


def moves_of(person):
    if not (key := person.keys.get("address")):
        return AddressChange.objects.none()
    moves = AddressChange.objects.filter(Q(key=key) | Q(former_email__iexact=person.address.strip()))
    return moves.filter(asked_at__lte=person.until) if person.until else moves


def proofs_of(person):
    address = person.address.strip()
    return ProofAddress.objects.filter(email__iexact=address) if address else ProofAddress.objects.none()


def find(person):
    for one in subscribers_of(person):
        said = f"{one.get_state_display()} since {max(one.created_at, one.confirmed_at or one.created_at):%d %B %Y}."
        yield Found("Subscriber", said, own_data.everything_about(one), WHAT_STAYS)
    if number := proofs_of(person).count():
        yield Found(
            "Tests of mailings",
            "Tests of mailings are sent to the address.",
            number,
            "It is taken off the list.",
        )
    if moves := list(moves_of(person).values("email", "former_email", "asked_at")):
        yield Found("Change of address", "Somebody asked for mail at this address.", moves, "The wish goes.")
    if rows := list(rows_of(person).values("batch", "line", "raw", "outcome")):
        yield Found(
            "Imported files",
            f"Rows of imported files: {len(rows)}.",
            rows,
            "The address is cleared from them; their number stays. A file that is not imported yet is kept until it is, "
            f"or for {settings.IMPORTS_KEPT_DAYS} days: forget it by hand to be rid of it sooner.",
        )
    yield from found_by_hash(person)


def found_by_hash(person):
    """What stays by design: a hash tells nobody an address, and the law asks for the proof."""
    if not (key := person.keys.get("address")):
        return
    events = ConsentEvent.objects.filter(subscriber=None, address_hash__in=fingerprints("address", key))
    if rows := list(events.order_by("at").values("what", "at", "how", "detail", "text_version", "network")):
        yield Found(
            "History of consent",
            f"Events of a subscription that is no more: {len(rows)}. The address is in none of them.",
            rows,
            "Stays: it proves that mail was asked for and ended.",
            is_kept=True,
        )
    if suppression := Suppression.objects.covering(key).first():
        yield Found(
            "Suppression",
            f"A keyed hash of the address, since {suppression.created_at:%d %B %Y}.",
            {"why": suppression.reason, "since": suppression.created_at},
            "Stays: without it the address could be mailed again.",
            is_kept=True,
        )


def erase(person, *, choices, by):
    gone = []
    for one in subscribers_of(person):
        subscribing.erase(one, evidence=Evidence("erasure", by=by), is_alone=False)
        gone.append("The subscriber was erased. The address is suppressed by its hash.")
    if moves_of(person).delete()[0]:
        gone.append("A wish to change the address was thrown away.")
    if proofs_of(person).delete()[0]:
        gone.append("The address no longer gets tests of mailings.")
    if number := clear_rows(person):
        gone.append(f"The address was cleared from {number} rows of imported files.")
    return gone


def clear_rows(person):
    """A row that still waits is passed over by its import, as one of a suppressed address."""
    rows = list(rows_of(person).select_for_update().order_by("batch_id", "line"))
    for row in rows:
        if row.outcome == ImportRow.Outcome.WAITING:
            row.outcome, row.state = ImportRow.Outcome.SUPPRESSED, ""
        row.raw = row.email = row.key = row.network = row.sender_hash = ""
        row.hashes, row.remark = [], without(row.remark, person.address.strip())
    fields = ["raw", "email", "key", "hashes", "network", "sender_hash", "remark", "outcome", "state"]
    for row in rows:
        row.save(update_fields=fields)
    for batch in ImportBatch.objects.filter(first_rows__icontains=person.address.strip()) if rows else ():
        batch.first_rows = []
        batch.save(update_fields=["first_rows"])
    return len(rows)


def known():
    for model in (Subscriber, ProofAddress, AddressChange):
        for address in model.objects.values_list("email", flat=True).iterator():
            yield "address", address
    for address in ImportRow.objects.exclude(email="").values_list("email", flat=True).iterator():
        yield "address", address
    for address in AddressChange.objects.exclude(former_email="").values_list("former_email", flat=True):
        yield "address", address


PART = Part("Newsletter", REGISTER, IMPERSONAL, find, erase, known)
