"""One old site within one import: what its parts share."""

from wordpress.taking.addresses import Redirects, source_name
from wordpress.taking.people import People
from wordpress.taking.taxonomy import Taxonomy
from wordpress.taking.uploads import Uploads

TYPES = {"post": "post", "page": "page"}


class Run:
    """`types` says which types of the old site are posts or pages here."""

    def __init__(self, site, report, options):
        self.site = site
        self.source = source_name(site.address, site.file)
        self.file = site.file
        self.report = report
        self.options = options
        self.is_dry_run = options.is_dry_run
        self.types = TYPES | dict(options.types)
        self.redirects = Redirects()
        self.people = People(self)
        self.taxonomy = Taxonomy(self)
        self.uploads = Uploads(self, options.folder)
        self.sticky = set()
        self._slugs = {}

    def key_of(self, item, kind):
        """Its id there. Of several things with one id, the later ones go by their slug too; without one, by their guid."""
        key = str(item.id) if item.id else (item.guid or item.link or item.title or "?")[:400]
        slugs = self._slugs.setdefault((kind, key), [])
        if item.slug not in slugs:
            slugs.append(item.slug)
        return key if slugs[0] == item.slug else f"{key}-{item.slug}"[:500]

    def new_pass(self):
        self._slugs = {}

    def forget(self):
        """After something was undone: what was looked up may not be there."""
        self.people.forget()
        self.taxonomy.forget()
        self.uploads.forget()
