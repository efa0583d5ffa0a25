"""Moving in, on screen: the list of imports, a new one, and the page of each, which follows it to its report."""

from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST, require_safe

from informed_comment import audit
from informed_comment.long_lists import LongLists
from informed_comment.palette import may_open
from wordpress.admin import arriving, deeds, extras, files, following, leaving, lines
from wordpress.admin.forms import NewForm, OptionsForm
from wordpress.admin.telling import Told
from wordpress.formats import NAMES
from wordpress.models import Leftover, Move
from wordpress.moving import course, receiving
from wordpress.moving.first_sight import receive_here, receive_sent
from wordpress.taking.options import Options

PAGE = "admin/wordpress/move/{}.html"
HEAVY = ("carried", "checkpoint")  # what only the work itself needs
State = Move.State


@admin.register(Move)
class MoveAdmin(LongLists, admin.ModelAdmin):
    """Adding an import is bringing files; its page says what would happen, how far it is, and what happened."""

    list_display = ["file_names", "state_in_words", "figures", "brought", "created_by"]
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    actions = None
    change_list_template = PAGE.format("list")

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("wordpress.change_move")

    def has_delete_permission(self, request, obj=None):
        """An import is forgotten on its own page, never while it is under way."""
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).defer(*HEAVY)

    def get_urls(self):
        def screen(address, view, name, guard):
            view = self.admin_site.admin_view(guard(view))
            return path(address, view, name=f"wordpress_move_{name}")

        return [
            screen("out/", self.leaving, "leaving", deeds.get_or_post),
            screen("beside/", self.viewed(extras.page), "extras", deeds.get_or_post),
            screen("files/", self.viewed(files.page), "files", deeds.get_or_post),
            screen("files/now/", self.viewed(files.now_as_json), "files_now", require_safe),
            screen("files/csv/", self.viewed(files.as_csv), "files_csv", require_safe),
            screen("arrive/", self.arrive, "arrive", require_POST),
            screen("<int:pk>/arrive/<int:file>/<int:at>/", self.part, "part", require_POST),
            screen("<int:pk>/arrived/", self.arrived, "arrived", require_POST),
            screen("<int:pk>/now/", self.now, "now", require_safe),
            screen("<int:pk>/start/", self.start, "start", deeds.get_or_post),
            screen("<int:pk>/<str:which>/<str:kind>/", self.lines, "lines", require_safe),
            screen("<int:pk>/<str:which>/<str:kind>/csv/", self.lines_as_csv, "lines_csv", require_safe),
            *super().get_urls(),
        ]

    def viewed(self, view):
        """A screen that stands beside the imports, for those who may see these."""

        def opened(request):
            if not self.has_view_permission(request):
                raise PermissionDenied
            return view(self, request)

        return opened

    # The list

    @admin.display(description="files")
    def file_names(self, move):
        return move.names or "no files"

    @admin.display(description="state", ordering=None)
    def state_in_words(self, move):
        return following.state_in_words(move)

    @admin.display(description="brought")
    def brought(self, move):
        return date_format(timezone.localtime(move.created_at), "j M Y, H:i")

    @admin.display(description="what came in")
    def figures(self, move):
        return Told.figures_of(move.report if move.begun_at else move.foretold) or "–"

    # A new one

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = [request.POST, request.FILES] if request.method == "POST" else []
        form, options = NewForm(*sent), OptionsForm(Options(), [], *sent[:1])
        if sent and form.is_valid() and options.is_valid():
            try:
                return HttpResponseRedirect(page_of(self.received(request, form, options.chosen())))
            except (receiving.CannotReceive, OSError) as reason:
                form.add_error("files" if form.cleaned_data["files"] else "here", str(reason))
        return self.page(request, "new", title="Move in", form=form, options=options)

    def received(self, request, form, options):
        """The move, already on its way to a dry run."""
        who = request.user.get_username()
        files = form.cleaned_data["files"]
        if files:
            move = receive_sent(files, options=options, by=who, limit=form.limit)
        else:
            move = receive_here(form.paths, options=options, by=who)
        return self.looked_into(request, move)

    def looked_into(self, request, move):
        self.log(request, move, f"Brought {move.names}.")
        return course.look(move)

    def arrive(self, request):
        return arriving.arrive(self, request)

    def part(self, request, pk, file, at):
        return arriving.part(self, request, pk, file, at)

    def arrived(self, request, pk):
        return arriving.arrived(self, request, pk)

    # The page of one

    def change_view(self, request, object_id, form_url="", extra_context=None):
        move = self.one(request, object_id)
        deed = deeds.BY_NAME.get(request.POST.get("do"))
        if request.method != "POST" or not deed:
            return self.shown(request, move)
        try:
            answer = deed(self, request, move)
        except course.CannotGoOn as reason:
            messages.warning(request, str(reason))
            answer = None
        return answer or HttpResponseRedirect(page_of(move))

    def one(self, request, pk):
        """The move, for somebody who may see it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Move.objects.defer(*HEAVY)
        return get_object_or_404(rows, pk=pk if str(pk).isdecimal() and len(str(pk)) < 19 else 0)

    def shown(self, request, move, options=None):
        told = Told(move, is_foretold=not move.begun_at)
        may_change = move.state == State.LOOKED and self.has_change_permission(request)
        if options is None and may_change:
            options = OptionsForm(Options.from_json(move.options), told.plugin_types, system=move.format)
        return self.page(
            request,
            "one",
            title=move.names or str(move),
            move=move,
            said=following.state_in_words(move),
            now=following.now(move) if move.is_under_way else None,
            told=told,
            options=options,
            system=NAMES.get(move.format, ""),
            given=deeds.options_in_words(move),
            left=may_open(request, Leftover) and Leftover.objects.filter(done_at=None).exists(),
            may=deeds.allowed(request.user, move, told),
        )

    def now(self, request, pk):
        return JsonResponse(following.now(self.one(request, pk)), headers={"Cache-Control": "no-store"})

    def start(self, request, pk):
        return deeds.start(self, request, self.one(request, pk))

    def lines(self, request, pk, which, kind):
        return lines.page(self, request, self.one(request, pk), which, kind)

    def lines_as_csv(self, request, pk, which, kind):
        return lines.as_csv(self.one(request, pk), which, kind)

    def leaving(self, request):
        return leaving.page(self, request)

    def page(self, request, name, **context):
        context = self.admin_site.each_context(request) | {"opts": self.opts, "subtitle": None} | context
        return TemplateResponse(request, PAGE.format(name), context)

    @transaction.atomic
    def log(self, request, move, said):
        audit.record("site_imported", said, request=request, about=str(move))
        LogEntry.objects.log_actions(request.user.pk, [move], ADDITION, said, single_object=True)


def page_of(move):
    return reverse("admin:wordpress_move_change", args=[move.pk])
