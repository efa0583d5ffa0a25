"""One connection to a provider: takes deliveries of a mailing, hands them over one at a time, and says what became of each."""

import logging
import secrets
import time

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from informed_comment import clocks
from newsletter import addresses, bounces, carriers, claims, paces
from newsletter.claims import Outcome
from newsletter.messages import Letterhead
from newsletter.models import Delivery, Mailing, MailingVariant, Subscriber, Suppression

logger = logging.getLogger(__name__)
State = Delivery.State
SLICE = 5  # seconds of one job; then other work has its turn
WAITS = (60, 300, 1800, 7200, 21600, 21600, 21600)  # seconds before the next try of one refused for now
PATIENCE = 20  # deliveries in a row that were not taken, and the provider is taken for ill; a broken line counts for five
BROKEN_LINE = 5
LETTERHEADS = 50  # kept at a time; with pictures left out one is some 200 kB


class Stop(Exception):
    """This sender has nothing more to do here for now; the argument says why."""


class TooLate(Stop):
    """The mailing's latest time has passed."""


class Sender:
    """Use as a context: whatever happens inside, what it knows is noted and what it claimed is free afterwards."""

    def __init__(self, mailing, *, number=None):
        self.mailing = mailing
        self.number = number or secrets.randbits(47) + 1
        self.providers = paces.in_order(carriers.providers())
        self.provider = self.carrier = None
        self.letterheads = {}
        self.noted = self.to = None
        self.ill = {pace.provider for pace in paces.in_trouble()}
        self.refusals = 0  # in a row
        self.trouble = ""
        self.counts = dict.fromkeys((State.SENT, State.FAILED, State.SKIPPED, State.UNKNOWN), 0)

    def __enter__(self):
        claims.enter(self.number)
        return self

    def __exit__(self, kind, error, trace):
        if self.carrier:
            self.carrier.close()
        if isinstance(error, (OperationalError, InterfaceError)) and not connection.in_atomic_block:
            connection.close()  # the last outcome is known: it is noted over a new connection
        self.write()
        claims.leave(self.number)

    def run(self, seconds=SLICE):
        """Sends until the time is over or nothing is left to do now; whether there may be more."""
        until = time.monotonic() + seconds
        try:
            while batch := self.claim():
                for claim in batch:
                    self.deliver(claim)
                    if time.monotonic() > until:
                        return True
        except TooLate:
            raise
        except Stop as stop:
            logger.info("mailing %s: %s", self.mailing.pk, stop)
        return False

    def claim(self):
        self.write()
        return claims.claim(self.number, self.mailing.pk)

    # One delivery

    def deliver(self, claim):
        carrier = self.ready()
        found = self.begin(claim)
        if found is None:
            return self.skip(claim)
        self.to = found[0]
        try:
            carrier.carry(self.letterhead(claim.variant_id), claim.id, *found)
        except carriers.Away as error:
            self.away(claim, error)
        except carriers.Unclear as error:
            self.ended(claim, State.UNKNOWN, f"No answer after the text: {error}")
            self.bear(BROKEN_LINE, error)
        except carriers.Refused as error:
            self.refused(claim, error)
        except addresses.NotAnAddress:
            self.ended(claim, State.FAILED, "No address that mail can be sent to.")
        except (OperationalError, InterfaceError):  # the database's trouble, before anything was handed over
            self.later(Outcome(claim.id, State.PENDING, claim.attempts))
            raise
        except Exception as error:  # of ours, before anything was handed over
            logger.exception(
                "Delivery %s failed before it was handed to the provider; it can be tried again", claim.id
            )
            self.ended(claim, State.FAILED, carriers.said(error), is_retryable=True)
        else:
            self.taken(claim)

    def begin(self, claim):
        """Notes the outcome before and marks this row as being handed over; None when it must not be."""
        found = claims.begin(self.number, claim, self.noted and self.values_of(self.noted))
        self.noted = None
        return found

    def taken(self, claim):
        self.ended(claim, State.SENT)
        self.refusals = 0
        if self.provider.name in self.ill:
            self.ill.discard(self.provider.name)
            paces.is_well(self.provider.name)

    def skip(self, claim):
        """Why nothing may be handed over: the subscriber has left, or the mailing was paused, cancelled or is too late."""
        mailing = Mailing.objects.only("state", "latest_at").get(pk=self.mailing.pk)
        if mailing.state != Mailing.State.SENDING:
            raise Stop(f"is {mailing.get_state_display().lower()}")
        if mailing.latest_at and mailing.latest_at <= clocks.present():
            raise TooLate("its latest time has passed")
        subscriber = Subscriber.objects.filter(pk=claim.subscriber_id).first()
        if reason := why_not(subscriber):
            self.later(Outcome(claim.id, State.SKIPPED, claim.attempts, reason))
        elif subscriber.key != claim.key:  # taken again, with today's address
            self.later(Outcome(claim.id, State.PENDING, claim.attempts))
        # else somebody took the claim away: the row is theirs

    def refused(self, claim, error):
        attempts = claim.attempts + 1
        if error.is_address:
            self.ended(claim, State.FAILED, str(error))
            self.write()
            bounces.refused(claim.id, claim.subscriber_id, str(error))
        elif error.is_final:
            self.ended(claim, State.FAILED, str(error), is_retryable=True)
        elif attempts > len(WAITS):
            self.ended(claim, State.FAILED, f"Refused {attempts} times: {error}", is_retryable=True)
        else:
            self.again(claim, error)
        self.bear(1, error)

    def away(self, claim, error):
        """Nothing was handed over. Is the line broken by this very message, it waits its turn and the others go on."""
        if isinstance(error, carriers.Broken):
            self.refused_by_breaking(claim, error)
        else:
            self.later(Outcome(claim.id, State.PENDING, claim.attempts, str(error)[:300]))
            self.give_up(error)

    def refused_by_breaking(self, claim, error):
        if claim.attempts + 1 > len(WAITS):
            self.ended(claim, State.FAILED, f"The line broke each time: {error}", is_retryable=True)
        else:
            self.again(claim, error)
        self.bear(BROKEN_LINE, error)

    def again(self, claim, error):
        wait = WAITS[claim.attempts]
        self.later(Outcome(claim.id, State.PENDING, claim.attempts + 1, self.said(str(error)), wait))

    def bear(self, weight, error):
        """A provider that takes nothing any more must not use up everybody's tries."""
        self.refusals += weight
        if self.refusals >= PATIENCE:
            self.give_up(error)

    # Providers

    def give_up(self, error):
        """The next provider is tried, if there is one."""
        self.write()
        if self.carrier:
            self.carrier.close()
        self.carrier, self.refusals = None, 0
        self.providers.remove(self.provider)
        paces.note_trouble(self.provider.name, str(error))
        if not self.providers:
            self.trouble = f"No provider takes mail now; it is tried again every minute. {error}"
            raise Stop(self.trouble)

    def ready(self):
        """The open line to the provider whose turn it is, once its pace allows another message."""
        while self.carrier is None:
            if not self.providers:
                raise Stop("no provider is named in NEWSLETTER_PROVIDERS")
            self.provider = self.providers[0]
            try:
                self.carrier = self.provider.open()
            except Exception as error:
                logger.exception(
                    "Mail provider %s cannot be used as it is set up; see NEWSLETTER_MAIL_URL",
                    self.provider.name,
                )
                self.give_up(carriers.said(error))
        if self.provider.per_second:
            wait = paces.turn_of(self.provider)
            if wait > 0:
                self.write()
                time.sleep(wait)
        return self.carrier

    def letterhead(self, variant_id):
        if variant_id not in self.letterheads:
            if len(self.letterheads) >= LETTERHEADS:
                self.letterheads.clear()
            self.letterheads[variant_id] = Letterhead(self.mailing, MailingVariant.objects.get(pk=variant_id))
        return self.letterheads[variant_id]

    # Noting

    def ended(self, claim, state, reason="", *, is_retryable=False):
        reason = self.said(reason)
        self.later(Outcome(claim.id, state, claim.attempts + 1, reason, is_retryable=is_retryable))

    def said(self, reason):
        """As it is kept: without the address, which may be erased one day."""
        return addresses.without(reason, self.to, self.to.lower())[:300]

    def later(self, outcome):
        """Noted together with the beginning of the next delivery, or by `write()` when there is none."""
        self.write()
        self.noted = outcome
        if outcome.state in self.counts:
            self.counts[outcome.state] += 1

    def write(self):
        if self.noted:
            claims.note(self.values_of(self.noted))
            self.noted = None

    def values_of(self, outcome):
        provider = self.provider.name if self.provider else ""
        return vars(outcome) | {"sender": self.number, "provider": provider}


def why_not(subscriber):
    """Why a subscriber gets nothing now; "" for one who does."""
    if subscriber is None:
        return "Erased before its turn came."
    if subscriber.state != Subscriber.State.ACTIVE:
        return f"{subscriber.get_state_display()} before its turn came."
    if subscriber.paused_until and subscriber.paused_until > timezone.now():
        return "Paused before its turn came."
    if reason := Suppression.objects.reasons([subscriber.key]).get(subscriber.key):
        return f"The address is suppressed: {reason}."
    return ""
