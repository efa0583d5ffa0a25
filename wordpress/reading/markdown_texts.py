"""One Markdown file: where it stood on the old site, what its front matter says of it, and its text as HTML."""

import posixpath
import re
from html import escape
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from wordpress.reading import templating
from wordpress.reading.front_matter import as_text
from wordpress.reading.making import address, item, moment, moments
from wordpress.reading.marked import marked
from wordpress.reading.records import Filing, Lead

_DATED = re.compile(r"^(\d{4}-\d{1,2}-\d{1,2})-(.+)$")
_ROOTS = re.compile(r"^(?:src/)?(?:content|pages|data/blog|_posts|_drafts|_pages|source/_posts|source)/")
_OF_POSTS = re.compile(
    r"(^|/)(_posts|_drafts|posts?|blog|articles?|news|journal|notes|writing|essays)/", re.I
)
_OF_PAGES = re.compile(r"(^|/)_?pages/", re.I)
_WHERE_FILES_LIE = (
    "static",
    "public",
    "assets",
    "src/assets",
    "source",
    "src",
    "content",
    "static/images",
    "images",
)
_IMAGE = re.compile(r"""(<img\b[^>]*?\ssrc\s*=\s*)(["'])(.*?)\2""", re.I | re.S)
_LINK = re.compile(r"""(<a\b[^>]*?\shref\s*=\s*)(["'])(.*?)\2""", re.I | re.S)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.I)
_LOST = frozenset({"index", "_index"})


class Texts:
    """What the files of one folder share."""

    def __init__(self, bundle, pattern, has_sections):
        self.bundle, self.pattern, self.has_sections = bundle, pattern, has_sections
        self.by_stem = {}
        for entry in bundle.entries:
            if entry.ending in (".md", ".markdown", ".mdx"):
                self.by_stem.setdefault(PurePosixPath(entry.name).stem, entry.name)

    def item(self, name, said, body, line):
        return _Text(self, name, said).item(body, line)

    # Paths within the folder

    def file(self, near, path):
        """`/path/in/the/folder` of a picture a text names; the path as it stands where there is no such file."""
        path = unquote(path.split("?")[0].split("#")[0])
        if _ELSEWHERE.match(path) or not path:
            return path
        folder = posixpath.dirname(near)
        tried = [path.lstrip("/")] if path.startswith("/") else [posixpath.join(folder, path), path]
        tried += [f"{root}/{path.lstrip('/')}" for root in _WHERE_FILES_LIE]
        found = next((one for one in map(posixpath.normpath, tried) if one in self.bundle.names), "")
        return f"/{found}" if found else path

    def text_at(self, near, path):
        """The address of another text of the folder, named by its path or by what it is called."""
        bare = unquote(path.split("#")[0])
        tried = [posixpath.normpath(posixpath.join(posixpath.dirname(near), bare)), bare.lstrip("/")]
        found = next((one for one in tried if one in self.bundle.names), "")
        found = found or self.by_stem.get(
            PurePosixPath(bare).stem if bare.endswith(".md") else PurePosixPath(bare).name, ""
        )
        return _Text(self, found, None).plain_path() if found else ""


