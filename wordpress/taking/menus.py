"""The menu of the old site, where this site has none yet or has it as an import made it.

An export does not say which of its menus stood at the top, so the one whose name says so is taken, else the largest.
Here a menu is one row: entries below others are left out, but for those below a mere heading, which take its place.
"""

import json
import re
from hashlib import sha256

from django.db import transaction

from informed_comment.linked import LEADS_SOMEWHERE
from pages.models import MenuLink
from posts.models import Category, Post, Tag
from wordpress.models import Imported
from wordpress.reading.records import Problem
from wordpress.taking.addresses import host_of, split
from wordpress.taking.outcome import plain_title

TYPE = "nav_menu_item"
MOST = 2_000  # entries that are remembered
LONGEST = 30  # entries of a menu here
_AT_THE_TOP = re.compile(r"primary|main|header|top|navigation|haupt|principal", re.I)


def note(run, item):
    """Remembers an entry of a menu; what it leads to may not be in yet."""
    menu = next((term for term in item.terms if term.domain == "nav_menu"), None)
    if len(run.menus) >= MOST or item.status not in ("publish", ""):
        return
    run.menus.append(
        {
            "menu": (menu and (menu.nicename or menu.name)) or "",
            "name": (menu and (menu.name or menu.nicename)) or "",
            "id": item.id or 0,
            "label": plain_title(item.title)[:60],
            "order": item.menu_order,
            "above": _number(item.meta_value("_menu_item_menu_item_parent")),
            "type": item.meta_value("_menu_item_type"),
            "of": item.meta_value("_menu_item_object"),
            "object": _number(item.meta_value("_menu_item_object_id")),
            "url": item.meta_value("_menu_item_url").strip()[:500],
        }
    )


def _number(text):
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text.strip()) else 0


@transaction.atomic
def take_menu(run):
    """Once all else is in."""
    menus = {}
    for entry in run.menus:
        menus.setdefault(entry["menu"], []).append(entry)
    if not menus or run.is_dry_run:
        return
    chosen = max(menus, key=lambda menu: (bool(_AT_THE_TOP.search(menus[menu][0]["name"])), len(menus[menu])))
    for menu, entries in menus.items():
        if menu != chosen:
            _tell(
                run,
                f"menu “{entries[0]['name']}” with {len(entries)} entries left out: there is one menu here",
            )
    row = Imported.objects.filter(source=run.source, kind="menu").first()
    if not _may_write(run, row):
        return
    links = _links(run, menus[chosen])
    checksum = _checksum(links)
    if not links or (row and row.checksum == checksum):
        return
    MenuLink.objects.all().delete()
    MenuLink.objects.bulk_create(links)
    Imported.objects.update_or_create(
        source=run.source, kind="menu", key="menu", defaults={"checksum": checksum}
    )
    for link in links:
        run.report.thing("menu entries", link.label, is_new=True)


def _may_write(run, row):
    """An empty menu may be filled once; one as the import made it may follow the old site."""
    here = list(MenuLink.objects.order_by("position", "id"))
    if row is None and here:
        _tell(run, "the menu of the old site left out: there is a menu here already")
    return not here if row is None else bool(here) and _checksum(here) == row.checksum


def _tell(run, message):
    run.report.problem(Problem("skipped", message, run.file))


def _checksum(links):
    told = [[link.label, link.category_id, link.page_id, link.address] for link in links]
    return sha256(json.dumps(told).encode()).hexdigest()


def _links(run, entries):
    known = {entry["id"] for entry in entries if entry["id"]}
    below = {}
    for entry in sorted(entries, key=lambda entry: entry["order"]):
        above = entry["above"] if entry["above"] in known and entry["above"] != entry["id"] else 0
        below.setdefault(above, []).append(entry)
    links, waiting, seen = [], list(below.get(0, [])), set()
    while waiting:
        entry = waiting.pop(0)
        if entry["id"] in seen:
            continue
        seen |= {entry["id"]} - {0}
        inner = below.get(entry["id"], []) if entry["id"] else []
        if _is_heading(entry):
            waiting = [*inner, *waiting]
            continue
        link = _link(run, entry)
        if link is None:
            _tell(run, f"menu entry “{entry['label']}” left out: what it leads to is not here")
        elif len(links) < LONGEST:
            link.position = len(links)
            links.append(link)
        if inner:
            name = link.label if link else entry["label"]
            _tell(run, f"menu entries below “{name}” left out ({len(inner)}): the menu here is one row")
    return links


def _is_heading(entry):
    return entry["type"] == "custom" and entry["url"] in ("", "#", "http://#")


def _link(run, entry):
    if entry["type"] == "custom":
        return _to_address(run, entry)
    if entry["type"] == "post_type" and entry["of"] in run.types:
        return _to_text(run, entry)
    return _to_term(run, entry) if entry["type"] == "taxonomy" else None


def _to_address(run, entry):
    url = entry["url"].strip().replace(" ", "%20")
    if host_of(url) and not run.uploads.is_own(url):
        return (
            MenuLink(label=entry["label"] or host_of(url)[:60], address=url)
            if LEADS_SOMEWHERE.match(url)
            else None
        )
    parts = split(url)
    if parts.scheme not in ("", "http", "https"):
        return None
    path = f"/{parts.path.lstrip('/')}" + (f"?{parts.query}" if parts.query else "")
    return MenuLink(label=entry["label"] or "Home", address=path) if LEADS_SOMEWHERE.match(path) else None


def _to_text(run, entry):
    rows = Imported.objects.filter(source=run.source, kind__in=("post", "page"), key=str(entry["object"]))
    row = rows.select_related("post", "page").first()
    if row and row.page and row.page.is_published:
        return MenuLink(label=(entry["label"] or row.page.title)[:60], page=row.page)
    if row and row.post and row.post.status == Post.Status.PUBLISHED:
        return MenuLink(label=(entry["label"] or str(row.post))[:60], address=row.post.permalink)
    return None


def _to_term(run, entry):
    """Categories by their number there; tags, of which no number is kept, by what the entry is called."""
    if entry["of"] == "category":
        category = (
            run.taxonomy.numbered(entry["object"]) or Category.objects.filter(name=entry["label"]).first()
        )
        return category and MenuLink(label=(entry["label"] or category.name)[:60], category=category)
    tag = Tag.objects.filter(name=entry["label"]).first() if entry["of"] == "post_tag" else None
    return tag and MenuLink(label=entry["label"], address=tag.get_absolute_url())
