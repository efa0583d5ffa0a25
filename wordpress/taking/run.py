"""One old site within one import: what its parts share."""

from wordpress.taking.addresses import Redirects, source_name
from wordpress.taking.people import People
from wordpress.taking.taxonomy import Taxonomy
from wordpress.taking.uploads import Uploads

TYPES = {"post": "post", "page": "page"}


class Run:
    """`types` says which types of the old site are posts or pages here.

    What it remembers from one item to others, and cannot find in the database again, must be in `carried`: an import
    that was killed goes on from there.
    """

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
        self.menus = []  # entries, as menus.note() has them
        self.made_with = ""  # see sameness.py

    def kind_of(self, item):
        """What it becomes here; None if it is neither a post nor a page nor an upload."""
        return "upload" if item.type == "attachment" else self.types.get(item.type)

    def forget(self):
        """After something was undone: what was looked up may not be there."""
        self.people.forget()
        self.taxonomy.forget()
        self.uploads.forget()

    def carried(self):
        return {
            "sticky": sorted(self.sticky),
            "menus": self.menus,
            "hosts": sorted(self.uploads.hosts),
            "own_hosts": sorted(self.uploads.own_hosts),
            "reusable": {str(number): body for number, body in self.uploads.reusable.items()},
        }

    def carried_mark(self):
        """Changes when what is carried does: all of it only grows."""
        uploads = self.uploads
        return tuple(map(len, (self.sticky, self.menus, uploads.hosts, uploads.own_hosts, uploads.reusable)))

    def restore(self, carried):
        self.sticky = set(carried["sticky"])
        self.menus = list(carried.get("menus", ()))
        self.uploads.hosts = set(carried["hosts"])
        self.uploads.own_hosts |= set(carried["own_hosts"])
        self.uploads.reusable = {int(number): body for number, body in carried["reusable"].items()}
