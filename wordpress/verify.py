"""Whether every address of an export leads, in one step at most, to what it led to there."""

from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings
from django.test import Client

from posts.models import Post
from wordpress.models import Imported
from wordpress.reading.records import Item, Site
from wordpress.taking.addresses import is_taken_by_the_site, old_path, source_name
from wordpress.wxr import read


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site says at an old address. `fault` is empty when a reader arrives where they wanted to go."""

    path: str
    line: int
    status: int
    steps: int
    arrived: str
    fault: str


class Asking:
    """Asks the site within this process, as a reader without a cookie would."""

    def __init__(self):
        site = urlsplit(settings.SITE_URL)
        self.client = Client(raise_request_exception=False)
        self.options = {"secure": site.scheme == "https", "headers": {"host": site.netloc}}

    def get(self, path):
        """(status, steps, path arrived at)."""
        steps = 0
        while True:
            response = self.client.get(quote(path, safe="/?=&%:;,+@!$'()*~"), **self.options)
            if response.status_code not in (301, 302, 308) or steps == 5:
                return response.status_code, steps, path
            path, steps = unquote(response.headers["Location"]), steps + 1


@dataclass(frozen=True, slots=True)
class Address:
    """Where a post or page of an old site stood, and whether something else in the export stood there before it."""

    path: str
    source: str
    item: Item
    is_shared: bool


def addresses(files):
    """Yields the Address of each published post and page of the exports that had one."""
    seen = {}
    for file in files:
        source = ""
        for record in read(file):
            if isinstance(record, Site):
                source = source_name(record.address, record.file)
            elif isinstance(record, Item) and record.status == "publish" and not record.password:
                path = old_path(record.link)
                if record.type in ("post", "page") and path:
                    own = (record.type, record.id, record.slug)
                    yield Address(path, source, record, seen.setdefault(path, own) != own)


def answer(asking, address) -> Answer:
    status, steps, arrived = asking.get(address.path)
    wanted = _addresses(address.source, address.item)
    fault = ""
    if status != 200:
        fault = f"answers {status}"
    elif steps > 1:
        fault = f"takes {steps} steps"
    elif not wanted:
        fault = "has not come in"
    elif arrived not in wanted and is_taken_by_the_site(address.path):
        fault = "is a page of this site's own"
    elif arrived not in wanted and not address.is_shared:
        fault = f"leads to {arrived} instead of {' or '.join(sorted(wanted))}"
    return Answer(address.path, address.item.line, status, steps, arrived, fault)


def verify(files):
    """Yields an Answer for each address of the exports."""
    asking = Asking()
    return (answer(asking, address) for address in addresses(files))


def _addresses(source, item):
    """Today's path of what came in; several, where an id was used twice."""
    rows = Imported.objects.filter(source=source, kind=item.type).select_related("post", "page")
    rows = (
        rows.filter(key__in=[str(item.id), f"{item.id}-{item.slug}"])
        if item.id
        else rows.filter(key=item.guid)
    )
    found = set()
    for row in rows:
        if row.post and row.post.status == Post.Status.PUBLISHED:
            found.add(row.post.permalink)
        elif row.page and row.page.is_published:
            found.add(f"/{row.page.path}/")
    return found
