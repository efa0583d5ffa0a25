"""Authors of the old site, by their login there."""

import re

from django.utils.text import slugify

from authors.models import Author, AuthorLink
from informed_comment.html import clean_html
from posts.models import Byline
from wordpress.bodies.autop import autop
from wordpress.models import Imported, known_rows
from wordpress.reading.records import Author as AuthorRecord
from wordpress.reading.records import Lead
from wordpress.taking.addresses import address_on_the_web, slug_of

_GUEST = re.compile(r"^cap-")


def nicename(login: str) -> str:
    """What WordPress makes of a login for the author's address."""
    return slugify(login.replace(".", "-").replace("@", ""))


def name_without_address(login: str) -> str:
    """A login may be an e-mail address, which readers must not see."""
    return login.partition("@")[0] if "@" in login else login


class People:
    def __init__(self, run):
        self.run = run
        self._rows = known_rows(run, "author")
        self._known, self._names = {}, None

    def declare(self, record):
        """An author the export describes, whether or not anything is signed by them."""
        login = record.login or nicename(record.display_name)
        if not login:
            self.run.report.odd("author without login or name left out", record, self.run.file)
            return
        full = f"{record.first_name} {record.last_name}".strip()
        author = self.ensure(login, name=record.display_name or full, record=record)
        if record.id and author:
            self.run.redirects.lead(f"/?author={record.id}", author.get_absolute_url())

    def guest(self, item):
        """A guest author of Co-Authors Plus: a post of its own, which may be linked to an account."""
        said = {key.removeprefix("cap-"): item.meta_value(key).strip() for key in item.meta}
        login = said.get("user_login") or item.slug
        full = f"{said.get('first_name', '')} {said.get('last_name', '')}".strip()
        record = AuthorRecord(
            id=None,
            login=login,
            email=said.get("user_email", ""),
            display_name=said.get("display_name") or item.title or full,
            first_name="",
            last_name="",
            bio=autop(said.get("description", "")),
            website=said.get("website", ""),
        )
        picture = self.run.uploads.image_of(item.meta_value("_thumbnail_id").strip())
        linked = said.get("linked_account", "")
        author = self.ensure(linked) if linked and self._key(linked) in self._rows else None
        self.ensure(login, name=record.display_name, record=record, author=author, portrait=picture)

    def _key(self, login):
        return _GUEST.sub("", nicename(login)) or login[:500]

    def ensure(self, login, *, name="", record=None, author=None, portrait=None):
        """The author of that login, made if need be; None once deleted here, and in a dry run.

        `record` is what is said of them; `author`, who it is if that is known already.
        """
        key = self._key(login)
        if key in self._known:
            return self._known[key]
        row = (
            Imported.objects.filter(source=self.run.source, kind="author", key=key)
            .select_related("author")
            .first()
        )
        self.run.report.thing("authors", key, is_new=row is None)
        if row is None and record is None and not name:
            self.run.report.author_made(name_without_address(login))
        if row is None and not self.run.is_dry_run:
            row = self._make(key, login, name or name_without_address(login), record, author)
            if record and row.author:
                self._fill(row.author, record, portrait)
        self._known[key] = row.author if row else None
        return self._known[key]

    def _make(self, key, login, name, record, author):
        shown = "" if "@" in login else slug_of(key)
        slug = (record and slug_of(record.slug)) or shown or slugify(name_without_address(login))
        slug = (slug or slugify(name, allow_unicode=True))[:190] or "author"
        author = author or Author.objects.filter(slug=slug).first()
        if author is None:
            author = Author.objects.create(name=name_without_address(name)[:200], slug=slug)
        for old in dict.fromkeys((nicename(login), slug)):
            self.run.redirects.lead(f"/author/{old}/", author.get_absolute_url())
        row = Imported.objects.create(source=self.run.source, kind="author", key=key, author=author)
        self._rows[key] = row
        return row

    def _fill(self, author, record, portrait):
        """What is said of an author and not yet known here; once only, for editors may take it away again."""
        if record.portrait and portrait is None:
            portrait = self.run.uploads.image_over(Lead(record.portrait))
        said = {
            "email": record.email[:254] if "@" in record.email else "",
            "bio": clean_html(record.bio),
            "website": address_on_the_web(record.website),
            "role": record.role[:200],
            "portrait": portrait,
        }
        fresh = {name: value for name, value in said.items() if value and not getattr(author, name)}
        for name, value in fresh.items():
            setattr(author, name, value)
        if fresh:
            author.save(update_fields=list(fresh))
        links = [(label, address_on_the_web(url)) for label, url in record.links]
        if links and not author.links.exists():
            AuthorLink.objects.bulk_create(
                AuthorLink(author=author, label=label[:60], url=url, position=place)
                for place, (label, url) in enumerate(links)
                if url
            )

    def forget(self):
        self._rows, self._known = known_rows(self.run, "author"), {}
        self._names = None

    def named(self, name):
        """The author of that name, whatever their login is; made if there is none; None in a dry run."""
        if self._names is None:
            rows = [row for row in self._rows.values() if row.author]
            self._names = {row.author.name.casefold(): row.author for row in rows}
        author = self._names.get(name.casefold()) or self.ensure(nicename(name) or name, name=name)
        if author:
            self._names[name.casefold()] = author
        return author

    def of_item(self, item):
        """Who signs: Co-Authors Plus files posts under their authors, in order; else the creator does."""
        filed = [(filing.nicename, filing.name) for filing in item.terms if filing.domain == "author"]
        wanted = filed or ([(item.creator, "")] if item.creator else [])
        authors = (self.ensure(login or nicename(name), name=name) for login, name in wanted if login or name)
        return list(dict.fromkeys(author for author in authors if author))


def byline(post, lines):
    """Its rows, in order; not yet written. `lines` are (author, role)."""
    return [
        Byline(post=post, author=author, role=role, position=place)
        for place, (author, role) in enumerate(lines)
    ]
