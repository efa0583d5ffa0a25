"""Where in a text the words of a query stand: the passage that has most of them, and what to mark in it.

PostgreSQL says which words match, in the folded text; folding keeps blanks where they are, so that the two texts can
be laid side by side word by word. What is shown is the text as it was written.
"""

import re
from dataclasses import dataclass

START, STOP, PART, GAP = "\x01", "\x02", "\x03", "\x1f"
LENGTH = 38  # words
BEFORE = 8  # words before the first that matches
SENTENCE_ENDS = (*tuple(".!?…؟۔"), ".”", "?”", "!”", '."')
EDGES = re.compile(r"^(\W*)(.*?)(\W*)$", re.S)
GAPS = re.compile(r"([^\w\u0300-\u036f\u0591-\u05c7\u064b-\u0670'’]+)")
LETTER = re.compile(r"\w")


@dataclass
class Piece:
    """Some text of a snippet, marked or not."""

    text: str
    is_marked: bool = False


def of(told, marked):
    """(pieces of the headline, pieces of the snippet) from a plain text and the same folded and marked."""
    parts = [[]]
    for written, folded in zip(told.split(" "), marked.split(" "), strict=True):
        if written == PART:
            parts.append([])
        else:
            parts[-1].append((written, folded))
    title, standfirst, body = parts
    return pieces(title), passage(standfirst, body)


def passage(standfirst, body):
    """The standfirst, unless the body has a passage with more of the words."""
    best, begin = best_window(body)
    if any(written for written, _ in standfirst) and distinct(standfirst) >= best:
        return pieces(standfirst[: LENGTH * 2])
    shown = pieces(body[begin : begin + LENGTH])
    if begin > 0:
        shown.insert(0, Piece("… "))
    if begin + LENGTH < len(body):
        shown.append(Piece(" …"))
    return shown


def best_window(body):
    """(how many different words of the query, where it begins) of the first best passage."""
    best, begin = (0, 0), 0
    for place, (_, folded) in enumerate(body):
        if START not in folded:
            continue
        start = sentence_start(body, place)
        window = body[start : start + LENGTH]
        score = distinct(window), sum(START in word for _, word in window)
        if score > best:
            best, begin = score, start
    return best[0], begin


def sentence_start(body, hit):
    """Where to begin, so that the sentence can be understood: at its first word if that is near."""
    for place in range(hit, max(0, hit - 2 * BEFORE), -1):
        if body[place - 1][0].endswith(SENTENCE_ENDS):
            return place
    return max(0, hit - BEFORE) if hit > 2 * BEFORE else 0


def distinct(words):
    """How many different words of the query stand here, told by their first letters."""
    marked = " ".join(folded for _, folded in words if START in folded)
    return len({word.lower()[:5] for word in re.findall(f"{START}(.*?){STOP}", marked)})


def pieces(words):
    """Words as pieces, neighbours of a kind joined."""
    joined = []
    for place, (written, folded) in enumerate(words):
        parts = cut(written, folded)
        if place:
            parts.insert(0, (" ", False))
        for text, is_marked in parts:
            if text and joined and joined[-1].is_marked == is_marked:
                joined[-1].text += text
            elif text:
                joined.append(Piece(text, is_marked))
    return joined


def cut(written, folded):
    """(text, is it marked) parts of a word: its own punctuation is not marked, nor the other half of Iran–Iraq."""
    if START not in folded:
        return [(written, False)]
    halves = [half for half in folded.split(GAP) if LETTER.search(half)]
    parts = GAPS.split(written)
    if len(halves) != sum(bool(LETTER.search(part)) for part in parts):
        before, core, after = EDGES.match(written).groups()
        return [(before, False), (core, True), (after, False)]
    marks = iter([START in half for half in halves])
    return [(part, bool(LETTER.search(part)) and next(marks)) for part in parts]
