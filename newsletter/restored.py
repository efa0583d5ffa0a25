"""After a backup was brought back nobody knows what was mailed since it was made: so nothing of that time goes out by itself."""

from django.utils import timezone

from newsletter.models import DigestPlan, Mailing
from posts.models import Announcement

HELD = (
    "The site was restored from a backup, and this may have gone out since the backup was made. Look at what the mail server "
    "knows of it; then let it go on, or cancel it."
)


def hold(moment):
    """In the transaction of the restore; sentences on what was held back. `moment` is that of the backup."""
    now = timezone.now()
    going = Mailing.objects.filter(state=Mailing.State.SENDING).update(
        state=Mailing.State.PAUSED, problem=HELD
    )
    drafts = Mailing.objects.filter(state=Mailing.State.DRAFT, is_automatic=True)
    drafts = drafts.update(is_automatic=False, problem=HELD)
    posts = Announcement.objects.held().filter(due_at__lte=now).update(cancelled_at=now)
    for plan in DigestPlan.objects.all():
        day = plan.occasion_at(now)
        if plan.looked_on is None or plan.looked_on < day:
            DigestPlan.objects.filter(kind=plan.kind).update(looked_on=day)
    said = []
    if going or drafts:
        said.append(
            f"{going + drafts} mailings wait for somebody, for they may have gone out since the backup."
        )
    if posts:
        said.append(
            f"{posts} posts are not announced by mail, for they may have been; their pages have a button for it."
        )
    return [*said, "The next digest comes at its next hour; those of hours that have passed are not made."]
