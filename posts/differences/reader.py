"""Reads cleaned HTML into blocks."""

import html
import re

from posts.differences.blocks import MARKS, TAG, VOID, WORD, Block, Word

ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
KINDS = {
    "p": "Paragraph",
    "h2": "Heading",
    "h3": "Heading",
    "h4": "Heading",
    "li": "List item",
    "blockquote": "Quotation",
    "pre": "Preformatted text",
    "dt": "Term",
    "dd": "Definition",
    "td": "Table cell",
    "th": "Table heading",
    "caption": "Table caption",
    "figcaption": "Caption",
    "figure": "Figure",
    "div": "Passage",
}
NOT_SHOWN = {"ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr"}
TOLD = {  # what of an element is compared beside its words
    "ol": ("start", "reversed", "type"),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan", "scope"),
    "a": ("href", "title", "hreflang"),
    "abbr": ("title",),
    "time": ("datetime",),
    "figure": ("class",),
}
NEAR = 40  # elements around a place that are looked at; nobody reads what is nested deeper


def of(around, piece):
    """The blocks of a piece."""
    reader = Reader()
    for tag in TAG.finditer(around):
        reader.enter(tag[2], attributes_of(tag))
    return reader.read(piece)


def attributes_of(tag):
    return {name: html.unescape(value) for name, value in ATTRIBUTE.findall(tag[3])} if tag[3] else {}


class Reader:
    """Goes through HTML once; `open` holds the elements around the place it is at."""

    def __init__(self):
        self.blocks, self.words, self.notes, self.open, self.aside = [], [], [], [], []
        self.marks, self.marks_before, self.preformatted = (), [], 0

    def read(self, source):
        at = 0
        for tag in TAG.finditer(source):
            if at < tag.start():
                self.say(source[at : tag.start()])
            at = tag.end()
            if tag[2] in VOID:
                self.put(tag[2], attributes_of(tag))
            elif tag[1]:
                self.leave(tag[2])
            else:
                self.enter(tag[2], attributes_of(tag))
        if at < len(source):
            self.say(source[at:])
        self.end_block()
        return self.blocks

    def say(self, text):
        text = html.unescape(text) if "&" in text else text
        if self.preformatted:
            for number, line in enumerate(text.split("\n")):
                self.words += [Word("\n", "", self.marks)] * bool(number)
                self.words += [Word(word, space, self.marks) for word, space in WORD.findall(line)]
            return
        if text[0].isspace() and self.words:
            self.words[-1] = self.words[-1]._replace(space=" ")
        self.words += [Word(word, space and " ", self.marks) for word, space in WORD.findall(text)]

    def put(self, tag, attributes):
        """An element that holds nothing."""
        if tag == "br":
            self.words.append(Word("\n", "", self.marks))
        elif tag == "hr":
            self.end_block()
            self.blocks.append(Block("Rule", [Word("———")]))
        else:
            self.picture(attributes)

    def picture(self, attributes):
        address = attributes.get("src", "")
        alt = attributes.get("alt", "")
        if not any(tag == "figure" for tag, _ in self.open[-NEAR:]):
            self.words.append(Word(alt or "picture", " ", (*self.marks, ("img", address, alt)), address))
            return
        self.end_block()
        words = [Word(word, space and " ") for word, space in WORD.findall(alt)]
        told = {"picture": address, "placing": self.around("figure").get("class", "")}
        link = next((dict(attrs) for tag, attrs in self.open[-NEAR:] if tag == "a"), {})
        self.emit("Picture", words or [Word("(without a description)")], told | link_told(link))

    def enter(self, tag, attributes):
        if tag in MARKS:
            self.open.append((tag, attributes))
            self.marks_before.append(self.marks)
            if tag == "span" and "footnote" in attributes.get("class", ""):
                self.aside.append((len(self.open), self.words))
                self.words, self.marks = [], ()
            elif len(self.marks) < NEAR:
                self.marks = (*self.marks, mark_of(tag, attributes))
            return
        self.end_block()
        self.open.append((tag, attributes))
        self.preformatted += tag == "pre"

    def leave(self, tag):
        if not self.open or self.open[-1][0] != tag:
            return
        if tag not in MARKS:
            self.end_block()
            self.open.pop()
            self.preformatted -= tag == "pre"
            return
        self.marks = self.marks_before.pop()
        is_note = self.aside and self.aside[-1][0] == len(self.open)
        _, attributes = self.open.pop()
        if is_note:
            said, (_, self.words) = self.words, self.aside.pop()
            self.words.append(Word("[note]", " ", self.marks))
            self.notes.append(Block("Footnote", tidy(said), {}, *language_of([attributes])))

    def end_block(self):
        """What has been said since the last one is a block."""
        if words := tidy(self.words):
            self.words = []
            inner = [(tag, attrs) for tag, attrs in self.open[-NEAR:] if tag not in MARKS]
            told = {}
            for tag, attributes in inner[-2:]:
                told |= {
                    f"{tag} {name}": attributes[name] for name in TOLD.get(tag, ()) if name in attributes
                }
            self.emit(*self.kind_of(inner, told, words))
        self.blocks += self.notes
        self.words, self.notes = [], []

    def kind_of(self, inner, told, words):
        tags = [tag for tag, _ in inner]
        if "figure" in tags and tags[-1] == "figure":
            figure = self.around("figure")
            address = next((value for name, value, *_ in marks_of(words, "a")), figure.get("data-embed", ""))
            return "Embed", [word._replace(marks=()) for word in words], {"address": address}
        tag = next((tag for tag in reversed(tags) if tag not in NOT_SHOWN), "p")
        if tag == "p" and len(tags) > 1:
            tag = next((tag for tag in reversed(tags[:-1]) if tag not in NOT_SHOWN), "p")
        if tag in ("h2", "h3", "h4"):
            told["level"] = tag[1]
        if tag == "li":
            lists = [tag for tag in tags if tag in ("ul", "ol")]
            told |= {"list": "numbered" if lists[-1:] == ["ol"] else "with dots", "depth": str(len(lists))}
        return KINDS.get(tag, "Paragraph"), words, told

    def emit(self, kind, words, told):
        self.blocks.append(Block(kind, words, told, *language_of(attrs for _, attrs in self.open[-NEAR:])))

    def around(self, name):
        return next((attrs for tag, attrs in reversed(self.open[-NEAR:]) if tag == name), {})


def marks_of(words, name):
    return [mark for word in words for mark in word.marks if mark[0] == name]


def mark_of(tag, attributes):
    told = [*TOLD.get(tag, ()), "lang", "dir"]
    return (tag, " ".join(attributes[name] for name in told if name in attributes))


def link_told(link):
    return {"address": link["href"]} if "href" in link else {}


def language_of(elements):
    """`lang` and `dir` of the innermost element that says so."""
    lang = direction = ""
    for attributes in elements:
        lang, direction = attributes.get("lang", lang), attributes.get("dir", direction)
    return lang, direction


def tidy(words):
    """Without blanks and line ends at the edges."""
    while words and words[-1].text == "\n":
        words = words[:-1]
    if words and words[-1].space:
        words = [*words[:-1], words[-1]._replace(space="")]
    return words
