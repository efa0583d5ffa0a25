"""Which items of two sequences are the same ones, in time that stays in proportion whatever the sequences hold.

difflib alone takes time that grows with the square of the length. Here the ends that agree are taken off first, what is long is
cut at items that stand once on both sides (the "patience" way), and what is then short is left to difflib. What remains
long without such items counts as replaced.
"""

from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher

SMALL = 3_000  # pairs of items from which on cutting is tried before difflib
LARGE = 90_000  # pairs of items that difflib may look at in one piece: 300 by 300
CUTS = 12  # how often a piece is cut in smaller ones
NEAR = 60_000  # pairs of changed items to look at in one piece
NEAREST = 2
ALIKE = 0.35  # from here on two items are one that was changed
NEW_ALONE, OLD_ALONE, TOGETHER = range(3)


class Budget:
    """How much may still be compared in all; when it is used up, only what is quick is done."""

    def __init__(self, pairs=3_000_000, near=150_000):
        self.pairs, self.near = pairs, near

    def allows(self, pairs):
        if pairs > min(LARGE, self.pairs):
            return False
        self.pairs -= pairs
        return True

    def width(self, rows, columns):
        """How far from its own place an item may look for its like."""
        width = max(NEAREST, min(columns, NEAR // rows // 2, self.near // rows // 2))
        self.near -= rows * min(columns, 2 * width + 1)
        return width


def matches(old, new, budget):
    """Runs of equal items as [place in old, place in new, length], in order and without overlap."""
    found, pieces = [], [(0, len(old), 0, len(new), CUTS)]
    while pieces:
        low, high, start, end, cuts = pieces.pop()
        while low < high and start < end and old[low] == new[start]:
            found.append((low, start))
            low, start = low + 1, start + 1
        while low < high and start < end and old[high - 1] == new[end - 1]:
            high, end = high - 1, end - 1
            found.append((high, end))
        if low == high or start == end:
            continue
        pairs = (high - low) * (end - start)
        chain = anchors(old, new, low, high, start, end) if cuts and pairs > SMALL else []
        if chain:
            found += chain
            for a, b in [*chain, (high, end)]:
                pieces.append((low, a, start, b, cuts - 1))
                low, start = a + 1, b + 1
        elif budget.allows(pairs):
            matcher = SequenceMatcher(None, old[low:high], new[start:end], autojunk=False)
            for a, b, length in matcher.get_matching_blocks():
                found += [(low + a + n, start + b + n) for n in range(length)]
    return runs(sorted(found))


def anchors(old, new, low, high, start, end):
    """Items that stand once on each side, as many as can keep their order."""
    mine, theirs = Counter(old[low:high]), Counter(new[start:end])
    places = {item: at for at, item in enumerate(new[start:end], start) if theirs[item] == 1}
    pairs = [
        (at, places[item]) for at, item in enumerate(old[low:high], low) if mine[item] == 1 and item in places
    ]
    return longest_rising(pairs)


def longest_rising(pairs):
    """The longest of the pairs' subsequences in which the second number rises too."""
    ends, last, before = [], [], {}
    for pair in pairs:
        at = bisect_left(ends, pair[1])
        before[pair] = last[at - 1] if at else None
        ends[at : at + 1], last[at : at + 1] = [pair[1]], [pair]
    chain, pair = [], last[-1] if last else None
    while pair is not None:
        chain.append(pair)
        pair = before[pair]
    return chain[::-1]


def runs(pairs):
    """Neighbouring pairs put together as (old, new, length)."""
    joined = []
    for a, b in pairs:
        if joined and joined[-1][0] + joined[-1][2] == a and joined[-1][1] + joined[-1][2] == b:
            joined[-1][2] += 1
        else:
            joined.append([a, b, 1])
    return joined


def steps(old, new, budget):
    """The way from old to new as (is_same, old from, old to, new from, new to), with nothing left out."""
    way, at, place = [], 0, 0
    for a, b, length in [*matches(old, new, budget), [len(old), len(new), 0]]:
        if at < a or place < b:
            way.append((False, at, a, place, b))
        if length:
            way.append((True, a, a + length, b, b + length))
        at, place = a + length, b + length
    return way


def paired(old, new, alike, budget):
    """Which changed items belong together, as (old, new) with None where one stands alone, in reading order.

    `alike(a, b)` is from 0 to 1. Pairs keep their order; in long lists only places near one another are compared.
    """
    rows, columns = len(old), len(new)
    width = budget.width(rows, columns) if rows else 0
    best, known, moves = [0.0] * (columns + 1), 0, []
    for row in range(rows):
        middle = row * columns // rows
        low, high = max(0, middle - width), min(columns, middle + width + 1)
        for column in range(known + 1, high + 1):
            best[column] = best[known]
        known = max(known, high)
        made, before = bytearray(high - low), best[low]
        for column in range(low, high):
            score = alike(old[row], new[column])
            together = before + score if score >= ALIKE else -1.0
            before, without = best[column + 1], max(best[column], best[column + 1])
            if together >= without:
                made[column - low] = TOGETHER
            else:
                made[column - low] = OLD_ALONE if best[column + 1] > best[column] else NEW_ALONE
            best[column + 1] = max(together, without)
        moves.append((low, made))
    return [(at and old[at[0]], place and new[place[0]]) for at, place in walk(moves, rows, columns)]


def walk(moves, row, column):
    """The places of `paired`, each in a tuple of its own or None."""
    way = []
    while row or column:
        move = NEW_ALONE
        if column == 0:
            move = OLD_ALONE
        elif row:
            low, made = moves[row - 1]
            place = column - 1 - low
            if place < len(made):
                move = made[place] if place >= 0 else OLD_ALONE
        row -= move != NEW_ALONE
        column -= move != OLD_ALONE
        way.append((None if move == NEW_ALONE else (row,), None if move == OLD_ALONE else (column,)))
    return way[::-1]
