"""The newsroom's status page: every light, what waits, what failed, with the deeds that mend it; and its panel."""

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from informed_comment import audit
from informed_comment.dashboard import Item, Panel
from informed_comment.palette import Hit, named
from informed_comment.watching import keeping_watch, of_machines, queue
from informed_comment.watching.lights import State, lights

MAY_SEE = "informed_comment.view_status"
MAY_MEND = "informed_comment.manage_jobs"
SHOWN = 5
MOST = 500  # jobs at once
NUMBER = re.compile(r"[0-9]{1,18}")
ORDER = (State.BAD, State.WATCH, State.GOOD)
WORDS = {State.BAD: "Needs somebody now", State.WATCH: "Will need somebody", State.GOOD: "Well"}


@require_safe
def page(request, context):
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    with queue.asked_once():
        found = sorted(lights(), key=lambda light: ORDER.index(light.state))
        tasks = queue.by_task()
    context |= {
        "title": "Status",
        "subtitle": None,
        "lights": [(light, WORDS[light.state]) for light in found],
        "tasks": [task for task in tasks if task.due or task.doing or task.failed],
        "failed": queue.failed(),
        "versions": of_machines.versions().items(),
        "may_mend": request.user.has_perm(MAY_MEND),
    }
    return TemplateResponse(request, "admin/status.html", context)


@require_POST
def try_again(request):
    return mended(request, queue.try_again, "job_tried_again", "was put back into the queue")


@require_POST
def dismiss(request):
    return mended(request, queue.dismiss, "job_dismissed", "was dismissed")


def mended(request, mend, word, done):
    """One deed on failed jobs, by whoever may; each in the audit log."""
    if not request.user.has_perm(MAY_MEND):
        raise PermissionDenied
    numbers = [int(said) for said in request.POST.getlist("job")[:MOST] if NUMBER.fullmatch(said)]
    mended = 0
    for number in numbers:
        try:
            task = mend(number)
        except queue.WaitsAlready:
            said = f"Job {number} need not be tried again: another that does the same waits. Dismiss it."
            messages.warning(request, said)
            break
        if task:
            audit.record(word, f"The failed job {number} ({task}) {done}.", request=request, about=task)
            mended += 1
    if mended:
        said = f"Job {numbers[0]} {done}." if mended == 1 else f"Of {mended} jobs each {done}."
        messages.success(request, said)
    elif numbers and not messages.get_messages(request):
        messages.warning(request, "They are no longer among the failed ones: somebody else was quicker.")
    return HttpResponseRedirect(reverse("admin:status"))


def panel(request):
    """On the newsroom's first page, for those who may see it and only while something is wrong."""
    if not request.user.has_perm(MAY_SEE):
        return None
    where = reverse("admin:status")
    items = [Item(light.name, where, light.says, light.since) for light in keeping_watch.bad()]
    return Panel("Something needs you", items[:SHOWN], where) if items else None


def hits(request, typed):
    """The page in “Find”."""
    if not request.user.has_perm(MAY_SEE):
        return []
    return named(
        [Hit("Screen", "Status", reverse("admin:status"), "health of the site, queue, versions")], typed
    )
