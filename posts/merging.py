"""Two texts that were begun from the same one, put together paragraph by paragraph.

What only one side has changed is taken from that side; what both have changed, each to something else, is for somebody
to decide. Without the text they were begun from, every difference is for somebody to decide.
"""

from dataclasses import dataclass

from posts.differences import aligning, blocks

SAME, MINE, THEIRS, BOTH = "same", "mine", "theirs", "both"
OPENED_UP = {"ul", "ol", "dl", "blockquote", "div"}  # whose parts may be chosen one by one


@dataclass
class Stretch:
    """Some blocks in a row as HTML. `choice` is whose stand in the result; in a clash it is mine until decided."""

    mine: str
    theirs: str
    choice: str = SAME
    is_clash: bool = False

    @property
    def html(self):
        return {THEIRS: self.theirs, BOTH: self.mine + self.theirs}.get(self.choice, self.mine)


def merge(mine, theirs, base=None):
    """The two bodies as a list of `Stretch`; their `html` joined together is the merged body."""
    budget = aligning.Budget()
    sides = [pieces(mine), pieces(theirs), pieces(base) if base is not None else None]
    return joined(opened_up(three_way(*sides, budget), budget))


def pieces(body):
    return [piece for piece in blocks.top_level(body) if piece.strip()]


def three_way(mine, theirs, base, budget):
    """(mine, theirs, base) as lists of blocks, stretch by stretch; base is None where it is not known."""
    if base is None:
        return two_way(mine, theirs, budget)
    in_mine = places(aligning.matches(base, mine, budget))
    in_theirs = places(aligning.matches(base, theirs, budget))
    found, at = [], [0, 0, 0]
    stayed = [(in_mine[n], in_theirs[n], n) for n in range(len(base)) if n in in_mine and n in in_theirs]
    for ends in [*stayed, (len(mine), len(theirs), len(base))]:
        sides = [side[start:end] for side, start, end in zip((mine, theirs, base), at, ends, strict=True)]
        if any(sides):
            found += one_by_one(*sides, budget)
        if ends[2] < len(base):
            block = [base[ends[2]]]
            found.append((block, block, block))
        at = [end + 1 for end in ends]
    return found


def places(matches):
    return {start + n: there + n for start, there, length in matches for n in range(length)}


def two_way(mine, theirs, budget):
    """What differs is to be decided."""
    return [
        (mine[c:d], theirs[a:b], mine[c:d] if is_same else None)
        for is_same, a, b, c, d in aligning.steps(theirs, mine, budget)
    ]


def one_by_one(mine, theirs, base, budget):
    """A stretch that both have changed is looked at block by block if each has as many as before, or by what is equal."""
    if len(mine) == len(theirs) == len(base):
        return [([a], [b], [c]) for a, b, c in zip(mine, theirs, base, strict=True)]
    return two_way(mine, theirs, budget) if clashes(mine, theirs, base) else [(mine, theirs, base)]


def opened_up(stretches, budget):
    """Lists and quotations that both have changed, by their parts."""
    found = []
    for mine, theirs, base in stretches:
        inner = [inside(side) for side in (mine, theirs, base)] if clashes(mine, theirs, base) else [None]
        if None in inner or len({(start, end) for start, _, end in inner}) > 1:
            found.append((mine, theirs, base))
            continue
        (start, _, end), parts = inner[0], [pieces(held) for _, held, _ in inner]
        found += [
            ([start], [start], [start]),
            *three_way(*parts, budget),
            ([end], [end], [end]),
        ]
    return found


def clashes(mine, theirs, base):
    return mine != theirs and base not in (mine, theirs)


def inside(side):
    """(opening tag, what it holds, closing tag) of a side that is one list or quotation; else None."""
    tag = blocks.TAG.match(side[0]) if side and len(side) == 1 else None
    if tag is None or tag[1] or tag[2] not in OPENED_UP:
        return None
    end = f"</{tag[2]}>"
    return (tag[0], side[0][tag.end() : -len(end)], end) if side[0].endswith(end) else None


def joined(stretches):
    """Neighbours that stayed put together, and for the others whose blocks stand in the result."""
    found, stayed = [], []

    def end_of_what_stayed():
        if stayed:
            found.append(Stretch("".join(stayed), "".join(stayed)))
            stayed.clear()

    for mine, theirs, base in stretches:
        if mine == theirs:
            stayed.extend(mine)
            continue
        end_of_what_stayed()
        choice = THEIRS if mine == base else MINE
        found.append(Stretch("".join(mine), "".join(theirs), choice, clashes(mine, theirs, base)))
    end_of_what_stayed()
    return found
