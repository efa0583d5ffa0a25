"""Authors of the old site, by their login there."""

import re

from django.utils.text import slugify

from authors.models import Author
from posts.models import Byline
from wordpress.models import Imported, known_rows
from wordpress.taking.addresses import slug_of

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
            self.run.report.odd("author without login or name left out", record)
            return
        full = f"{record.first_name} {record.last_name}".strip()
        author = self.ensure(login, name=record.display_name or full, email=record.email, is_declared=True)
        if record.id and author:
            self.run.redirects.lead(f"/?author={record.id}", author.get_absolute_url())

    def ensure(self, login, *, name="", email="", is_declared=False):
        """The author of that login, made if need be; None once deleted here, and in a dry run."""
        key = _GUEST.sub("", nicename(login)) or login[:500]
        if key in self._known:
            return self._known[key]
        row = (
            Imported.objects.filter(source=self.run.source, kind="author", key=key)
            .select_related("author")
            .first()
        )
        self.run.report.thing("authors", key, is_new=row is None)
        if row is None and not is_declared and not name:
            self.run.report.author_made(name_without_address(login))
        if row is None and not self.run.is_dry_run:
            row = self._make(key, login, name or name_without_address(login), email)
        self._known[key] = row.author if row else None
        return self._known[key]

    def _make(self, key, login, name, email):
        shown = "" if "@" in login else slug_of(key)
        slug = shown or slugify(name_without_address(login)) or slugify(name, allow_unicode=True)
        slug = slug[:190] or "author"
        author = Author.objects.filter(slug=slug).first()
        if author is None:
            author = Author.objects.create(
                name=name_without_address(name)[:200], slug=slug, email=email[:254] if "@" in email else ""
            )
        self.run.redirects.lead(f"/author/{nicename(login)}/", author.get_absolute_url())
        row = Imported.objects.create(source=self.run.source, kind="author", key=key, author=author)
        self._rows[key] = row
        return row

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
