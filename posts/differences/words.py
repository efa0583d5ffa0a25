"""Which words of a block or a line stayed, went and came, and what else became of those that stayed."""

from dataclasses import dataclass

from posts.differences import aligning
from posts.differences.blocks import MARKS, WORD, Word


@dataclass
class Piece:
    """Words that stayed ("same"), were "added" or "removed", or stayed and are "set" in another way, as `note` says."""

    what: str
    text: str
    note: str = ""
    picture: str = ""

    @property
    def alone(self):
        return [self]

    @property
    def words(self):
        """Without the blank after it, which no line shall be drawn under."""
        return self.text.rstrip(" ")

    @property
    def gap(self):
        return self.text[len(self.words) :]


def of_words(old, new):
    """The pieces of a line of plain text."""
    return pieces_of(plain_words(old), plain_words(new), aligning.Budget())


def plain_words(text):
    return [Word(*found) for found in WORD.findall(text or "")]


def pieces_of(old, new, budget):
    """The words of a block that changed, in reading order: what went stands before what came."""
    said = []
    steps = aligning.steps([word.text for word in old], [word.text for word in new], budget)
    for is_same, a, b, c, d in without_islands(steps, new):
        if is_same:
            said += [
                ("same" if was.marks == now.marks else "set", now, marks_note(was.marks, now.marks))
                for was, now in zip(old[a:b], new[c:d], strict=True)
            ]
        else:
            said += [("removed", word, "") for word in old[a:b]]
            said += [("added", word, link_note(word)) for word in new[c:d]]
    return joined(said)


def without_islands(steps, new):
    """A comma or a single short word that stayed between two changes only breaks up what is read."""
    kept = []
    for place, step in enumerate(steps):
        is_same, a, b, c, d = step
        inner = is_same and 0 < place < len(steps) - 1
        if inner and b - a <= 2 and all(len(word.text) < 4 for word in new[c:d]):
            before, after = steps[place - 1], steps[place + 1]
            if before[2] - before[1] > 1 and after[2] - after[1] > 1:
                step = (False, a, b, c, d)
        if kept and not step[0] and not kept[-1][0]:
            step = (False, kept[-1][1], step[2], kept[-1][3], step[4])
            kept.pop()
        kept.append(step)
    return kept


def joined(said):
    """Neighbouring words of one fate, as pieces."""
    pieces = []
    for what, word, note in said:
        text = word.text + word.space
        if word.text == "\n" and what in ("added", "removed"):
            text = "↵\n"
        last = pieces[-1] if pieces else None
        if last and (last.what, last.note) == (what, note) and not word.picture and not last.picture:
            last.text += text
        else:
            pieces.append(Piece(what, text, note, word.picture))
    return pieces


def link_note(word):
    """Where words that are new lead to."""
    target = next((told for name, told, *_ in word.marks if name == "a"), "")
    return f"leads to {target}" if target else ""


def marks_note(old, new):
    """What became of how a word is set."""
    if old == new:
        return ""
    was, now = dict(mark[:2] for mark in old), dict(mark[:2] for mark in new)
    notes = []
    for name in dict.fromkeys([*now, *was]):
        if was.get(name) == now.get(name):
            continue
        if name in ("a", "img"):
            notes.append(target_note(name, was.get(name), now.get(name)))
        elif name not in was:
            notes.append(f"now {MARKS[name]}")
        elif name not in now:
            notes.append(f"no longer {MARKS[name]}")
        else:
            notes.append(f"{MARKS[name]}: {now[name]}, before: {was[name]}")
    return "; ".join(notes) or "set in another order"


def target_note(name, was, now):
    if name == "img":
        return "another picture"
    if now is None:
        return f"no longer a link to {was}"
    return f"now a link to {now}" if was is None else f"leads to {now}, before: {was}"
