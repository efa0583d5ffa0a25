"""Categories and tags of the old site, by their slugs there."""

from django.utils.text import slugify

from informed_comment import redirects
from posts import filing
from posts.models import Category, Filing, Tag, TaggedPost
from wordpress.models import Imported, known_rows
from wordpress.reading.records import Category as CategoryRecord
from wordpress.reading.records import Tag as TagRecord
from wordpress.taking import returned
from wordpress.taking.addresses import slug_of

TAG_DOMAINS = ("post_tag", "tag")


def key_of(slug, name):
    return (slug_of(slug) or slugify(name, allow_unicode=True))[:200].lower()


def taxonomy_of(record):
    return "post_tag" if isinstance(record, TagRecord) else getattr(record, "taxonomy", "")


class Taxonomy:
    def __init__(self, run):
        self.run = run
        self.declared = {}
        self.forget()

    def forget(self):
        self._rows = {kind: known_rows(self.run, kind) for kind in ("category", "tag")}
        self._categories, self._tags, self._branches = {}, {}, {}

    def declare_category(self, record):
        key = key_of(record.slug, record.name)
        if not key:
            self.run.report.odd("category without slug and name left out", record, self.run.file)
        elif key not in self.declared:
            self.declared[key] = record

    def declare_tags(self, records):
        """All at once: there may be very many."""
        named = {}
        for record in records:
            if key := key_of(record.slug, record.name):
                named.setdefault(key, (record.slug, str(returned.term(record).get("name") or record.name)))
            else:
                self.run.report.odd("tag without slug and name left out", record, self.run.file)
        fresh = {key: _slug_and_name(key, *one) for key, one in named.items() if key not in self._rows["tag"]}
        self._make_tags({} if self.run.is_dry_run else fresh)
        for slug, name in named.values():
            self.tag(slug, name, is_new=key_of(slug, name) in fresh)

    def category(self, slug, name, *, below=()):
        """The category of that slug, its parents first; a parent that is missing or lies below itself is left out."""
        key = key_of(slug, name)
        if not key or key in self._categories:
            return self._categories.get(key)
        record = self.declared.get(key) or CategoryRecord(None, slug, name, "", "")
        parent, wanted = None, key_of(record.parent, "")
        if wanted in (key, *below):
            self.run.report.odd(
                f"category {key} lies below itself; made a top section", record, self.run.file
            )
        elif wanted and wanted not in self.declared:
            self.run.report.odd(
                f"parent {wanted} of category {key} is not in the export", record, self.run.file
            )
        elif wanted:
            parent = self.category(record.parent, "", below=(*below, key))
        row = self._rows["category"].get(key)
        self.run.report.thing("categories", key, is_new=row is None)
        if row is None and not self.run.is_dry_run:
            row = self._make_category(key, record, parent)
        self._categories[key] = row.category if row else None
        return self._categories[key]

    def _make_category(self, key, record, parent):
        about = returned.term(record)
        slug = slug_of(str(about.get("slug", record.slug)))[:200] or key
        name = str(about.get("name") or record.name or record.slug)[:200]
        category = Category.objects.filter(path=f"{parent.path}/{slug}" if parent else slug).first()
        if category is None:
            category = Category.objects.create(
                parent=parent,
                name=name,
                slug=slug,
                introduction=record.description,
                is_opinion=about.get("is_opinion") is True,
                position=position if isinstance(position := about.get("position"), int) else 0,
            )
        for path in returned.former(about):
            self.run.redirects.lead(path, category.get_absolute_url())
        self.run.redirects.lead(f"/category/{slug}/", category.get_absolute_url())
        if record.id:
            self.run.redirects.lead(f"/?cat={record.id}", category.get_absolute_url())
        return self._record("category", key, category)

    def numbered(self, number):
        """The category of that number there; its old address by number tells."""
        target = redirects.where_now(f"/?cat={number}") if number else None
        path = (target or "").removeprefix("/category/").strip("/")
        return Category.objects.filter(path=path).first() if path else None

    def _record(self, kind, key, made):
        row = Imported.objects.create(source=self.run.source, kind=kind, key=key, **{kind: made})
        self._rows[kind][key] = row
        return row

    def tag(self, slug, name, *, is_new=False):
        key = key_of(slug, name)
        if not key or key in self._tags:
            return self._tags.get(key)
        row = self._rows["tag"].get(key)
        self.run.report.thing("tags", key, is_new=is_new or row is None)
        if row is None and not self.run.is_dry_run:
            self._make_tags({key: _slug_and_name(key, slug, name)})
            row = self._rows["tag"][key]
        self._tags[key] = row.tag if row else None
        return self._tags[key]

    def _make_tags(self, fresh):
        """Of {key: (slug, name)}; one that is here by its slug, or else by its name, is not made again."""
        slugs, names = {slug for slug, _ in fresh.values()}, {name for _, name in fresh.values()}
        by_slug = {tag.slug: tag for tag in Tag.objects.filter(slug__in=slugs)}
        by_name = {tag.name: tag for tag in Tag.objects.filter(name__in=names)}
        made, found = [], {}
        for key, (slug, name) in fresh.items():
            tag = by_slug.get(slug) or by_name.get(name)
            if tag is None:
                tag = by_slug[slug] = by_name[name] = Tag(name=name, slug=slug)
                made.append(tag)
            found[key] = tag
            self.run.redirects.lead(f"/tag/{slug}/", tag.get_absolute_url())
            self.run.redirects.lead(f"/?tag={slug}", tag.get_absolute_url())
        Tag.objects.bulk_create(made)
        rows = [Imported(source=self.run.source, kind="tag", key=key, tag=tag) for key, tag in found.items()]
        Imported.objects.bulk_create(rows)
        self._rows["tag"] |= {row.key: row for row in rows}

    def of_item(self, item):
        """(categories, tags) it is filed under. WXR 1.0 writes each twice, once without its slug."""
        categories, tags = {}, {}
        for term in item.terms:
            if term.domain == "category" or (not term.domain and not self._is_said_again(term, item)):
                categories[self.category(term.nicename, term.name)] = True
            elif term.domain in TAG_DOMAINS and (term.nicename or not self._is_said_again(term, item)):
                tags[self.tag(term.nicename, term.name)] = True
            elif term.domain and term.domain not in (*TAG_DOMAINS, "author"):
                self.run.report.not_taken[f"filings under {term.domain}"] += 1
        return [c for c in categories if c], [t for t in tags if t]

    def filings(self, post, categories):
        """The rows of `filing.file_under`, not yet written."""
        direct = {category.pk for category in categories}
        above = {
            one.pk: one for category in categories for one in self._above(category) if one.pk not in direct
        }
        rows = [Filing(post=post, category=category) for category in categories]
        return rows + [Filing(post=post, category=branch, is_direct=False) for branch in above.values()]

    def _above(self, category):
        if "/" not in category.path:
            return []
        if category.pk not in self._branches:
            self._branches[category.pk] = list(Category.objects.with_ancestors([category]))
        return self._branches[category.pk]

    def _is_said_again(self, term, item):
        return any(other.nicename and other.name == term.name for other in item.terms)


def file_post(post, categories, tags):
    """Files and tags the post if that is not what it is already."""
    filing.file_under(post, categories)
    wanted = {tag.pk for tag in tags}
    have = set(post.taggings.values_list("tag_id", flat=True))
    post.taggings.filter(tag_id__in=have - wanted).delete()
    TaggedPost.objects.bulk_create(TaggedPost(tag_id=pk, content_object=post) for pk in sorted(wanted - have))


def _slug_and_name(key, slug, name):
    return (slug_of(slug) or key)[:100], (name or slug)[:100]
