"""Links from one text of an old site to another: once all is in, they lead straight to where that stands today."""

import re
from html import escape, unescape
from urllib.parse import parse_qs, unquote

from django.db import transaction
from django.db.models import F, Q
from django.utils.encoding import escape_uri_path

from informed_comment import old_forms, redirects
from informed_comment.answering import answered_paths
from informed_comment.html import CleanHtml
from informed_comment.models import Redirect
from pages.models import Page
from posts.models import Post, Revision
from wordpress.models import Imported
from wordpress.taking.addresses import split
from wordpress.taking.uploads import paths_of

BATCH = 200
LED = "text with links led to today's addresses"
REMEMBERED = 20_000
_TAG = re.compile(r'<(?:a|figure)\s(?:"[^"]*"|[^">])*>')
_ADDRESS = re.compile(r'(?<=\shref=")[^"]+(?=")|(?<=\sdata-embed=")[^"]+(?=")')
_IN_QUERY = (*old_forms.NUMBERED, "tag", "author")
_MODELS = {"post": Post, "page": Page}


def rewrite_links(run, *, after=None, reached=None) -> int:
    """Every link to an old address of this source becomes today's; returns how many texts were changed.

    Only in texts that stand as the import wrote them: where an editor has been since, redirects answer. Looks at what
    was written since it last looked and at what had links that led nowhere yet, so it may be stopped and begun again.
    `reached` is called after each batch with where it is and how many that were; from there it goes on `after`.
    """
    if run.is_dry_run:
        return 0
    links, changed = Links(run), 0
    first, last = after or (next(iter(_MODELS)), 0)
    for kind in list(_MODELS)[list(_MODELS).index(first) :]:
        while rows := _waiting(run.source, kind, last):
            last = rows[-1].pk
            with transaction.atomic():
                some = _rewrite(links, kind, rows)
                changed += some
                if some:
                    run.report.notes[LED] += some
                if reached:
                    reached([kind, last], len(rows))
        last = 0
    return changed


def lead_known(run, planned):
    """Links of texts that are about to be written, as far as it is plain by now what they lead to."""
    links = Links(run, is_final=False)
    links.learn(url for one in planned for url in addresses(one.plan.fields["body"]))
    for one in planned:
        body, one.are_links_known = links.in_text(one.plan.fields["body"])
        if body != one.plan.fields["body"]:
            run.report.notes[LED] += 1
            one.plan.fields["body"] = CleanHtml(body)


def _waiting(source, kind, after):
    """As many as go into one transaction; `links_at` is the change of the record at which all its links led somewhere."""
    rows = Imported.objects.filter(
        Q(links_at=None) | ~Q(links_at=F("written_at")), source=source, kind=kind, pk__gt=after
    )
    rows = rows.filter(**{f"{kind}__updated_at": F("written_at")})
    return list(rows.only(f"{kind}_id", "written_at").order_by("pk")[:BATCH])


@transaction.atomic
def _rewrite(links, kind, rows):
    model = _MODELS[kind]
    written = {getattr(row, f"{kind}_id"): row for row in rows}
    records = model.objects.select_for_update(of=("self",)).filter(pk__in=written).only("body", "updated_at")
    records = [record for record in records if record.updated_at == written[record.pk].written_at]
    links.learn(url for record in records for url in addresses(record.body))
    done, changed = [], {}
    for record in records:
        body, are_all_known = links.in_text(record.body)
        if body != record.body:
            changed[record.pk], record.body = record.body, CleanHtml(body)
        if are_all_known:
            done.append(written[record.pk].pk)
    model.objects.bulk_update([record for record in records if record.pk in changed], ["body"])
    if model is Post and changed:
        _rewrite_revisions({record.pk: record.body for record in records}, changed)
    Imported.objects.filter(pk__in=done).update(links_at=F("written_at"))
    return len(changed)


def _rewrite_revisions(bodies, before):
    """What the import keeps as imported says the same, or an editor's first change would seem to change links too."""
    kept = Revision.objects.filter(post__in=before, deed=Revision.Deed.IMPORT)
    fresh = [one for one in kept if one.state.get("body") == before[one.post_id]]
    for revision in fresh:
        revision.state["body"] = str(bodies[revision.post_id])
    Revision.objects.bulk_update(fresh, ["state"])


