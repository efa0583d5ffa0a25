"""The addresses of a file: an export, a sitemap, an access log, or a list with one address a line. Streamed.

What the file is, its first bytes say and not its name; each may be packed with gzip.
"""

import gzip
import io
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode
from xml.parsers import expat

from informed_comment import old_forms
from wordpress import formats
from wordpress.models import Move
from wordpress.moving import receiving
from wordpress.reading.containers import Budget, Inflated
from wordpress.reading.records import Item, NotAWxr, Refused, Site
from wordpress.taking.addresses import old_path, source_name, split
from wordpress.taking.options import Options

HEAD = 8192
RESTRICTED = ("for ", "sent ")  # to members, by mail: as readers of other systems' exports put it
MOST_COUNTED = 400_000  # different addresses of a log that memory holds; of more, those asked once are let go
HIDDEN = frozenset(str.split("draft pending private trash auto-draft future"))
LINE = re.compile(r'"(?P<method>[A-Z]{3,8}) (?P<path>\S{1,4000}) HTTP/[\d.]{1,4}" (?P<status>\d{3})\b')
ANY_LINE = re.compile(r'^\S+ \S+ \S+ \[[^\]]*\] "')
WORKED = frozenset(("200", "206", "301", "302", "304", "307", "308"))
ASSET = re.compile(
    r"\.(?:css|js|mjs|map|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|eot|otf|mp[34]|m4[av]|ogg|webm|pdf|zip|gz|docx?|"
    r"xlsx?|pptx?|txt)$|^/wp-(?:content|includes)/",
    re.I,
)
NONSENSE = re.compile(
    r"^/(?:wp-(?:login|admin|cron|json|signup|trackback|comments-post|config|mail)|xmlrpc\.php|cgi-bin|\.|admin|read/|livez|"
    r"readyz|static/|media/|preview/|newsletter/|search/|robots\.txt|favicon)|[\"'<>\\{}|^`]|\.\./|\.(?:env|git|sql|bak|cgi|"
    r"aspx?|jsp|ya?ml|json|ini|log)(?:$|[/?])",
    re.I,
)


@dataclass(slots=True)
class Wanted:
    """An address and what is known of it. `item` is what stood there; `is_hidden`, that readers must not see it."""

    path: str
    file: str = ""
    line: int = 0
    hits: int = 0
    source: str = ""
    item: Item | None = None
    is_hidden: bool = False
    is_shared: bool = False  # something else in the file stood there before it


def addresses(paths, *, has_files=False):
    """Yields a Wanted for each address of the files; each address of a sitemap or log once a file."""
    seen = {}
    for path in paths:
        kind = kind_of(path)
        if kind == "export":
            yield from _of_export(path, seen, has_files)
        elif kind == "sitemap":
            yield from _of_sitemap(Path(path), has_files, {Path(path).resolve()})
        elif kind == "log":
            yield from _of_log(path, has_files)
        else:
            yield from _of_list(path)


@contextmanager
def opened(path):
    with Path(path).open("rb") as stream:
        is_packed = stream.read(2) == b"\x1f\x8b"
        stream.seek(0)
        size = Path(path).stat().st_size
        yield (
            io.BufferedReader(Inflated(gzip.GzipFile(fileobj=stream), Budget(size))) if is_packed else stream
        )


def kind_of(path):
    if Path(path).is_dir():
        return "export"
    with opened(path) as stream:
        head = stream.read(HEAD)
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if re.search(r"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", text):
        return "sitemap"
    lines = text.splitlines()[:5]
    if any(ANY_LINE.match(line) for line in lines):
        return "log"
    if lines and all(
        re.match(r"(?:https?://|/)\S*\s*$", line) for line in lines[:-1] or lines if line.strip()
    ):
        return "list"
    return "export"


def _of_export(path, seen, has_files):
    source, host = "", ""
    for record in formats.read(path, hints=_hints(path)):
        if isinstance(record, Site):
            source, host = source_name(record.address, record.file), record.file
        elif isinstance(record, Item):
            yield from _of_item(record, source, host or Path(path).name, seen, has_files)


def _hints(path):
    """What was said of the old site when this file was last taken in."""
    known = receiving.at_path(path)
    same = [{"digest": known["digest"], "size": known["size"]}]
    move = Move.objects.filter(files__contains=same).order_by("-id").first()
    return Options.from_json(move.options).hints if move else None


