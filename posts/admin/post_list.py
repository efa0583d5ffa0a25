"""The list of posts, as fast at a million as at a thousand: each order it can have is that of an index."""

from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, IntegerField, Prefetch, Q, Value
from django.utils import timezone

from informed_comment import keyset
from informed_comment.long_lists import LongList
from posts.admin.filters import AuthorFilter, CategoryFilter, ChosenFilter, PeriodFilter, TagFilter
from posts.admin.saved_lists import with_submissions
from posts.models import Byline, Filing, FrontSlot, Post
from posts.searching import newsroom

BY_DATE = {"author", "category", "tag", "date", "mine"}


def is_own(request):
    """Whether the list keeps to what the user wrote."""
    return bool(request.GET.get("mine")) or not request.user.has_perm("posts.change_any_post")


def is_by_date(request):
    """Whether a list narrowed so is put in order by date, the only order its index has."""
    return is_own(request) or any(request.GET.get(name) for name in BY_DATE)


def signed_and_filed():
    """What the columns of byline and categories are read from."""
    direct = Filing.objects.filter(is_direct=True).select_related("category")
    return [Prefetch("bylines", Byline.objects.select_related("author")), Prefetch("filings", direct)]


class PostList(LongList):
    """The list with what its columns show, and no more.

    What a filter's rows tie to it, or what somebody signed and began, is read from those rows, in their order: what is
    not out, then the newest. What a search finds is a list of ids, the best first.
    """

    def __init__(self, request, *args):
        self.user, self.is_own, self.is_by_date = request.user, is_own(request), is_by_date(request)
        super().__init__(request, *args)

    def get_queryset(self, request, exclude_parameters=None):
        """Every post of the list; `tie` and `untied` are what a page of it is read from."""
        self.root_queryset = Post.objects.all()  # whose posts they are is settled below
        words, self.query = self.query, ""
        posts = super().get_queryset(request, exclude_parameters)
        self.query = words
        chosen = [spec for spec in self.filter_specs if isinstance(spec, ChosenFilter)]
        ties = [ties for spec in chosen if (ties := spec.ties()) is not None]
        self.found = newsroom.find(*self.asked(words)) if words.strip() else None
        self.tie, own = None, Post.objects.written_by(self.user)
        if self.found is not None:
            posts = posts.filter(pk__in=self.found.ids)
        elif ties:
            self.tie = ties.pop(0)
        for tie in ties:
            posts = posts.filter(pk__in=tie.values(tie.model.post_field))
        self.untied = posts & own if self.is_own and self.tie is not None else posts
        posts = posts & own if self.is_own else posts
        if self.tie is not None:
            posts = posts.filter(pk__in=self.tie.values(self.tie.model.post_field))
        return self.with_columns(posts)

    def with_columns(self, posts):
        running = FrontSlot.objects.running()
        if self.params.get("status") == Post.Status.IN_REVIEW:
            posts = with_submissions(posts)
        return posts.defer("body").prefetch_related(
            *signed_and_filed(),
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
        if self.is_by_date:
            return ["-published_at"]
        return (
            ["published_at"] if self.params.get("status") == "scheduled" else super()._get_default_ordering()
        )

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
        if self.found is not None or not (sources := self.sources()):
            return super().get_page(cursor)
        (rows, order), *beside = sources
        return keyset.page(rows, order, cursor, self.list_per_page, beside=beside)

    def sources(self):
        """The rows a page is read from when not from the posts, each with its order."""
        sign = "-" if self.queryset.query.order_by[0].startswith("-") else ""
        if self.tie is not None:
            return [self.of_ties(self.tie, sign)]
        if not self.is_own:
            return []
        author = getattr(self.user, "author", None)
        signed = [self.of_ties(Byline.objects.filter(author=author), sign)] if author else []
        begun = self.untied.begun_by(self.user).filter(self.out_at("out_at"))
        return [*signed, (begun, [f"{sign}out_at", f"{sign}id"])]

    def of_ties(self, ties, sign):
        """The rows that tie posts to something, each post once, and their order."""
        post = ties.model.post_field
        ties = ties.filter(
            self.out_at("published_at"), **{f"{post}__in": self.untied.order_by().values("pk")}
        )
        rows = ties.order_by().values("published_at", f"{post}_id").distinct()
        return rows, [f"{sign}published_at", f"{sign}{post}_id"]

    def out_at(self, name):
        """What the filters say of the date a tie carries, so that no row is looked at whose post they leave out."""
        now, status = timezone.now(), self.params.get("status")
        if status:
            if status not in ("published", "scheduled"):
                return Q(**{f"{name}__isnull": True})
            return Q(**{f"{name}__{'gt' if status == 'scheduled' else 'lte'}": now})
        span = next((spec.span() for spec in self.filter_specs if isinstance(spec, PeriodFilter)), None)
        within = Q(**{f"{name}__gte": span[0], f"{name}__lt": span[1]}) if span else Q()
        return within | Q(**{f"{name}__isnull": True}) if span else within

    def get_count(self):
        """Of what somebody signed and began, exactly or the sum, in which what they both began and signed counts twice."""
        if self.found is not None:
            return keyset.Count(self.queryset.count())
        counts = [keyset.count(rows) for rows, _ in self.sources()]
        if len(counts) < 2:
            return counts[0] if counts else keyset.count(self.queryset)
        if sum(count.number for count in counts) <= keyset.COUNTED:
            return keyset.Count(self.queryset.count())
        return keyset.Count(keyset.rounded(sum(count.number for count in counts)), is_estimate=True)

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
        posts = self.with_columns(Post.objects.filter(pk__in=ids))
        listed = Value(ids, output_field=ArrayField(BigIntegerField()))
        place = Func(listed, "pk", function="array_position", output_field=IntegerField())
        return posts.order_by(place)
