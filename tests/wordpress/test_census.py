"""Every public export read, and counted against an independent parser's census."""

import re
from collections import Counter, defaultdict

from tests.wordpress.exports import FOLDER, each_export, needs_exports
from wordpress.reading.records import Author, Category, Item, Problem, Site, Tag, Term
from wordpress.wxr import read

pytestmark = needs_exports


def _declared(records):
    site = next(r for r in records if isinstance(r, Site))
    categories = [r for r in records if isinstance(r, Category)]
    parents = {c.slug: c.parent for c in categories}
    terms = [r for r in records if isinstance(r, Term)]
    return {
        "wxr_version": site.wxr_version,
        "language": site.language,
        "base_blog_url": site.base_blog_url,
        "authors_declared": len({r.login for r in records if isinstance(r, Author)}),
        "categories_declared": len(categories),
        "categories_with_parent": sum(1 for c in categories if c.parent),
        "category_depth": max((_depth(slug, parents) for slug in parents), default=0),
        "tags_declared": sum(1 for r in records if isinstance(r, Tag)),
        "terms_declared": dict(Counter(t.taxonomy for t in terms)),
    }


def _depth(slug, parents):
    seen = set()
    while slug in parents and slug not in seen:
        seen.add(slug)
        slug = parents[slug]
    return len(seen)


def _filed(items):
    used, assigned, bare = defaultdict(set), Counter(), 0
    for item in items:
        bare += sum(1 for filing in item.terms if not filing.domain)
        for filing in item.terms:
            if filing.domain:
                used[filing.domain].add(filing.nicename)
                assigned[filing.domain] += 1
    return {
        "category_elements_without_domain": bare,
        "terms_used": {domain: len(names - {""}) for domain, names in used.items()},
        "terms_assigned": dict(assigned),
    }


def _counted(records, items):
    logins = {r.login for r in records if isinstance(r, Author)}
    creators = {item.creator for item in items if item.creator}
    ids = Counter(item.id for item in items)
    texts = [item for item in items if item.type in ("post", "page")]
    comments = [comment for item in items for comment in item.comments]
    return {
        "items": len(items),
        "by_type_status": dict(Counter(f"{item.type}/{item.status}" for item in items)),
        "creators_used": len(creators),
        "creators_not_declared": len(creators - logins),
        "items_without_creator": sum(1 for item in items if not item.creator),
        "with_password": sum(1 for item in items if item.password),
        "sticky": sum(1 for item in items if item.is_sticky),
        "posts_and_pages": len(texts),
        "empty_title": sum(1 for item in texts if not item.title),
        "empty_body": sum(1 for item in texts if not item.content.strip()),
        "empty_slug": sum(1 for item in texts if not item.slug),
        "percent_encoded_slugs": sum(1 for item in texts if re.search("%[0-9a-fA-F]{2}", item.slug)),
        "duplicate_post_ids": sum(1 for count in ids.values() if count > 1),
        "zero_dates": sum(1 for item in texts if item.has_zero_date),
        "with_excerpt": sum(1 for item in texts if item.excerpt.strip()),
        "comments": len(comments),
        "comments_by_type_approved": dict(Counter(f"{c.type}/{c.approved}" for c in comments)),
        "comment_replies": sum(1 for c in comments if c.parent),
        "attachments": sum(1 for item in items if item.type == "attachment"),
        "postmeta": sum(len(values) for item in items for values in item.meta.values()),
        "thumbnails": sum(1 for item in items if "_thumbnail_id" in item.meta),
        "old_slugs": sum(len(item.meta.get("_wp_old_slug", [])) for item in items),
        "child_items": sum(1 for item in texts if item.parent),
    }


@each_export
def test_a_public_export_reads_as_its_census_says(census):
    records = list(read(FOLDER / census["file"]))
    items = [r for r in records if isinstance(r, Item)]
    found = _declared(records) | _counted(records, items) | _filed(items)
    assert found == {key: census[key] for key in found}


@each_export
def test_only_files_that_are_not_well_formed_have_breaks_and_repairs(census):
    problems = [r for r in read(FOLDER / census["file"]) if isinstance(r, Problem) and r.kind != "odd"]
    assert bool(problems) == (not census["well_formed"])