def addresses(html):
    return [url for tag in _TAG.findall(html) for url in _ADDRESS.findall(tag)]


class Links:
    """What each address in a text leads to today: itself, another, or nothing that is known.

    Until all is in, rules are not asked, which might find something that is only like it.
    """

    def __init__(self, run, *, is_final=True):
        self.run = run
        self.is_final = is_final
        self._today = {}

    def in_text(self, html):
        """(the text with today's addresses, whether all that lie within the site lead somewhere)."""
        are_all_known = True

        def put(found):
            nonlocal are_all_known
            today = self._today.get(found[0], found[0])
            are_all_known &= today is not None
            return today or found[0]

        return _TAG.sub(lambda tag: _ADDRESS.sub(put, tag[0]), html), are_all_known

    def learn(self, addresses):
        """Looks all of them up that are not known yet, in a few queries."""
        if len(self._today) > REMEMBERED:
            self._today = {}
        fresh = {address: unescape(address) for address in set(addresses) - self._today.keys()}
        fresh = {address: url for address, url in fresh.items() if self._is_own(url)}
        paths = {address: _path(url) for address, url in fresh.items()}
        files = self._files(fresh.values())
        standing = _standing(paths.values())
        targets = _targets({path for path in paths.values() if path not in standing})
        left = {_asked(path) for path in paths.values() if path not in standing and path not in targets}
        led = redirects.where_many(left) if self.is_final else {}
        for address, path in paths.items():
            url = fresh[address]
            fragment = split(url).fragment
            end = f"#{fragment}" if fragment else ""
            if url in files:
                self._today[address] = escape(files[url])
            elif path in standing:
                self._today[address] = address if url.startswith("/") else escape(f"{path}{end}")
            else:
                target = targets.get(path) or led.get(_asked(path))
                self._today[address] = escape(f"{_as_address(target)}{end}") if target else None

    def _is_own(self, url):
        return not url.startswith(("//", "#")) and (
            url.startswith("/") or (url.startswith(("http://", "https://")) and self.run.uploads.is_own(url))
        )

    def _files(self, urls):
        """The library's file for each address of an upload that has one."""
        forms = {url: paths_of(url) for url in urls}
        wanted = {path for paths in forms.values() for path in paths}
        rows = Imported.objects.filter(source=self.run.source, kind="upload", address__in=wanted)
        files = {}
        for row in rows.select_related("image", "document").order_by("pk"):
            kept = row.image or row.document
            if kept and kept.file:
                files[row.address] = kept.file.url
        found = {url: next((files[one] for one in paths if one in files), "") for url, paths in forms.items()}
        return {url: file for url, file in found.items() if file}


def _path(url):
    """The address within the site, without its fragment."""
    parts = split(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _as_address(target):
    path, mark, query = target.partition("?")
    return f"{escape_uri_path(path)}{mark}{query}"


def _asked(path):
    """What redirects know it by: the query where WordPress's query was the address, else the path alone."""
    parts = split(path)
    if parts.path in ("/", "/index.php"):
        query = parse_qs(parts.query)
        named = next((name for name in _IN_QUERY if name in query), "")
        return f"/?{named}={query[named][0]}"[:1000] if named else "/"
    return unquote(parts.path)[:1000]


def _standing(paths):
    """Those of the paths at which something stands today."""
    forms = {path: _near(path) for path in paths}
    answered = answered_paths({form for some in forms.values() for form in some})
    return {path for path, some in forms.items() if answered.intersection(some)}


def _near(path):
    asked = _asked(path)
    return [] if "\x00" in asked or asked.startswith("/?") else [asked, *old_forms.slashed(asked)]


def _targets(paths):
    """{path: where redirects lead from it}, a slash more or less at the end not minded."""
    asked = {path: _asked(path) for path in paths}
    forms = {
        path: (one, one.rstrip("/"), f"{one.rstrip('/')}/")
        for path, one in asked.items()
        if "\x00" not in one
    }
    wanted = {form for some in forms.values() for form in some if form}
    known = dict(Redirect.objects.filter(path__in=wanted).values_list("path", "target"))
    found = {path: next((known[form] for form in some if form in known), "") for path, some in forms.items()}
    return {path: target for path, target in found.items() if target}
