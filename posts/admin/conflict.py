"""Two texts of one post: what an editor typed, and what somebody else saved meanwhile, put side by side to be merged.

Nothing is lost: theirs is a revision (or pending changes), mine stands in the form. With the state both were begun from,
what only they have changed goes into the form by itself, and only what both have changed is for the editor to decide.
"""

from dataclasses import dataclass, field, replace

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from posts import differences, merging
from posts.admin import opening
from posts.differences.states import LABELS
from posts.states import TEXT

COMPARED = ("title", "slug", "published_at", "authors", "categories", "tags", *TEXT[1:])
SHOWN = 200
EMPTY = {"authors": [], "categories": [], "tags": []}


@dataclass
class Clash:
    """A field of which there are two versions, each as pieces of which those that differ are marked."""

    name: str
    label: str
    mine: list
    theirs: list
    is_list: bool = False


@dataclass
class Place:
    """A place in the text: the two versions as blocks, whose stands in the form, and whether that is to be decided."""

    number: int
    choice: str
    is_clash: bool
    mine: list
    theirs: list


@dataclass
class Conflict:
    """`mine`, `theirs` and `base` are states (posts/states.py); without `base` every difference is to be decided.

    With `is_settled`, what stands in the form has been decided already, so nothing is taken over by itself.
    """

    mine: dict
    theirs: dict
    base: dict | None = None
    is_settled: bool = False
    is_pending: bool = False
    unclean: frozenset = frozenset()
    taken: list = field(default_factory=list)
    clashing: list = field(default_factory=list)
    stretches: list = field(default_factory=list)

    def __post_init__(self):
        for name in COMPARED:
            if name in self.mine and name in self.theirs and name != "body":
                self.look_at(name)
        if same(self.mine.get("body", ""), self.theirs["body"]):
            return
        if "body" in self.unclean or "body" not in self.mine:
            self.clashing.append("body")
            return
        base = self.base["body"] if self.base and not self.is_settled else None
        self.stretches = merging.merge(
            unix(self.mine["body"]), unix(self.theirs["body"]), base and unix(base)
        )
        if self.is_settled:
            for one in self.stretches:
                one.is_clash = False

    def look_at(self, name):
        mine, theirs = self.mine[name], self.theirs[name]
        if same(mine, theirs):
            return
        has_base = self.base and name in self.base and not self.is_settled and name not in self.unclean
        if has_base and same(mine, self.base[name]):
            self.taken.append(name)
        elif has_base and name == "tags":
            self.taken.append(name)
            self.theirs = self.theirs | {name: both_tags(mine, theirs, self.base[name])}
        elif not has_base or not same(theirs, self.base[name]):
            self.clashing.append(name)

    @property
    def body(self):
        return "".join(stretch.html for stretch in self.stretches)

    @property
    def labels_taken(self):
        return [LABELS[name] for name in self.taken]

    @property
    def clashes(self):
        """The fields to decide, but for the text."""
        names = [name for name in self.clashing if name not in self.unclean]
        changes = differences.of_states(self.theirs, self.mine, names=names)
        return [
            Clash(
                one.name,
                one.label,
                marked(one.pieces, without="removed"),
                marked(one.pieces, without="added"),
                one.is_list,
            )
            for one in changes
        ]

    @property
    def labels_unclean(self):
        """Fields whose value in the form is not valid yet, and theirs is another."""
        return [LABELS[name] for name in self.clashing if name in self.unclean]

    @property
    def places(self):
        """The places where the two texts differ, the first SHOWN of them, those to decide before the others."""
        differing = [(number, one) for number, one in enumerate(self.stretches) if one.choice != merging.SAME]
        shown = sorted(differing, key=lambda place: not place[1].is_clash)[:SHOWN]
        return [
            Place(number, one.choice, one.is_clash, *side_by_side(one.mine, one.theirs))
            for number, one in sorted(shown, key=lambda place: place[0])
        ]

    @property
    def places_not_shown(self):
        return max(0, sum(one.choice != merging.SAME for one in self.stretches) - SHOWN)

    @property
    def parts(self):
        """For the script that puts the text together: HTML that both have, or both versions."""
        return [
            {"same": one.mine}
            if one.choice == merging.SAME
            else {"mine": one.mine, "theirs": one.theirs, "choice": one.choice}
            for one in self.stretches
        ]

    @property
    def is_over(self):
        return not (self.clashing or self.stretches or self.taken)

    def settle(self, data):
        """Puts into the form's data what is theirs alone; where both differ, mine stays."""
        for name in self.taken:
            write(data, name, self.theirs[name])
        if any(stretch.choice == merging.THEIRS for stretch in self.stretches):
            data["body"] = self.body


