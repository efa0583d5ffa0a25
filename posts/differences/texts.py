"""What is different between two bodies, as a reader would see it.

Blocks are aligned first, then words within the blocks that changed, so that the work stays in proportion to the
length: see `aligning`.
"""

from dataclasses import dataclass, field

from posts.differences import aligning, blocks, reader
from posts.differences.words import Piece, joined, link_note, pieces_of

SHOWN = 500  # changed pieces shown at most
TOO_LONG = 200_000  # characters of HTML in one piece from which on its words are not compared
EXCERPT = 1200
START = 80
MOVED_FROM = 3  # words from which on a block that turns up elsewhere was moved
NAMES = {
    "level": "Heading level",
    "list": "List",
    "depth": "Depth in the list",
    "picture": "Another picture",
    "placing": "Placing of the picture",
    "address": "Address",
}


@dataclass
class Difference:
    """A block and what became of it: same, changed, added, removed, moved here, moved away; or a gap of `count` equal ones."""

    what: str
    kind: str = ""
    pieces: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    lang: str = ""
    dir: str = ""
    count: int = 0

    @property
    def is_gap(self):
        return self.what in ("gap", "cut")

    @property
    def start(self):
        """Its first words."""
        text = "".join(piece.text for piece in self.pieces)
        return text if len(text) < START else f"{text[:START].rsplit(' ', 1)[0]} …"


def of_texts(old, new, *, around=1):
    """What became of the blocks of one body in another: a list of `Difference`; empty when they are equal.

    `around` blocks that stayed are shown before and after each change, or all of them when it is None.
    """
    if old == new and around is not None:
        return []
    before, after = blocks.cut_up(old or ""), blocks.cut_up(new or "")
    budget, found, room = aligning.Budget(), [], SHOWN
    for is_same, a, b, c, d in aligning.steps(before, after, budget):
        if is_same:
            found += unchanged(
                after[c:d], around, is_first=a == c == 0, is_last=b == len(before) and d == len(after)
            )
            continue
        was, now = before[a : min(b, a + room)], after[c : min(d, c + room)]
        found += of_pieces(was, now, budget, around)
        room -= max(len(was), len(now))
        if room <= 0:
            found.append(Difference("cut", count=max(len(before) - a - len(was), len(after) - c - len(now))))
            break
    told_as_moved(found)
    return found


def measure(found):
    """How many words the differences add and remove."""
    added = removed = 0
    for one in found:
        if one.what in ("moved", "moved away"):
            continue
        for piece in one.pieces:
            if piece.what in ("added", "removed"):
                count = sum(any(map(str.isalnum, word)) for word in piece.text.split())
                added, removed = (
                    added + count * (piece.what == "added"),
                    removed + count * (piece.what == "removed"),
                )
    return added, removed


def read(pieces):
    return [block for around, piece in pieces for block in reader.of(around, piece)]


def unchanged(pieces, around, *, is_first, is_last):
    """Of a run that stayed, what stands next to a change."""
    if around is None:
        return [shown("same", block) for block in read(pieces)]
    head, tail = 0 if is_first else around, 0 if is_last else around
    if len(pieces) <= head + tail:
        return [shown("same", block) for block in read(pieces)]
    middle = len(pieces) - head - tail
    return [
        *(shown("same", block) for block in read(pieces[:head])),
        Difference("gap", count=middle),
        *(shown("same", block) for block in read(pieces[len(pieces) - tail :])),
    ]


def of_pieces(old, new, budget, around):
    """The differences of a stretch where nothing stayed as it was."""
    if any(len(piece) > TOO_LONG for _, piece in [*old, *new]):
        return [too_long("".join(piece for _, piece in old), "".join(piece for _, piece in new))]
    was, now = read(old), read(new)
    found = of_blocks(was, now, budget, around)
    if all(one.what == "same" or one.is_gap for one in found) and (now or was):
        return [markup_only((now or was)[0])]
    return found


