"""Lists of the newsroom that may be long: paged by cursors, counted up to a thousand, ordered by what has an index."""

from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, ChangeList
from django.core.paginator import Paginator
from django.db import models
from django.utils.text import capfirst

from informed_comment import keyset


class LongList(ChangeList):
    """A list whose page is named by a cursor. Only the first column asked for orders it, then the id."""

    def __init__(self, request, *args):
        super().__init__(request, *args)
        if not self.is_popup:
            self.title = capfirst(self.opts.verbose_name_plural)

    def get_results(self, request):
        self.page = self.get_page(request.GET.get(PAGE_VAR, keyset.FIRST))
        is_whole = self.page.previous is None and self.page.next is None
        self.count = keyset.Count(len(self.page.rows)) if is_whole else self.get_count()
        self.result_list = self.rows_of(self.page)
        self.result_count = self.count.number
        self.full_result_count = None
        self.show_full_result_count = self.multi_page = self.can_show_all = False
        self.show_admin_actions = True
        self.paginator = None

    def get_page(self, cursor):
        return keyset.page(self.queryset, self.queryset.query.order_by, cursor, self.list_per_page)

    def get_count(self):
        return keyset.count(self.queryset)

    def rows_of(self, page):
        """The rows whose keys are on the page, the last key being the id."""
        return self.queryset.filter(pk__in=[keys[-1] for keys in page.rows])

    def get_ordering(self, request, queryset):
        """One column, or the order the screen has by itself; the id settles ties."""
        columns = self.get_ordering_field_columns()
        if ORDER_VAR in self.params and columns:
            ((number, direction),) = columns.items()
            name = self.get_ordering_field(self.list_display[number])
            order = [f"-{name}" if direction == "desc" else name]
        else:
            order = list(self._get_default_ordering())
        if order and order[-1].removeprefix("-") in ("pk", self.lookup_opts.pk.name):
            return order
        return [*order, "-pk" if not order or order[-1].startswith("-") else "pk"]

    def get_ordering_field_columns(self):
        """The first of the columns asked for that orders anything; otherwise that of the list's own order."""
        for asked in self.params.get(ORDER_VAR, "").split("."):
            number = asked.removeprefix("-")
            if number.isdecimal() and int(number) < len(self.list_display) and self.may_order(int(number)):
                return {int(number): "desc" if asked.startswith("-") else "asc"}
        own = [term for term in self._get_default_ordering()[:1] if isinstance(term, str)]
        for term in own:
            for number, name in enumerate(self.list_display):
                if self.get_ordering_field(name) == term.removeprefix("-"):
                    return {number: "desc" if term.startswith("-") else "asc"}
        return {}

    def may_order(self, number):
        name = self.list_display[number]
        return bool(self.get_ordering_field(name)) and (self.sortable_by is None or name in self.sortable_by)

    def get_query_string(self, new_params=None, remove=None):
        """A column clicked takes the place of the one before it."""
        if new_params and new_params.get(ORDER_VAR):
            new_params = new_params | {ORDER_VAR: new_params[ORDER_VAR].split(".")[0]}
        return super().get_query_string(new_params, remove)

    # For the template

    @property
    def count_said(self):
        """Such as “about 40,000 posts”."""
        if not self.count.number and self.query:
            return f"No {self.opts.verbose_name_plural} found. Try fewer words, or take a filter away."
        name = self.opts.verbose_name if self.count.number == 1 else self.opts.verbose_name_plural
        return f"{self.count} {name}"

    def page_url(self, cursor):
        return self.get_query_string({PAGE_VAR: cursor or None})

    @property
    def pages(self):
        """(label, address or "") of the ways through the list; none when it has one page."""
        if self.page.previous is None and self.page.next is None:
            return []
        before, behind = self.page.previous, self.page.next
        return [
            ("First", self.page_url(keyset.FIRST) if before else ""),
            ("Previous", self.page_url(before) if before else ""),
            ("Next", self.page_url(behind) if behind else ""),
            ("Last", self.page_url(keyset.LAST) if behind else ""),
        ]


class CappedPaginator(Paginator):
    """For the lists of choices that open as one types: never counts further than anybody scrolls."""

    @property
    def count(self):
        return self.object_list[: keyset.COUNTED].count()


class LongLists:
    """For a ModelAdmin: its list is a LongList, and only columns that an index puts in order can be sorted by.

    `is_short` says that the table never holds more than some hundreds of rows, so that any column may order it.
    """

    is_short = False
    show_full_result_count = False
    paginator = CappedPaginator

    def get_changelist(self, request, **kwargs):
        return LongList

    def get_sortable_by(self, request):
        if self.is_short:
            return super().get_sortable_by(request)
        ordered = leading_columns(self.model)
        return [name for name in self.get_list_display(request) if self.order_of(name) in ordered]

    def order_of(self, name):
        """The column that a column of the list is ordered by; None for one that orders nothing."""
        shown = getattr(self, name, None)
        return getattr(shown, "admin_order_field", None) if callable(shown) else name


def leading_columns(model):
    """The columns by which, with the id after them, an index of the whole table puts its rows in order."""
    found = {field.name for field in model._meta.fields if field.unique}
    found |= {field.name for field in model._meta.fields if field.db_index and not field.is_relation}
    for index in model._meta.indexes:
        if type(index) is models.Index and index.condition is None and index.fields:
            first, *rest = (name.removeprefix("-") for name in index.fields)
            if rest in ([], [model._meta.pk.name]):
                found.add(first)
    for rule in model._meta.constraints:
        if isinstance(rule, models.UniqueConstraint) and rule.condition is None and len(rule.fields) == 1:
            found.add(rule.fields[0])
    return found
