"""Footnotes in a body of WordPress's, put where they belong: into the text, as this site keeps them.

The block editor keeps a mark in the text and the note beside the post; plugins keep the note in a shortcode.
"""

import json
import re
from dataclasses import replace

from informed_comment.footnotes import MARK

SHORTCODES = ("footnote", "fn", "ref", "efn_note", "mfn")
_MARK = re.compile(r"""<sup\b[^>]*\bdata-fn=["'](?P<id>[^"']+)["'][^>]*>.*?</sup>""", re.S | re.I)
_LIST = re.compile(
    r"""<ol\b[^>]*\bclass=["'][^"']*\bwp-block-footnotes\b[^"']*["'][^>]*>.*?</ol>""", re.S | re.I
)
_ITEM = re.compile(r"""<li\b[^>]*\bid=["'](?P<id>[^"']+)["'][^>]*>(?P<note>.*?)</li>""", re.S | re.I)
_WAY_BACK = re.compile(r"""\s*<a\b[^>]*href=["']#[^"']*-link["'][^>]*>.*?</a>\s*$""", re.S | re.I)
_PARAGRAPHS = re.compile(r"\s*\n\s*\n\s*")


def put_in_place(body, library, notes_of_body):
    """The body with the block editor's notes where their marks were, and the library without them.

    A note called for twice stands twice; a mark whose note is nowhere stays a number.
    """
    notes, called = dict(library.footnotes), set()
    if "data-fn=" not in body:
        return body, library
    for found in _LIST.finditer(body):
        for item in _ITEM.finditer(found[0]):
            notes.setdefault(item["id"], _WAY_BACK.sub("", item["note"]))

    def put(mark):
        note = notes.get(mark["id"], "")
        if not note.strip():
            return mark[0]
        called.add(mark["id"])
        notes_of_body.tell("footnote put where its mark was", gone=mark[0], come=note)
        return in_the_text(note)

    body = _MARK.sub(put, body)
    if called:
        body = _LIST.sub(lambda found: _left_over(found[0], called, notes_of_body), body)
    left = {name: note for name, note in library.footnotes.items() if name not in called}
    return body, replace(library, footnotes=left)


def _left_over(listed, called, notes_of_body):
    """The list as rendered, without the notes that stand in the text now."""
    for item in _ITEM.finditer(listed):
        if item["id"] in called:
            notes_of_body.tell("footnote put where its mark was", gone=item["note"])
    rest = _ITEM.sub(lambda item: "" if item["id"] in called else item[0], listed)
    return rest if _ITEM.search(rest) else ""


def in_the_text(note):
    """A note as one line: what would begin a paragraph begins a new line."""
    line = " ".join(_PARAGRAPHS.sub("<br>", note.strip()).split())
    return f"<span {MARK}>{line}</span>"


def from_json(text: str) -> dict[str, str]:
    """The block editor keeps them beside the post: the id of the mark in the text → HTML."""
    try:
        notes = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return {}
    notes = [note for note in notes if isinstance(note, dict)] if isinstance(notes, list) else []
    return {
        str(note.get("id") or f"without an id, {place}"): str(note.get("content", ""))
        for place, note in enumerate(notes)
    }