def side_by_side(mine, theirs):
    """The blocks of each of two versions, with the words marked that the other lacks."""
    found = differences.of_texts(theirs, mine, around=None)
    return side(found, "removed", "moved away"), side(found, "added", "moved")


def side(found, gone, away):
    return [
        replace(one, pieces=marked(one.pieces, without=gone), notes=one.notes if gone == "removed" else [])
        for one in found
        if one.what not in (gone, away)
    ]


def marked(pieces, *, without):
    """The pieces of one version; what the other lacks is marked as differing."""
    return [
        replace(piece, what="differs") if piece.what in ("added", "removed") else piece
        for piece in pieces
        if piece.what != without
    ]


def unix(text):
    return text.replace("\r\n", "\n")


def same(one, other):
    """Browsers send lines with CRLF, and an hour to the minute."""
    return plain(one) == plain(other)


def plain(value):
    if isinstance(value, str):
        return unix(value)
    if isinstance(value, (list, tuple)):
        return [list(item) if isinstance(item, tuple) else item for item in value] or ""
    return value or ""


def both_tags(mine, theirs, base):
    """Tags have no order: what either has added is added, what either has taken away goes."""
    return sorted((set(mine) | set(theirs)) - (set(base) - set(mine)) - (set(base) - set(theirs)))


def typed(form):
    """(state, names): what the form holds as a state, and the fields whose value is not valid yet."""
    state, unclean = {}, set()
    for name in (*TEXT, "slug", "published_at", "categories", "tags"):
        bound = name.removesuffix("_id")
        if bound not in form.fields:
            continue
        if bound in form.cleaned_data:
            state[name] = as_stored(name, form.cleaned_data[bound])
        elif name == "published_at" and not form.data.get(name):
            state[name] = None
        else:
            state[name] = EMPTY.get(name, form.data.get(bound, ""))
            unclean.add(name)
    lines = opening.byline_in(form.data)
    if lines is not None:
        state["authors"] = [[author.pk, role] for author, role in lines]
    return state, frozenset(unclean)


def as_stored(name, value):
    if name == "lead_image_id":
        return value.pk if value else None
    if name == "published_at":
        return to_the_minute(value.isoformat()) if value else None
    if name == "categories":
        return [category.pk for category in value]
    return sorted(value) if name == "tags" else value


def to_the_minute(moment):
    return parse_datetime(moment).astimezone(timezone.UTC).replace(second=0, microsecond=0).isoformat()


def comparable(state):
    """A stored state with its date to the minute, as the form shows it."""
    if state and state.get("published_at"):
        return state | {"published_at": to_the_minute(state["published_at"])}
    return state


def write(data, name, value):
    """Puts one value of a state into the data of a form."""
    if name == "authors":
        return write_byline(data, value)
    if name == "categories":
        return data.setlist(name, [str(pk) for pk in value])
    if name == "tags":
        value = ", ".join(f'"{tag}"' for tag in value)
    elif name == "published_at" and value:
        value = f"{timezone.localtime(parse_datetime(value)):%Y-%m-%dT%H:%M}"
    data[name.removesuffix("_id")] = "" if value is None else str(value)
    return None


def write_byline(data, lines):
    for name in [name for name in data if name.startswith("bylines-") and name.split("-")[1].isdecimal()]:
        del data[name]
    data["bylines-TOTAL_FORMS"], data["bylines-INITIAL_FORMS"] = str(len(lines)), "0"
    for place, (author, role) in enumerate(lines):
        data[f"bylines-{place}-author"] = str(author)
        data[f"bylines-{place}-role"] = role
        data[f"bylines-{place}-position"] = str(place)
