"""The list of posts, as fast at a million as at a thousand: each order it can have is that of an index."""

from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, IntegerField, Prefetch, Value

from informed_comment import keyset
from informed_comment.long_lists import LongList
from posts.admin.filters import AuthorFilter, CategoryFilter, ChosenFilter, PeriodFilter, TagFilter
from posts.admin.saved_lists import with_submissions
from posts.models import Byline, Filing, FrontSlot, Post
from posts.searching import newsroom

BY_DATE = {"author", "category", "tag", "date"}


def is_by_date(parameters):
    """Whether a list narrowed so is put in order by date, the only order its index has."""
    return bool(BY_DATE & {name for name, value in parameters.items() if value})


class PostList(LongList):
    """The list with what its columns show, and no more.

    What a filter's rows tie to it is read from those rows, in their order: what is not out, then the newest. What a
    search finds is a list of ids, the best first.
    """

    def get_queryset(self, request, exclude_parameters=None):
        self.user = request.user
        self.is_own = "mine" in self.params or not request.user.has_perm("posts.change_any_post")
        words, self.query = self.query, ""
        posts = super().get_queryset(request, exclude_parameters)
        self.query = words
        chosen = [spec for spec in self.filter_specs if isinstance(spec, ChosenFilter)]
        ties = [spec.ties() for spec in chosen if spec.ties() is not None]
        self.found = newsroom.find(*self.asked(words)) if words.strip() else None
        if self.found is not None:
            posts = posts.filter(pk__in=self.found.ids)
        self.tie = ties[0] if ties and self.found is None else None
        for tie in ties if self.tie is None else ties[1:]:
            posts = posts.filter(pk__in=tie.values(tie.model.post_field))
        self.untied = posts
        if self.tie is not None:
            posts = posts.filter(pk__in=self.tie.values(self.tie.model.post_field))
        return self.with_columns(posts)

    def with_columns(self, posts):
        direct = Filing.objects.filter(is_direct=True).select_related("category")
        running = FrontSlot.objects.running()
        if self.params.get("status") == Post.Status.IN_REVIEW:
            posts = with_submissions(posts)
        return posts.defer("body").prefetch_related(
            Prefetch("bylines", Byline.objects.select_related("author")),
            Prefetch("filings", direct),
            Prefetch("front_slots", running, to_attr="on_front"),
        )

    def asked(self, words):
        """The words, and what narrows a search before it is cut; a tag is one word more, for it has no index there."""
        chosen = {type(spec): spec for spec in self.filter_specs}
        things = {kind: getattr(spec, "thing", None) for kind, spec in chosen.items()}
        if tag := things.get(TagFilter):
            words = f"{words} {tag.name}"
        category, author = things.get(CategoryFilter), things.get(AuthorFilter)
        own = self.user if self.is_own else None
        author = author or getattr(own, "author", None)
        span = chosen[PeriodFilter].span() if PeriodFilter in chosen else None
        since, until = span or (None, None)
        return words, newsroom.Within(
            category.path if category else "", author.slug if author else "", own, since, until
        )

    # The order

    def _get_default_ordering(self):
        if self.params.get("status") == "scheduled" and not is_by_date(self.params):
            return ["published_at"]
        return ["-published_at"] if is_by_date(self.params) else super()._get_default_ordering()

    @property
    def is_best_first(self):
        return bool(self.params.get(SEARCH_VAR, "").strip()) and ORDER_VAR not in self.params

    def get_ordering_field_columns(self):
        return {} if self.is_best_first else super().get_ordering_field_columns()

    @property
    def count_said(self):
        if self.found is None or not self.found.is_cut:
            return super().count_said
        total = keyset.Count(self.found.total, self.found.is_estimate)
        return f"{total} posts found, the best and newest {self.count} listed".capitalize()

    # The page

    def get_page(self, cursor):
        if self.is_best_first:
            return self.found_page(cursor)
        if self.tie is None:
            return super().get_page(cursor)
        sign = "-" if self.queryset.query.order_by[0].startswith("-") else ""
        return keyset.page(
            self.tied(), [f"{sign}published_at", f"{sign}{self.post_id}"], cursor, self.list_per_page
        )

    @property
    def post_id(self):
        return f"{self.tie.model.post_field}_id"

    def tied(self):
        """The rows that tie posts to what is chosen, each post once."""
        within = {f"{self.tie.model.post_field}__in": self.untied.order_by().values("pk")}
        return self.tie.filter(**within).order_by().values("published_at", self.post_id).distinct()

    def get_count(self):
        if self.found is not None:
            return keyset.Count(self.queryset.count())
        return keyset.count(self.queryset if self.tie is None else self.tied())

    def found_page(self, cursor):
        """A page of the ids found, which are few; the cursor names the last one seen."""
        kept = set(self.queryset.order_by().values_list("pk", flat=True))
        ids = [pk for pk in self.found.ids if pk in kept]
        where, values = keyset.read(cursor, keyset.keys_of(self.queryset, ["pk"]))
        length, start = self.list_per_page, 0
        if where == keyset.LAST:
            start = max(0, len(ids) - length)
        elif values and values[0] in ids:
            at = ids.index(values[0])
            start = at + 1 if where == "a" else max(0, at - length)
        shown = ids[start : start + length]
        return keyset.Page(
            [(pk,) for pk in shown],
            keyset.cursor_of("b", shown[:1]) if start else None,
            keyset.cursor_of("a", shown[-1:]) if start + length < len(ids) else None,
        )

    def rows_of(self, page):
        ids = [keys[-1] for keys in page.rows]
        posts = self.with_columns(self.root_queryset.model.objects.filter(pk__in=ids))
        listed = Value(ids, output_field=ArrayField(BigIntegerField()))
        place = Func(listed, "pk", function="array_position", output_field=IntegerField())
        return posts.order_by(place)