class _Text:
    def __init__(self, texts, name, said):
        self.texts, self.name, self.said = texts, name, said
        self.notes, self.problems = {}, []
        path = PurePosixPath(name)
        stem = path.parent.name if path.stem in _LOST and path.parent.name else path.stem
        dated = _DATED.match(stem)
        self.dated, self.stem = (dated[1], dated[2]) if dated else ("", stem)

    # What it is

    def is_page(self):
        layout = self.said.text("layout").lower()
        if layout in ("page", "pages", "about") or _OF_PAGES.search(self.name):
            return True
        if layout in ("post", "posts", "article", "blog") or self.dated or _OF_POSTS.search(self.name):
            return False
        return self.said.any("date") is None

    def status(self, date):
        said = self.said
        is_draft = said.is_true("draft") or said.is_false("published") or "_drafts/" in self.name
        is_draft = is_draft or said.text("status").lower() in ("draft", "private", "hidden", "unpublished")
        return "draft" if is_draft or said.is_false("publish") else "publish"

    def date(self):
        value = self.said.any("date")
        if value is not None and moment(value) is None:
            self.problems.append(("odd", f"its date, {as_text(value)!r}, is none"))
        return moments("published", value if value is not None and moment(value) else self.dated)

    def item(self, body, line):
        said, date = self.said, self.date()
        is_page, slug = self.is_page(), said.text("slug") or self.stem
        if not said.text("title"):
            self.problems.append(("odd", "it has no title; known by its first words"))
        authors = [Filing("author", "", name) for name in said.many("authors")]
        categories, tags = said.many("categories"), said.many("tags")
        if self.texts.has_sections and tags and not categories:
            categories = tags[:1]
        made = item(
            "page" if is_page else "post",
            status=self.status(date),
            title=said.text("title"),
            link=self.link(slug, date, is_page, categories),
            guid=self.name,
            file=f"{self.texts.bundle.name}/{self.name}",
            slug=slug,
            **date,
            **moments("modified", said.any("modified")),
            content=self.html(body),
            excerpt=escape(said.text("excerpt"), quote=False),
            is_sticky=said.is_true("sticky") or said.is_true("pinned") or said.is_true("featured"),
            terms=[
                *authors,
                *(Filing("category", "", one) for one in categories),
                *(Filing("post_tag", "", one) for one in tags),
            ],
            meta=self.meta(),
            line=line,
            lead=self.lead(),
            aliases=said.many("aliases"),
            notes=self.notes,
        )
        return made, self.problems

    def meta(self):
        told = {
            "_yoast_wpseo_title": self.said.text("seo_title"),
            "_yoast_wpseo_metadesc": self.said.text("seo_description"),
            "_yoast_wpseo_canonical": self.said.text("canonical"),
        }
        return {name: [words] for name, words in told.items() if words}

    # Where it stood

    def plain_path(self):
        """Where the folder puts it, if nothing else is said."""
        path = _ROOTS.sub("", str(PurePosixPath(self.name).with_suffix("")))
        folder = posixpath.dirname(path)
        if PurePosixPath(path).name in _LOST:
            folder = posixpath.dirname(folder)
        if "_posts/" in self.name and self.dated:
            year, month, day = self.dated.split("-")
            return f"/{year}/{int(month):02}/{int(day):02}/{self.stem}.html"
        return re.sub("/{2,}", "/", f"/{folder.lower()}/{self.stem.lower()}/")

    def link(self, slug, date, is_page, categories):
        told = self.said.text("permalink")
        pattern = told if told and not told.startswith(("http://", "https://")) else ""
        if told and not pattern:
            return told
        if not pattern and (is_page or not self.texts.pattern):
            path = self.plain_path()
            head, _, tail = path.rstrip("/").rpartition("/")
            ending = path[len(path.rstrip("/")) :]
            suffix = ".html" if tail.endswith(".html") else ""
            return f"{head}/{slug}{suffix}{ending}" if self.said.text("slug") else path
        at = date["published_at"] or date["published_local"]
        section = posixpath.dirname(_ROOTS.sub("", self.name)).lower()
        parts = (
            {"year": f"{at:%Y}", "month": f"{at:%m}", "day": f"{at:%d}", "y_day": f"{at:%j}"} if at else {}
        )
        parts |= {"i_month": str(at.month), "i_day": str(at.day), "short_year": f"{at:%y}"} if at else {}
        parts |= dict.fromkeys(("title", "slug", "slugorfilename", "filename", "contentbasename"), slug)
        return address(
            pattern or self.texts.pattern,
            **parts,
            section=section,
            sections=section,
            categories="/".join(_slug(one) for one in categories),
        )

    # What it says

    def lead(self):
        value, alt, caption = (
            self.said.any("image"),
            self.said.text("image_alt"),
            self.said.text("image_caption"),
        )
        if isinstance(value, list):
            value = value[0] if value else ""
        if isinstance(value, dict):
            keys = {str(key).lower(): one for key, one in value.items()}
            alt = as_text(keys.get("alt")) or alt
            caption = as_text(keys.get("caption")) or as_text(keys.get("title")) or caption
            value = next(
                (
                    keys[key]
                    for key in ("src", "url", "path", "image", "file", "feature", "teaser", "relative")
                    if as_text(keys.get(key))
                ),
                "",
            )
        path = as_text(value)
        return Lead(self.texts.file(self.name, path), alt, re.sub(r"<[^>]*>", "", caption)) if path else None

    def html(self, body):
        text = templating.plain(body, self.notes, path_of=lambda path: self.texts.text_at(self.name, path))
        html = text if self.name.endswith((".html", ".htm")) else marked(text)
        html = _IMAGE.sub(lambda found: f"{found[1]}{found[2]}{self._picture(found[3])}{found[2]}", html)
        return _LINK.sub(lambda found: f"{found[1]}{found[2]}{self._target(found[3])}{found[2]}", html)

    def _picture(self, source):
        if _ELSEWHERE.match(source):
            return source
        path = self.texts.file(self.name, source)
        return quote(path, safe="/%:?=&;~+@!$'()*,") if path.startswith("/") else escape(path)

    def _target(self, href):
        """A link to another file leads to what was made of it."""
        path = urlsplit(href).path if not _ELSEWHERE.match(href) and "[" not in href else ""
        if path.endswith((".md", ".markdown", ".mdx")):
            mark = href.partition("#")[2]
            found = self.texts.text_at(self.name, path)
            return (found + (f"#{mark}" if mark else "")) if found else href
        if path and not path.startswith("/") and "." in PurePosixPath(path).name:
            return self._picture(href)
        return href


def _slug(text):
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")
