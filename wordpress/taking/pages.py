"""Writing pages. They lie under one another, and stand at paths made of that."""

from pages.models import Page
from posts import permalinks
from posts.models import Post
from wordpress.models import Imported
from wordpress.taking import leftovers, returned
from wordpress.taking.addresses import is_taken_by_the_site
from wordpress.taking.outcome import Outcome, changed_at, first_words, texts
from wordpress.taking.sameness import checksum_of
from wordpress.taking.writing import Planned, keep_row, lead_from_old_addresses, what_to_do


def take_page(run, item, key, row, parent):
    """(what was done, the page); a page has no date, no byline and no sections, and what it had of these is counted."""
    told, left = texts(item, run)
    plan, former, created_at = returned.page(told, item)
    plan["title"] = plan["title"] or first_words(plan["body"]) or plan["slug"] or "Untitled"
    plan["is_published"] = item.status == "publish" and not item.password
    checksum = Outcome({**plan, "parent": parent and parent.path}, given=run.uploads.given).checksum
    done = what_to_do(item, row, row and row.page, checksum)
    if done[0] == "unchanged" and not run.is_dry_run:
        Imported.objects.filter(pk=row.pk).update(source_checksum=checksum_of(run, item, parent))
    if run.is_dry_run or done[0] in ("unchanged", "kept", "skipped"):
        return done, row and row.page
    page = row.page if row else Page(created_at=created_at or changed_at(item))
    slug = plan.pop("slug") or permalinks.slug_for(Post(title=plan["title"], pk=item.id))
    for name, value in plan.items():
        setattr(page, name, value)
    page.parent = parent
    wanted = _give_path(page, slug)
    page.save()
    if wanted != f"/{page.path}/" and not is_taken_by_the_site(wanted):
        run.report.odd(f"{wanted} is another page's here; it stands at /{page.path}/", item, run.file)
    leftovers.keep(
        [(keep_row(run, "page", Planned(item, key, row, None, done, checksum), page, parent), left)]
    )
    for path in former:
        run.redirects.lead(path, f"/{page.path}/")
    if page.is_published:
        lead_from_old_addresses(run, item, f"/{page.path}/", "page_id" if key.isdigit() else "")
    return done, page


def _give_path(page, slug):
    """A path that another page or the site itself has gets `-2`, `-3` and so on. Returns the one it wanted."""
    page.slug, number = slug, 1
    wanted = f"/{page.own_path()}/"
    while (
        is_taken_by_the_site(f"/{page.own_path()}/")
        or Page.objects.filter(path=page.own_path()).exclude(pk=page.pk).exists()
    ):
        number += 1
        page.slug = f"{slug[:230]}-{number}"
    return wanted