def too_long(old, new):
    """A paragraph of a book's length: the place where the two begin to differ."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if old[:middle] == new[:middle] else (low, middle - 1)
    start = max(old.rfind(" ", 0, low), old.rfind(">", 0, low), 0)
    pieces = [
        Piece("removed", blocks.excerpt(old, start, EXCERPT)),
        Piece("added", blocks.excerpt(new, start, EXCERPT)),
    ]
    note = "This part is too long to be compared word by word; the place where it begins to differ is shown."
    return Difference("changed", "Long part", [piece for piece in pieces if piece.text], [note])


def of_blocks(old, new, budget, around):
    found = []
    steps = aligning.steps([block.key for block in old], [block.key for block in new], budget)
    for is_same, a, b, c, d in steps:
        if is_same:
            stayed = [shown("same", block) for block in new[c:d]]
            if around is not None and d - c > 2 * around + 1:
                stayed[around : d - c - around] = [Difference("gap", count=d - c - 2 * around)]
            found += stayed
            continue
        for was, now in aligning.paired(old[a:b], new[c:d], alike, budget):
            if was and now:
                found.append(changed(was, now, budget))
            else:
                found.append(shown("added" if now else "removed", now or was))
    return found


def alike(old, new):
    """How much two blocks have in common, from 0 to 1."""
    if old.kind == new.kind and old.kind in ("Picture", "Embed"):
        return 0.5 if old.told.get("picture") != new.told.get("picture") else 1
    return 2 * len(old.said & new.said) / ((len(old.said) + len(new.said)) or 1)


def shown(what, block):
    """A block of which nothing but its being there is told."""
    piece = "same" if what == "same" else what
    pieces = joined((piece, word, link_note(word) if piece == "added" else "") for word in block.words)
    if pieces and "picture" in block.told:
        pieces[0].picture = block.told["picture"]
    notes = [f"Address: {block.told['address']}"] if what == "added" and block.told.get("address") else []
    return Difference(what, block.kind, pieces, notes, block.lang, block.dir)


def changed(old, new, budget):
    notes = []
    if old.kind != new.kind:
        notes.append(f"{new.kind}, before: {old.kind.lower()}.")
    else:
        for name in old.told.keys() | new.told.keys():
            was, now = old.told.get(name, ""), new.told.get(name, "")
            if was == now:
                continue
            what = NAMES.get(name, name.capitalize())
            said = "." if name == "picture" else f": {now or 'none'}, before: {was or 'none'}."
            notes.append(f"{what}{said}")
    for name in ("lang", "dir"):
        if getattr(old, name) != getattr(new, name):
            what = "Language" if name == "lang" else "Direction"
            notes.append(
                f"{what}: {getattr(new, name) or 'as the text'}, before: {getattr(old, name) or 'as the text'}."
            )
    pieces = pieces_of(old.words, new.words, budget)
    if old.told.get("picture") != new.told.get("picture"):
        pieces = [
            Piece("removed", old.text, picture=old.told.get("picture", "")),
            Piece("added", new.text, picture=new.told.get("picture", "")),
        ]
    return Difference("changed", new.kind, pieces, sorted(notes), new.lang, new.dir)


def markup_only(block):
    return Difference(
        "changed",
        block.kind,
        joined(("same", word, "") for word in block.words[:40]),
        ["The words are the same; how they are set out has changed."],
        block.lang,
        block.dir,
    )


def told_as_moved(found):
    """A block that went here and came there has been moved; its words are shown once."""
    gone = {}
    for one in found:
        if one.what == "removed" and sum(len(piece.text.split()) for piece in one.pieces) >= MOVED_FROM:
            gone.setdefault(text_of(one), []).append(one)
    for one in found:
        if one.what == "added" and gone.get(key := text_of(one)):
            away = gone[key].pop()
            one.what, away.what = "moved", "moved away"
            for moved in (one, away):
                moved.pieces = [Piece("same", piece.text, picture=piece.picture) for piece in moved.pieces]


def text_of(one):
    return one.kind, "".join(piece.text for piece in one.pieces)
