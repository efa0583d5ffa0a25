"""What somebody may do with an import on its page, by what is posted; and the page that asks once more before it begins."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from wordpress.admin.forms import OptionsForm
from wordpress.admin.telling import Told
from wordpress.models import Move
from wordpress.moving import course, lying_here
from wordpress.taking.options import Options

State = Move.State
get_or_post = require_http_methods(["GET", "HEAD", "POST"])
CHANGE, IMPORT, DELETE = "wordpress.change_move", "wordpress.import_site", "wordpress.delete_move"
LOOK_FIRST = "The dry run is not done, or found nothing to import. Look at the page of the import again."


def allowed(user, move, told):
    """The deeds that make sense now and that the user may do."""
    state = move.state
    sensible = {
        "look": (
            CHANGE,
            state in (State.RECEIVED, State.LOOKED) or (state == State.FAILED and not move.begun_at),
        ),
        "start": (IMPORT, state == State.LOOKED and not told.is_empty),
        "stop": (CHANGE, move.is_under_way),
        "resume": (CHANGE, state == State.STOPPED or (state == State.FAILED and bool(move.begun_at))),
        "again": (IMPORT, state in (State.DONE, State.STOPPED) and has_files(move)),
        "drop": (DELETE, not move.is_under_way),
    }
    return {
        name: makes_sense and user.has_perm(permission)
        for name, (permission, makes_sense) in sensible.items()
    }


def has_files(move):
    return all(file["path"] for file in move.files) or move.pieces.exists()


def options_in_words(move):
    """(what, how) of the choices that were made; the usual ones are not told."""
    options = Options.from_json(move.options)
    words = [(f"“{name}”", f"taken as {kind}s") for name, kind in sorted(options.types.items())]
    if options.signs_from_text:
        words.append(("Bylines", "taken from a first line “By … |” of the texts"))
    if options.address:
        words.append(
            ("Old site", options.address + (f", posts at {options.pattern}" if options.pattern else ""))
        )
    if options.has_sections:
        words.append(("Sections", "the first tag of each post"))
    if options.folder:
        words.insert(0, ("Uploads from", lying_here.name_of(options.folder) or str(options.folder)))
    return words


def permitted(request, permission):
    if not request.user.has_perm(permission):
        raise PermissionDenied


def look(modeladmin, request, move):
    """With the options chosen; the figures of the dry run before are forgotten."""
    permitted(request, CHANGE)
    if move.state == State.LOOKED:
        types = Told(move, is_foretold=True).plugin_types
        form = OptionsForm(Options.from_json(move.options), types, request.POST, system=move.format)
        if not form.is_valid():
            return modeladmin.shown(request, move, form)
        move = course.choose(move, options=form.chosen())
    course.look(move)
    return None


def start(modeladmin, request, move):
    """GET says what will happen and how much; POST does it, once, however many press the button."""
    permitted(request, IMPORT)
    told = Told(move, is_foretold=True)
    page = HttpResponseRedirect(reverse("admin:wordpress_move_change", args=[move.pk]))
    if request.method == "POST":
        try:
            course.start(move, by=request.user.get_username())
            modeladmin.log(request, move, "Began to import.")
        except course.CannotGoOn as reason:
            messages.warning(request, str(reason))
        return page
    if move.state != State.LOOKED or told.is_empty:
        messages.warning(request, LOOK_FIRST)
        return page
    return modeladmin.page(request, "start", title="Begin the import?", move=move, told=told)


def stop(modeladmin, request, move):
    permitted(request, CHANGE)
    course.stop(move)
    modeladmin.log(request, move, "Stopped it.")


def resume(modeladmin, request, move):
    permitted(request, CHANGE)
    course.resume(move)
    modeladmin.log(request, move, "Went on with it.")


def again(modeladmin, request, move):
    permitted(request, IMPORT)
    course.begin_again(move, by=request.user.get_username())
    modeladmin.log(request, move, "Began to import it again.")


def drop(modeladmin, request, move):
    permitted(request, DELETE)
    modeladmin.log(request, move, "Forgot the import, its files and its report.")
    course.drop(move)
    messages.success(request, "The import is forgotten: its files and its report. What came in by it stays.")
    return HttpResponseRedirect(reverse("admin:wordpress_move_changelist"))


BY_NAME = {"look": look, "stop": stop, "resume": resume, "again": again, "drop": drop}
