"""Which addresses of mailings in the archive lead to something."""

from informed_comment.answering import answers
from newsletter.models import Mailing

LARGEST = 2**63  # what a row can be numbered


@answers("newsletter:mailing")
def answered(wanted):
    asked = wanted.get("newsletter:mailing", {})
    if not asked:
        return set()
    ids = {arguments["pk"] for arguments in asked.values() if arguments["pk"] < LARGEST}
    there = set(Mailing.objects.on_the_web().filter(pk__in=ids).values_list("pk", flat=True))
    return {path for path, arguments in asked.items() if arguments["pk"] in there}
