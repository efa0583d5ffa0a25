"""Files of redirects as a list of entries: Redirection's CSV and JSON, Yoast's CSV, any two columns, and .htaccess."""

import codecs
import csv
import io
import json
import re
import shlex
from dataclasses import dataclass

LARGEST = 64 * 1024 * 1024
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
APACHE = re.compile(
    r"^\s*(?:Redirect(?:Match|Permanent|Temp)?|Rewrite(?:Rule|Cond|Engine|Base))\s", re.I | re.M
)
PATTERN_SIGNS = re.compile(r"[()\[\]$^*]")
WORDS = {"permanent": "301", "temp": "302", "seeother": "303", "gone": "410"}
NAMES = {
    "source": str.split(
        "source origin old from path source_url old_url url_from redirect_from request source-url url"
    ),
    "target": str.split("target new to target_url new_url url_to redirect_to destination target-url"),
    "code": str.split("code type status_code http_code http_status action_code redirect_type"),
    "regex": str.split("regex format is_regex match"),
    "status": str.split("status enabled active"),
}


class CannotRead(Exception):
    """The file is none we know; the message says what would help."""


@dataclass(slots=True)
class Entry:
    """`unless` is why it was not meant for everybody, in words; empty where it was."""

    line: int
    source: str
    target: str = ""
    code: int = 301
    is_regex: bool = False
    is_enabled: bool = True
    unless: str = ""


def entries(content):
    """The entries of a file's bytes, in order. Raises CannotRead."""
    if len(content) > LARGEST:
        raise CannotRead("The file is larger than 64 MB. Split it, and import the parts one after the other.")
    text = decoded(content)
    if text.lstrip().startswith(("{", "[")):
        return of_json(text)
    return of_apache(text) if APACHE.search(text) else of_table(text)


def decoded(content):
    """As its first bytes say; else UTF-8, and where it is none, what Windows writes."""
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def code_of(text):
    found = re.search(r"\d{3}", WORDS.get(str(text).lower(), str(text)))
    return int(found[0]) if found else 301


# Tables


def of_table(text):
    first = text.lstrip("\r\n").partition("\n")[0]
    sign = max(",;\t|", key=first.count)
    if not first.count(sign):
        raise CannotRead(
            "The file has no columns. Give the old address in the first and the new one in the second."
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    columns = columns_of(rows[0][1])
    if columns:
        rows = rows[1:]
    columns = columns or {"source": 0, "target": 1, "regex": 2, "code": 3}
    return [of_row(line, row, columns) for line, row in rows]


def columns_of(row):
    """{what: place} by the words at the head; empty where the first line is no head."""
    heads = [cell.strip().lower().replace(" ", "_") for cell in row]
    found = {}
    for what, names in NAMES.items():
        place = next((heads.index(name) for name in names if name in heads), None)
        if place is not None:
            found[what] = place
    return found if "source" in found else {}


def of_row(line, row, columns):
    def cell(what):
        place = columns.get(what)
        return row[place].strip() if place is not None and place < len(row) else ""

    source = unescaped(cell("source"))
    said = cell("regex").lower()
    is_regex = said in ("1", "regex", "true", "yes") if said else bool(PATTERN_SIGNS.search(source))
    is_enabled = cell("status").lower() not in ("disabled", "0", "inactive", "false", "no")
    return Entry(line, source, unescaped(cell("target")), code_of(cell("code") or 301), is_regex, is_enabled)


def unescaped(cell):
    """Without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return cell[1:] if re.match(r"'[=+\-@/^]", cell) else cell


# Redirection's JSON


def of_json(text):
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CannotRead(f"The JSON cannot be read: {error}. Export it again.") from error
    rows = told.get("redirects") if isinstance(told, dict) else told
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise CannotRead("The JSON holds no list of redirects. Export it with Redirection, as JSON.")
    groups = told.get("groups") if isinstance(told, dict) else None
    off = {
        group.get("id")
        for group in (groups if isinstance(groups, list) else ())
        if isinstance(group, dict) and (group.get("enabled") is False or group.get("status") == "disabled")
    }
    return [of_object(number, row, off) for number, row in enumerate(rows, 1)]


def of_object(number, row, off):
    """`line` is its number within the list, for a JSON has no lines to speak of."""
    action = row.get("action_data")
    target = action.get("url", "") if isinstance(action, dict) else action
    kind, match = str(row.get("action_type") or "url"), str(row.get("match_type") or "url")
    unless = ""
    if match != "url":
        unless = f"depends on {match}, which is not asked here"
    elif kind not in ("url", "error"):
        unless = f"does something else than lead on ({kind})"
    is_enabled = row.get("enabled", row.get("status") != "disabled") and row.get("group_id") not in off
    source = row.get("url") or row.get("source") or row.get("origin") or ""
    flags = row.get("match_data") if isinstance(row.get("match_data"), dict) else {}
    flags = flags.get("source") if isinstance(flags.get("source"), dict) else {}
    return Entry(
        number,
        str(source).strip(),
        str(target or row.get("target") or "").strip(),
        code_of(row.get("action_code") or row.get("type") or 301),
        bool(row.get("regex") or flags.get("flag_regex") or row.get("format") == "regex"),
        bool(is_enabled),
        unless,
    )


# Apache's own


def of_apache(text):
    found, is_conditional = [], False
    for number, line in enumerate(text.splitlines(), 1):
        try:
            words = shlex.split(line, comments=True, posix=False)
        except ValueError:
            words = line.split()
        words = [word.strip("\"'") for word in words]
        deed = words[0].lower() if words else ""
        if deed.startswith("redirect"):
            found += of_redirect(number, deed, words[1:])
        elif deed == "rewritecond":
            is_conditional = True
        elif deed == "rewriterule":
            found += of_rewrite(number, words[1:], is_conditional)
            is_conditional = False
    return found


def of_redirect(number, deed, words):
    code = {"redirectpermanent": 301, "redirecttemp": 302}.get(deed, 302)
    if words and (words[0].isdecimal() or words[0].lower() in WORDS):
        code, words = code_of(words[0]), words[1:]
    if not words:
        return []
    return [Entry(number, words[0], words[1] if len(words) > 1 else "", code, deed == "redirectmatch")]


def of_rewrite(number, words, is_conditional):
    """Of the rules that lead a reader on; WordPress's own rules, which do not, are passed over."""
    flags = words[2].strip("[]").upper().split(",") if len(words) > 2 else []
    code = next((flag.partition("=")[2] or "302" for flag in flags if re.match(r"R(?:=|$)", flag)), "")
    code = "410" if "G" in flags else code
    if not code or len(words) < 2:
        return []
    source = f"^/{words[0].removeprefix('^').removeprefix('/')}"
    unless = "depends on a condition of the server" if is_conditional else ""
    return [Entry(number, source, "" if words[1] == "-" else words[1], code_of(code), True, True, unless)]