def _of_item(item, source, file, seen, has_files):
    if has_files and item.type == "attachment" and item.attachment_url:
        yield Wanted(split(item.attachment_url).path, file, item.line, source=source)
    if item.type not in ("post", "page"):
        return
    is_hidden = item.status in HIDDEN or item.status.startswith(RESTRICTED) or bool(item.password)
    path = old_path(item.link)
    if is_hidden and item.id:
        path = path or f"/?p={item.id}"
    if path and (is_hidden or item.status == "publish"):
        own = hash((source, item.type, item.id, item.slug))
        first = own if is_hidden else seen.setdefault(hash(path), own)
        yield Wanted(path, file, item.line, 0, source, item, is_hidden, is_shared=first != own)


class _Locations:
    """What a sitemap lists: pages, other sitemaps, pictures."""

    def __init__(self):
        self.found = []
        self.stack = []
        self.text = None

    def start(self, name, _attributes):
        self.stack.append(name.rpartition(":")[2].lower())
        self.text = [] if self.stack[-1] == "loc" else None

    def data(self, text):
        if self.text is not None and len(self.text) < 1000:
            self.text.append(text)

    def end(self, name):
        if self.text is not None:
            kind = self.stack[-2] if len(self.stack) > 1 else ""
            self.found.append((kind, "".join(self.text).strip()))
        self.text = None
        self.stack.pop()

    def doctype(self, *_):
        raise Refused("The sitemap has a DOCTYPE, which no sitemap has; it was not read.")


def locations(stream):
    """Yields (`url`, `sitemap` or `image`, address, line)."""
    reader, parser = _Locations(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reader.data, reader.doctype
    parser.buffer_text = True
    while True:
        part = stream.read(1 << 16)
        try:
            parser.Parse(part, not part)
        except expat.ExpatError as error:
            raise NotAWxr(f"The sitemap cannot be read beyond line {error.lineno}: {error}.") from error
        yield from ((kind, address, parser.CurrentLineNumber) for kind, address in reader.found)
        reader.found = []
        if not part:
            return


def _of_sitemap(path, has_files, read):
    """Its addresses, and those of the sitemaps it names that lie beside it."""
    with opened(path) as stream:
        for kind, address, line in locations(stream):
            if kind == "sitemap":
                beside = path.parent / Path(split(address).path).name
                if not beside.is_file():
                    raise NotAWxr(
                        f"{path.name} names {address}, which is not beside it. Save it in the same folder as {beside.name}."
                    )
                if beside.resolve() not in read:
                    read.add(beside.resolve())
                    yield from _of_sitemap(beside, has_files, read)
            elif (asked := asked_for(address)) and (kind == "url" or has_files):
                yield Wanted(asked, path.name, line)


def _of_log(path, has_files):
    """Each address that once worked, with how often it was asked for, most asked first."""
    hits, first = Counter(), {}
    with opened(path) as stream:
        for number, raw in enumerate(stream, 1):
            found = LINE.search(raw[:8000].decode("utf-8", "replace"))
            if not found or found["method"] not in ("GET", "HEAD") or found["status"] not in WORKED:
                continue
            asked = asked_for(found["path"])
            if not asked or NONSENSE.search(asked) or (not has_files and ASSET.search(asked)):
                continue
            hits[asked] += 1
            first.setdefault(asked, number)
            if len(hits) > MOST_COUNTED:
                hits = Counter({one: count for one, count in hits.items() if count > 1})
                first = {one: line for one, line in first.items() if one in hits}
    for asked, count in hits.most_common():
        yield Wanted(asked, Path(path).name, first[asked], count)


def _of_list(path):
    with opened(path) as stream:
        for number, raw in enumerate(stream, 1):
            if asked := asked_for(raw[:4000].decode("utf-8", "replace").strip()):
                yield Wanted(asked, Path(path).name, number)


def asked_for(address):
    """The path of an address, its query only as far as it says what is meant; empty for what is none."""
    parts = split(address)
    if not parts.path.startswith("/") and not (parts.netloc and not parts.path):
        return ""
    query = [(name, value) for name, value in parse_qsl(parts.query) if name in _MEANT]
    path = parts.path or "/"
    return f"{path}?{urlencode(query)}" if query and path in ("/", "/index.php") else path


_MEANT = frozenset(
    (*old_forms.KEPT_AS_ROWS, *str.split("category_name author_name year monthnum day feed paged"))
)
