"""A record of a file as what it says of one address: the state, the times, where the sign-up came from."""

from dataclasses import dataclass, field, fields
from datetime import timedelta

from django.utils import timezone

from informed_comment.fingerprints import fingerprint, fingerprints
from informed_comment.origins import network_of
from informed_comment.spreadsheets import FORMULA
from newsletter import addresses
from newsletter.importing.layouts import BY_NAME, FREQUENCIES, OTHER, SUPPRESSIONS
from newsletter.importing.words import RANK, State, lower, moment, network, normal
from newsletter.models import ImportRow, Suppression

Outcome = ImportRow.Outcome
HEX = set("0123456789abcdef")


class NotUnderstood(ValueError):
    """Why a row says nothing that may be relied on, in a sentence with the cure."""


@dataclass(slots=True)
class Entry:
    """As `ImportRow` holds it."""

    line: int
    raw: str
    email: str = ""
    key: str = ""
    hashes: list = field(default_factory=list)
    key_name: str = ""
    state: str = ""
    frequency: str = ""
    joined_at: object = None
    confirmed_at: object = None
    left_at: object = None
    network: str = ""
    sender_hash: str = ""
    remark: str = ""
    outcome: str = ""


FIELDS = tuple(one.name for one in fields(Entry))


class Recipe:
    """How the records of one batch are read: its layout, as numbers of columns."""

    def __init__(self, batch):
        self.batch = batch
        self.layout = layout = BY_NAME[batch.layout or OTHER.name]
        self.head = batch.head
        self.places = {name: place for place, name in reversed(list(enumerate(map(normal, batch.head))))}
        said = {meaning: [place] for meaning, place in batch.columns.items()}
        self.address = said.get("address") or self.found(layout.address)[:1] or [0]
        self.states = [
            (self.places[name], words) for name, words in layout.states.items() if name in self.places
        ]
        if layout is OTHER:
            words = next(iter(OTHER.states.values()))
            self.states = [(place, words) for place in said.get("state", [])]
        self.hints = [
            (self.places[name], words) for name, words in layout.hints.items() if name in self.places
        ]
        self.joined = said.get("joined") or self.found(layout.joined)
        self.confirmed = said.get("confirmed") or self.found(layout.confirmed)
        self.left = said.get("left") or self.found(layout.left)
        self.network = said.get("network") or self.found(layout.network)
        self.frequency = [
            (self.places[name], words) for name, words in layout.frequency.items() if name in self.places
        ] + [(place, FREQUENCIES) for place in said.get("frequency", [])]
        self.best = self.best_state()
        self.latest = timezone.now() + timedelta(days=1)  # clocks differ
        asked = [*self.states, *self.hints, *self.frequency]
        self.needed = max(
            *self.address, *self.joined, *self.confirmed, *self.left, *(place for place, _ in asked), 0
        )

    def found(self, columns):
        return [self.places[name] for name in columns if name in self.places]

    def best_state(self):
        """What no row can be better than, by the columns and the name of the file."""
        best = State.ACTIVE
        for column, state in self.layout.always.items():
            if column in self.places:
                best = lower(best, state)
        name = self.batch.file_name.lower()
        by_name = (state for part, state in self.layout.in_name.items() if part in name)
        return lower(best, next(by_name, best))

    def entry(self, record):
        """What the record says; an outcome is set already when nothing can be taken from it."""
        entry = Entry(record.line, record.raw)
        cells, width = record.cells, len(self.head)
        if record.problem:
            entry.outcome, entry.remark = Outcome.RAGGED, record.problem
        elif len(cells) <= self.needed or any(cell.strip() for cell in cells[width:]):
            entry.outcome, entry.remark = Outcome.RAGGED, f"{cells_said(cells, width)}."
        else:
            try:
                (self.suppression if self.layout is SUPPRESSIONS else self.subscriber)(entry, cells)
            except NotUnderstood as reason:
                entry.outcome, entry.remark = Outcome.UNREADABLE, str(reason)[:300]
            except addresses.NotAnAddress:
                entry.outcome = Outcome.NOT_ADDRESS
                entry.remark = (
                    f"“{cells[self.address[0]].strip()[:100]}” is not an address mail can be sent to."
                )
            if len(cells) < width and not entry.outcome:
                self.remark(
                    entry, f"The row has {len(cells)} cells and the first row has {width}; it was taken."
                )
        return entry

    def subscriber(self, entry, cells):
        address = addresses.parse(self.text(cells[self.address[0]]))
        entry.email, entry.key = address.email, address.key
        entry.hashes = fingerprints("address", address.key)
        state = self.state(cells)
        joined = self.moments(entry, cells, self.joined)
        confirmed = self.moments(entry, cells, self.confirmed)
        left = self.moments(entry, cells, self.left)
        entry.joined_at = min(joined, default=None)
        entry.confirmed_at = min(confirmed, default=None)
        entry.left_at = max(left, default=None)
        if RANK[state] <= RANK[State.PENDING] and left:
            if entry.left_at >= max(joined + confirmed, default=entry.left_at):
                state = State.UNSUBSCRIBED
            else:  # came back after having left: the later act counts
                entry.left_at = None
        entry.state = state.value
        entry.frequency = self.batch.frequency
        for place, words in self.frequency:
            entry.frequency = words.get(normal(cells[place]), entry.frequency)
        self.note_sender(entry, cells)

    def state(self, cells):
        state = self.best
        for place, words in self.states:
            word = normal(cells[place])
            if word not in words and word:
                raise NotUnderstood(
                    f"“{cells[place][:60]}” in the column “{self.head[place]}” is no state this program knows. "
                    "Write active, pending, unsubscribed, bounced or complained there."
                )
            state = lower(state, words.get(word, State.PENDING))
        for place, words in self.hints:
            state = lower(state, words.get(normal(cells[place]), state))
        return state

    def moments(self, entry, cells, places):
        """The times in some columns; one that cannot be is left out, and said."""
        found = []
        for place in places:
            try:
                time = moment(cells[place], self.batch.zone, self.latest)
            except ValueError:
                said = f"“{cells[place].strip()[:40]}” in the column “{self.head[place][:40]}” is no time it can have been."
                self.remark(entry, said)
            else:
                if time:
                    found.append(time)
        return found

    def note_sender(self, entry, cells):
        for place in self.network:
            sender = network(cells[place]) if place < len(cells) and cells[place] else None
            if sender:
                entry.network, entry.sender_hash = network_of(sender), fingerprint("sender", sender)
                return

    def suppression(self, entry, cells):
        row = {
            name: self.text(cells[place]).strip() for name, place in self.places.items() if place < len(cells)
        }
        hashed, reason = row.get("addresshash", "").lower(), row.get("reason", "").lower()
        if len(hashed) != 64 or not set(hashed) <= HEX:
            raise NotUnderstood("The column address_hash holds no hash of 64 digits. Export the file again.")
        if reason not in Suppression.Reason.values:
            raise NotUnderstood(f"“{reason[:60]}” is no reason for a suppression.")
        entry.hashes, entry.key, entry.key_name, entry.state = (
            [hashed],
            hashed,
            row.get("keyname", "")[:8],
            reason,
        )
        entry.joined_at = min(self.moments(entry, cells, self.joined), default=None)

    def text(self, cell):
        """A cell as it was before it was defused for spreadsheets."""
        is_defused = self.layout.is_defused and cell[:1] == "'" and cell[1:2] in FORMULA and len(cell) > 1
        return cell[1:] if is_defused else cell

    @staticmethod
    def remark(entry, text):
        entry.remark = f"{entry.remark} {text}".strip()[:300]


def cells_said(cells, width):
    return f"The row has {len(cells)} {'cell' if len(cells) == 1 else 'cells'} and the first row has {width}"
