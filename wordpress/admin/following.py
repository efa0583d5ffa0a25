"""How far an import is, in words, for its page and for whoever asks again every other second."""

from django.utils import timezone

from informed_comment import workers
from wordpress.models import Move

Phase, State = Move.Phase, Move.State
QUIET = 60  # seconds without a sign of work
NO_WORKER = (
    "Nothing is being done at the moment: no worker is running on the server. Ask whoever runs the site to start it "
    "(manage.py worker). The import then goes on by itself."
)
BUSY = "The worker is busy with something else; the import goes on as soon as it is free."
AFTER_ANOTHER = (
    "Another import is under way. One is done at a time; this one begins by itself when that is done."
)
BY_COMMAND = (
    "It was begun by a command on the server and has made no progress for {}. If the command is no longer running, "
    "press “Go on”, and the worker takes over."
)


STATES = {
    State.ARRIVING: "On its way here",
    State.RECEIVED: "Here, not looked at yet",
    State.LOOKING: "Being looked at: the dry run",
    State.LOOKED: "Looked at, nothing imported yet",
    State.RUNNING: "Being imported",
    State.STOPPED: "Stopped",
    State.DONE: "Imported",
    State.FAILED: "Failed",
}


def state_in_words(move):
    """One of which something could not be read or taken in is told from those that are whole."""
    is_whole = move.state != State.DONE or move.report.get("is_whole", True)
    return STATES[move.state] if is_whole else f"{STATES[move.state]}, but not all of it"


def now(move):
    """What changes while an import is under way, as plain values."""
    return {
        "state": move.state,
        "phase": move.get_phase_display() if move.phase else "Waiting for the worker to begin",
        "count": counted(move),
        "left": left(move),
        "trouble": trouble(move),
        "done": move.done,
        "total": move.total if is_measured(move) else 0,
    }


def is_measured(move):
    """While files are read for the first time nobody knows how much is in them."""
    return move.phase == Phase.TEXTS and move.total > 0


def counted(move):
    if is_measured(move):
        return f"{move.done:,} of {move.total:,}"
    if move.phase == Phase.FILES:
        return f"{move.total or move.done:,} found so far"
    return f"{move.done:,}" if move.done else ""


def left(move):
    """Speed and time left, in words; nothing while they are not known."""
    if not move.rate:
        return ""
    speed = f"{move.rate:,.0f} a second" if move.rate >= 1 else f"{move.rate * 60:,.0f} a minute"
    seconds = move.seconds_left if is_measured(move) else None
    return f"{speed}, {time_left(seconds)}" if seconds is not None else speed


def time_left(seconds):
    if seconds < 60:
        return "less than a minute left"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"about {minutes} minute{'s' * (minutes != 1)} left"
    hours = round(minutes / 60)
    return f"about {hours} hour{'s' * (hours != 1)} left"


def trouble(move):
    """Why nothing moves, with the cure; empty while something does."""
    quiet = (timezone.now() - move.beat_at).total_seconds() if move.beat_at else QUIET + 1
    if quiet < QUIET:
        return ""
    if not move.is_for_workers:
        return BY_COMMAND.format(f"{quiet // 60:.0f} minutes") if move.beat_at and quiet > 2 * QUIET else ""
    if not workers.is_at_work():
        return NO_WORKER
    if Move.objects.under_way().exclude(pk=move.pk).exists():
        return AFTER_ANOTHER
    return BUSY if move.beat_at else ""
