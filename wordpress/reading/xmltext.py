"""Bytes of an export to text an XML parser takes, in constant memory; every repair is counted.

WordPress writes its exports by hand, so what plugins and old editors put into a database comes through:
control characters, Windows-1252 bytes in UTF-8, ampersands nobody escaped, warnings of PHP before the first tag.
"""

import codecs
import html
import re
from collections import Counter

from wordpress.reading.records import NotAWxr, Refused

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# XML allows these and no browser shows them; mostly they are punctuation of Windows-1252 that lost its way.
_WINDOWS = re.compile("[\x7f-\x9f]")
_STRAY_BYTE = re.compile("[\udc80-\udcff]")
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_KNOWN_ENCODING = re.compile(  # not UTF-16, in which nobody could have read the declaration
    r"(iso_?8859.*|latin.*|windows.*|cp12\d\d|koi8.*|gb.*|big5.*|euc.*|shift.*)$"
)
_OPENING = re.compile(r"<!\[CDATA\[|<!--|<\?|&")
_CLOSING = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_REFERENCE = re.compile(r"&(?:#(\d{1,8})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,32}));")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_LONGEST_REFERENCE = 36


def letter_of_windows(code):
    """The letter a byte stands for in Windows-1252; nothing for the five that stand for none."""
    return bytes([code]).decode("cp1252", "ignore") if code > 0x7F else ""


class XmlText:
    """Feed it bytes, take text; `repairs` counts what was mended, `first_line` says where each kind began."""

    def __init__(self):
        self.repairs = Counter()
        self.first_line = {}
        self.lines_dropped = 0
        self._decoder = None
        self._named = None
        self._line = 1
        self._held = ""
        self._inside = None

    def state(self) -> dict:
        """All that the next bytes depend on, as JSON."""
        kept, flag = self._decoder.getstate() if self._decoder else (b"", 0)
        return {
            "decoder": self._named,
            "kept": [*kept],
            "flag": flag,
            "line": self._line,
            "held": self._held,
            "inside": self._inside,
            "repairs": dict(self.repairs),
            "first_line": dict(self.first_line),
            "lines_dropped": self.lines_dropped,
        }

    @classmethod
    def restored(cls, state):
        text = cls()
        if state["decoder"]:
            text._decoder = text._new_decoder(*state["decoder"])
            text._decoder.setstate((bytes(state["kept"]), state["flag"]))
        text._line, text._held, text._inside = state["line"], state["held"], state["inside"]
        text.repairs.update(state["repairs"])
        text.first_line.update(state["first_line"])
        text.lines_dropped = state["lines_dropped"]
        return text

    def feed(self, data: bytes, *, final: bool = False) -> str:
        starts = self._decoder is None
        if starts:
            self._decoder = self._decoder_for(data)
        text = self._decoder.decode(data, final)
        if starts:
            text = self._without_preamble(text)
        text = _STRAY_BYTE.sub(self._mend_byte, text)
        text = _FORBIDDEN.sub(self._mend_control, text)
        text = _WINDOWS.sub(lambda found: letter_of_windows(ord(found[0])), text)
        self._line += text.count("\n")
        return self._escape(text, final=final)

    def _note(self, repair, line=None):
        self.repairs[repair] += 1
        if repair not in self.first_line:
            self.first_line[repair] = line() if line else self._line

    def _decoder_for(self, head):
        """By byte order mark, then by declaration; else UTF-8 whose stray bytes are mended one by one."""
        for mark, name in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
            if head.startswith(mark):
                return self._new_decoder(name, "replace")
        declared = _DECLARED.search(head[:1000])
        name = declared[1].decode("ascii").lower().replace("-", "_") if declared else "utf_8"
        if _KNOWN_ENCODING.match(name):
            try:
                return self._new_decoder(name, "replace")
            except LookupError:
                self._note("an encoding nobody knows, read as UTF-8")
        return self._new_decoder("utf-8-sig", "surrogateescape")

    def _new_decoder(self, name, errors):
        decoder = codecs.getincrementaldecoder(name)(errors=errors)
        self._named = [name, errors]
        return decoder

    def _without_preamble(self, text):
        starts = [place for place in (text.find("<?xml"), text.find("<rss")) if place >= 0]
        if not starts:
            raise NotAWxr("This is not a WordPress export: there is no <rss> at its beginning.")
        head, text = text[: min(starts)], text[min(starts) :]
        if "<!doctype" in head.lower():
            raise Refused("The file has a DOCTYPE, which no WordPress export has; it was not read.")
        if head.strip("\ufeff"):
            self._note("text before the XML declaration dropped")
            self.lines_dropped = head.count("\n")
            self._line += self.lines_dropped
        return text

    def _line_of(self, match):
        return lambda: self._line + match.string.count("\n", 0, match.start())

    def _mend_byte(self, match):
        self._note("bytes that are not UTF-8 read as Windows-1252", self._line_of(match))
        return bytes([ord(match[0]) - 0xDC00]).decode("cp1252", "replace")

    def _mend_control(self, match):
        self._note("control characters taken out", self._line_of(match))
        return " " if match[0] in "\x0b\x0c" else ""

    def _escape(self, text, *, final):
        """Escape bare ampersands and resolve HTML's names, outside CDATA, comments and instructions."""
        text, self._held = self._held + text, ""
        pieces, position = [], 0
        while position < len(text):
            if self._inside:
                end = text.find(self._inside, position)
                position, is_open = self._take(text, position, end, len(self._inside), pieces, final)
                if is_open:
                    break
                self._inside = None
                continue
            match = _OPENING.search(text, position)
            if not match:
                self._take(text, position, -1, len("<![CDATA["), pieces, final)
                break
            pieces.append(text[position : match.start()])
            if match[0] != "&":
                self._inside = _CLOSING[match[0]]
                pieces.append(match[0])
                position = match.end()
            elif not final and len(text) - match.start() < _LONGEST_REFERENCE:
                self._held = text[match.start() :]
                break
            else:
                reference, position = self._reference(text, match.start())
                pieces.append(reference)
        return "".join(pieces)

    def _take(self, text, position, end, length, pieces, final):
        """Take up to and with the mark found at `end`; without one, all but what could be its beginning."""
        if end >= 0:
            pieces.append(text[position : end + length])
            return end + length, False
        keep = len(text) if final else max(position, len(text) - length + 1)
        pieces.append(text[position:keep])
        self._held = text[keep:]
        return keep, True

    def _reference(self, text, position):
        def line():
            return self._line - text.count("\n", position)

        match = _REFERENCE.match(text, position)
        if match and match[3] in _XML_NAMES:
            return match[0], match.end()
        if match and match[3]:
            resolved = html.unescape(match[0])
            if resolved != match[0]:
                self._note("HTML entities resolved", line)
                return html.escape(resolved, quote=False), match.end()
        elif match:
            code = int(match[1]) if match[1] else int(match[2], 16)
            if 0x7F <= code <= 0x9F:
                return letter_of_windows(code), match.end()
            if code <= 0x10FFFF and not _FORBIDDEN.match(chr(code)):
                return match[0], match.end()
            self._note("control characters taken out", line)
            return "", match.end()
        self._note("bare ampersands escaped", line)
        return "&amp;", position + 1
