"""A sitemap of the old site by its address, with those it names: fetched into a folder, where given.py reads them."""

from pathlib import Path
from urllib.parse import urlsplit

from wordpress.fetching.courier import Courier, Limits, Missing, bare
from wordpress.proof.given import kind_of, locations, opened
from wordpress.reading.records import NotAWxr

MOST = 2000  # sitemaps
LARGEST = 64 * 1024 * 1024


def gathered(address, folder, *, courier=None):
    """The path of the sitemap at this address. Only the host of the address is asked. Raises NotAWxr."""
    host = bare(urlsplit(address).hostname or "")
    courier = courier or Courier([host], limits=Limits(file_bytes=LARGEST))
    waiting, known = [address], {}
    try:
        while waiting:
            url = waiting.pop()
            path = known[url] = fetched(courier, url, folder)
            for named in named_in(path):
                if named not in known and bare(urlsplit(named).hostname or "") == host and len(known) < MOST:
                    known[named] = None
                    waiting.append(named)
    finally:
        courier.close()
    return known[address]


def fetched(courier, url, folder):
    path = Path(folder) / (Path(urlsplit(url).path).name or "sitemap.xml")
    try:
        with path.open("w+b") as out:
            courier.fetch(url, out)
    except Missing as missing:
        raise NotAWxr(f"{url}: {missing}.") from missing
    return path


def named_in(path):
    if kind_of(path) != "sitemap":
        raise NotAWxr(f"{path.name} as the old site sends it is no sitemap.")
    with opened(path) as stream:
        return [address for kind, address, _line in locations(stream) if kind == "sitemap"]
