"""Uploads of the old site: library records for all of them, files for those that can be found."""

import hashlib
import mimetypes
import re
from functools import partial
from html import escape
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files import File

from images import documents, keeping
from images.models import Document, Image
from informed_comment.html import plain_text
from wordpress.bodies import footnotes
from wordpress.bodies.media import MEDIA_FILE, elsewhere, original, paths_of, plain_path, without_resizing
from wordpress.content import Library, Picture
from wordpress.models import Imported
from wordpress.taking import returned
from wordpress.taking.addresses import host_of, hosts_of, joined, split
from wordpress.taking.folder import Folder

REMEMBERED = 5_000
_COMPLETE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/#?]")


class Uploads:
    def __init__(self, run, folder):
        self.run = run
        self.folder = Folder(folder) if folder else None
        self.hosts = set()
        self.reusable = {}
        self.own_hosts = hosts_of(run.site)
        self.given = []  # to the text that is being made: (address, path of the upload there)
        self._rows = {}

    def address_of(self, url):
        """The path an upload is known by; empty for one on a site that is none of ours."""
        parts = split(without_resizing(url))
        host = (parts.hostname or "").removeprefix("www.")
        is_known = not host or host in self.hosts or self.is_own(url) or self.is_of_system(url)
        return plain_path(parts.path) if is_known else ""

    def is_own(self, url):
        """On one of the hosts the old site had, which may have stood under several names."""
        return host_of(url) in self.own_hosts

    def is_of_system(self, url):
        """Where the old system keeps the pictures of all its sites."""
        return host_of(url) in self.run.site.media_hosts

    def note_host(self, item):
        """A guid that names the item's own id was made by this site, under the name it had then."""
        if item.id and re.search(rf"/\?(?:p|page_id)={item.id}$", item.guid):
            self.own_hosts.add(host_of(item.guid))

    # Taking attachments in

    def take(self, item, key, row):
        """Makes the library's record of one attachment, or finds the file it still lacks. Returns what was done."""
        url = item.attachment_url or item.guid
        if not url.startswith(("http://", "https://", "/")):
            return "skipped", "upload without an address"
        self.hosts.add(host_of(url))
        attached = item.meta_value("_wp_attached_file")
        if row:
            return self._complete(row, url, attached)
        path = self._path(url, attached)
        if self.run.is_dry_run:
            return "new", ""
        kept = self._keep(item, url, path)
        self._record(key, kept, self.address_of(url), item.parent)
        return "new", ""

    def _record(self, key, kept, address, parent=None):
        which = {"image": kept} if isinstance(kept, Image) else {"document": kept}
        return Imported.objects.create(
            source=self.run.source, kind="upload", key=key, address=address, parent=parent, **which
        )

    def _path(self, url, attached=""):
        path = self.folder.find(url, attached) if self.folder else None
        if path is None:
            self.run.report.missing_file(url if url.startswith("http") else f"{self.run.site.address}{url}")
        return path

    def _keep(self, item, url, path):
        details = {
            "title": item.title[:300],
            "source_url": url[:1000],
        }
        if not _is_picture(url, path):
            return self._document(path, url, returned.upload(item, details, has_file=bool(path)))
        details |= {
            "alt": item.meta_value("_wp_attachment_image_alt")[:500],
            "caption": plain_text(item.excerpt),
        }
        return self._image(path, url, returned.upload(item, details, has_file=bool(path)))

    def _image(self, path, url, details):
        if path:
            try:
                with path.open("rb") as file:
                    return keeping.keep_image(file, name=path.name, **details)
            except ValidationError as error:
                self.run.report.odd(f"{url}: {' '.join(error.messages)}")
        return Image.objects.create(**details)

    def _document(self, path, url, details):
        document = Document(**details, mime_type=(mimetypes.guess_type(split(url).path)[0] or "")[:100])
        self._put(document, path, url)
        document.save()
        return document

    def _put(self, document, path, url):
        """Only kinds that no browser takes for a page or a program."""
        if path is None:
            return
        if path.suffix.lower() not in documents.KINDS:
            self.run.report.odd(f"{url}: files of the kind {path.suffix or 'without a name'} are not kept")
            return
        with path.open("rb") as file:
            document.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            document.size = path.stat().st_size
            document.file.save(path.name, File(file), save=False)

    def _complete(self, row, url, attached):
        """A later run may bring the file."""
        kept = row.image or row.document
        if kept is None:
            return "skipped", "deleted here since"
        if kept.file:
            return "unchanged", ""
        path = self._path(url, attached)
        if path is None:
            return "unchanged", ""
        if self.run.is_dry_run:
            return "changed", ""
        self._rows.clear()
        if row.document:
            self._put(kept, path, url)
            kept.save()
        else:
            try:
                with path.open("rb") as file:
                    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                    keeping.fill_image(kept, File(file, name=path.name), sha256=sha256)
            except ValidationError as error:
                kept.file = ""
                self.run.report.odd(f"{url}: {' '.join(error.messages)}")
        return ("changed" if kept.file else "unchanged"), ""

    # Answering for bodies

    def library(self, item):
        self.given = []
        return Library(
            picture=self.by_id,
            picture_at=self.at,
            discover=self.discover,
            pictures=partial(self.of_post, item.id),
            pictures_of=self.of_post,
            reusable=self.reusable.get,
            link=partial(self.link, base=item.link),
            base=item.link,
            footnotes=footnotes.from_json(item.meta_value("footnotes")),
        )

    def by_id(self, number):
        row = self._row(key=str(number))
        return row and self._picture(row, number)

    def image_of(self, number):
        """The library's image for an attachment id there, for lead images."""
        row = self._row(key=str(number)) if number.isdigit() else None
        return row.image if row else None

    def image_over(self, lead):
        """The library's image for the address of a picture over a post, wherever it lies."""
        known = paths_of(lead.address) if self.address_of(lead.address) else [elsewhere(lead.address)]
        if not (self._row(address__in=known) or self.discover(lead.address, is_wanted=True)):
            return None
        row = self._row(address__in=known)
        image = row and row.image
        if image and lead.alt and not image.alt:
            image.alt = lead.alt[:500]
            Image.objects.filter(pk=image.pk).update(alt=image.alt)
        return image

    def of_post(self, number):
        rows = self._all().filter(parent=number, image__isnull=False).order_by("id") if number else ()
        return [self._picture(row, _id(row)) for row in rows]

    def at(self, url):
        address = self.address_of(url)
        row = self._row(address__in=paths_of(url)) if address else None
        return row and self._picture(row, _id(row))

    def discover(self, url, *, is_wanted=False):
        """A picture of the old site that the export does not list, taken into the library as it is found.

        One that `is_wanted` may lie anywhere on the web.
        """
        is_plain = self.is_of_system(url) or is_wanted
        address = self.address_of(url) if self.is_own(url) or self.is_of_system(url) else ""
        is_media = address.startswith("/") and "/wp-includes/" not in address
        if not (is_media and (is_plain or MEDIA_FILE.search(address))):
            if not (is_wanted and host_of(url)):
                self.run.report.notes["picture on another site, shown as a link"] += 1
                return None
            address = elsewhere(url)
        source = original(url)
        address = address if address.startswith("//") else plain_path(split(source).path)
        if source.startswith("/"):
            source = f"{self.run.site.address}{source}"
        path = (self.folder and self.folder.find(url)) or self._path(source)
        if self.run.is_dry_run:
            return None
        details = {"title": PurePosixPath(address).name[:300], "source_url": source[:1000]}
        row = self._record(f"at {address}"[:500], self._image(path, source, details), address)
        self._rows.clear()
        return self._picture(row, 0)

    def link(self, url, *, base=""):
        """Links within the old site become paths, which its redirects answer; uploads lead to their files.

        One that begins at the page it stood on, at `base`, is one within the site too.
        """
        if base and url and not _COMPLETE.match(url):
            url = joined(base, url)
        if host_of(url).endswith(".wp.com"):
            url = without_resizing(url)  # a picture by way of the CDN in front of the old site
        if not url.startswith(("http://", "https://")) or not host_of(url) or not self.is_own(url):
            return url
        parts = split(url)
        if "/wp-content/" in parts.path or (parts.hostname or "").endswith(".files.wordpress.com"):
            row = self._row(address__in=paths_of(url))
            kept = row and (row.image or row.document)
            target = kept.file.url if kept and kept.file else url
            self.given.append((target, row.address if row else plain_path(split(original(url)).path)))
            return target
        path = parts._replace(scheme="", netloc="").geturl()
        return path if path.startswith("/") and not path.startswith("//") else f"/{path.lstrip('/')}"

    def _picture(self, row, number):
        kept = row.image or row.document
        if kept is None:
            return None
        url = kept.file.url if kept.file else kept.source_url
        self.given.append((url, row.address))
        alt, caption = getattr(kept, "alt", ""), escape(getattr(kept, "caption", ""), quote=False)
        return Picture(number, url, alt, caption, kept.title, row.image_id)

    def _all(self):
        rows = Imported.objects.filter(source=self.run.source, kind="upload")
        return rows.select_related("image", "document")

    def _row(self, **which):
        """One row, remembered: a body often shows a picture several times, a site its logo always."""
        asked = str(which)
        if asked not in self._rows:
            if len(self._rows) > REMEMBERED:
                self._rows.clear()
            found = {row.address: row for row in self._all().filter(**which).order_by("-id")}
            wanted = which.get("address__in", list(found))
            self._rows[asked] = next((found[address] for address in wanted if address in found), None)
        return self._rows[asked]

    def forget(self):
        self._rows.clear()


def _is_picture(url, path):
    return bool(MEDIA_FILE.search(split(url).path) or (path and MEDIA_FILE.search(path.name))) or (
        "." not in PurePosixPath(split(url).path).name
    )


def _id(row):
    return int(row.key) if row.key.isdigit() else 0
