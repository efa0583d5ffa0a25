"""The course of an import: what somebody decides about it, and the work that follows, by whoever is there.

One import is worked at at a time, under an advisory lock that ends with its holder; what a death leaves, the next one
goes on with.
"""

from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from informed_comment import jobs, poolers
from wordpress.importer import Importer
from wordpress.models import Move
from wordpress.moving.keeping import Keeper, Paused, Stopped
from wordpress.taking.options import Options

LOCK = 7_319_204  # advisory lock of the session
State = Move.State
ERROR = (
    "It was stopped by an error, which is in the server's log: {}. What was done so far stands; go on with it, or "
    "begin it again."
)


TWICE = (
    "An import of the same system came in before, of {theirs}. Under another address all of it would come in a second time: "
    "give the same address ({given}). If it is another site after all, forget the earlier import first."
)


class CannotGoOn(ValueError):
    """Why an import cannot do now what somebody wants of it, in a sentence with the cure."""


# What somebody decides


@transaction.atomic
def choose(move, *, options):
    """Other options; what was foretold with those before is forgotten."""
    move = _in_state(move, State.RECEIVED, State.LOOKED)
    move.options, move.foretold, move.state = options.as_json(), {}, State.RECEIVED
    move.lines.filter(is_foretold=True).delete()
    move.save(update_fields=["options", "foretold", "state"])
    return move


@transaction.atomic
def look(move, *, is_for_workers=True):
    """Has said what the import would do, without doing it."""
    move = _in_state(move, State.RECEIVED, State.LOOKED, State.FAILED)
    if move.begun_at:
        raise CannotGoOn("This import has begun already. Go on with it, or begin it again.")
    move.foretold = {}
    _set_out(move, State.LOOKING, is_for_workers, anew=True)
    return move


@transaction.atomic
def start(move, *, by="", is_for_workers=True):
    """Begins the import itself. `by` is the name of whoever answers for it."""
    move = _in_state(move, State.RECEIVED, State.LOOKED)
    _under_one_address(move)
    move.begun_at, move.begun_by = timezone.now(), by[:150]
    _set_out(move, State.RUNNING, is_for_workers, anew=True)
    return move


@transaction.atomic
def stop(move):
    """Stops at the next batch. A dry run that is stopped was none."""
    move = _in_state(move, *Move.UNDER_WAY)
    move.state = State.STOPPED if move.state == State.RUNNING else State.RECEIVED
    move.rate = 0
    move.save(update_fields=["state", "rate"])
    return move


@transaction.atomic
def resume(move, *, is_for_workers=True):
    """Goes on where it was, stopped by somebody, by an error or by a death."""
    move = _in_state(move, State.STOPPED, State.FAILED, *Move.UNDER_WAY)
    _set_out(move, State.RUNNING if move.begun_at else State.LOOKING, is_for_workers, anew=False)
    return move


@transaction.atomic
def begin_again(move, *, by="", is_for_workers=True):
    """The same files from their beginning: only what has changed there is written."""
    move = _in_state(move, State.DONE, State.STOPPED, State.FAILED, State.RUNNING)
    with alone() as is_alone:
        if move.state == State.RUNNING and not is_alone:
            raise CannotGoOn("Somebody is at this import just now. Stop it first.")
    if any(not file["path"] for file in move.files) and not move.pieces.exists():
        raise CannotGoOn("The uploaded file is no longer kept. Upload it again.")
    move.begun_at, move.begun_by, move.done_at, move.report = timezone.now(), by[:150], None, {}
    _set_out(move, State.RUNNING, is_for_workers, anew=True)
    return move


@transaction.atomic
def drop(move):
    """Forgets the import and its reports; what came in by it stays."""
    _in_state(move, *set(State) - set(Move.UNDER_WAY)).delete()


def _under_one_address(move):
    """Things are known by their site: the same export under another address would be another site's."""
    address, files = _address(move), _known_by(move)
    for other in Move.objects.filter(begun_at__isnull=False).exclude(pk=move.pk):
        theirs = _address(other)
        if theirs == address or _system(other) != _system(move):
            continue
        if not address or files & _known_by(other):
            named = theirs or "a site without an address"
            raise CannotGoOn(TWICE.format(theirs=named, given=theirs or "none"))


def _address(move):
    return move.options.get("address", "").rstrip("/")


def _system(move):
    return move.options.get("system") or move.format


def _known_by(move):
    return {value for file in move.files for value in (file["name"], file["digest"])}


def _set_out(move, state, is_for_workers, *, anew):
    move.state, move.is_for_workers, move.problem, move.rate = state, is_for_workers, "", 0
    move.beat_at = None
    if anew:
        move.phase, move.checkpoint, move.carried, move.done, move.total = "", {}, {}, 0, 0
        move.lines.filter(is_foretold=state == State.LOOKING).delete()
        move.keys.all().delete()
        move.waiting.all().delete()
    move.save()
    if is_for_workers:
        ask(move)


def _in_state(move, *states):
    move = Move.objects.select_for_update().filter(pk=move.pk).first()
    if move is None or move.state not in states:
        said = move.get_state_display().lower() if move else "no longer there"
        raise CannotGoOn(f"The import is {said}; nothing was done. Look at its page again.")
    return move


def begun_before(files, options):
    """The newest import of just these files, with these options, by its state; None if there is none.

    Files are the same when their sizes and digests are, wherever they stand.
    """
    wanted = [(file["size"], file["digest"]) for file in files]
    for move in Move.objects.filter(options=options.as_json()).order_by("-id"):
        if [(file["size"], file["digest"]) for file in move.files] == wanted:
            return move
    return None


# The work


def ask(move):
    jobs.defer("wordpress.move", queueing_lock=f"move {move.pk}", move_id=move.pk)


def work(move_id, *, seconds=None, progress=None):
    """Does what is to be done next, for so many seconds or to the end; whether there is more to do."""
    with alone() as is_alone:
        move = Move.objects.under_way().filter(pk=move_id).first()
        if move is None:
            return False
        if is_alone:
            _go_on(move, seconds, progress)
    return is_alone and Move.objects.under_way().filter(pk=move_id).exists()


def _go_on(move, seconds, progress):
    options = Options.from_json(move.options, is_dry_run=move.state == State.LOOKING)
    keeper = Keeper(move, seconds=seconds, progress=progress)
    try:
        Importer(options, keeper).take()
    except (Paused, Stopped):
        return
    except (OperationalError, InterfaceError):
        raise  # the database went away: whoever comes next goes on
    except Exception as error:
        keeper.fail(ERROR.format(str(error).replace("\x00", "")[:500] or type(error).__name__))
        raise


@contextmanager
def alone():
    """Whether nobody else is at an import; then nobody will be until the end, or our death."""
    poolers.refuse(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        is_ours = cursor.fetchone()[0]
    try:
        yield is_ours
    finally:
        if is_ours and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
