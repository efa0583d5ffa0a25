"""Which addresses of standing pages lead to something."""

from informed_comment.answering import answers
from pages.models import Page


@answers("pages:page")
def answered(wanted):
    asked = wanted.get("pages:page", {})
    if not asked:
        return set()
    ways = {arguments["path"] for arguments in asked.values()}
    there = set(Page.objects.published().filter(path__in=ways).values_list("path", flat=True))
    return {path for path, arguments in asked.items() if arguments["path"] in there}
