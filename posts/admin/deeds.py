"""The buttons under a post: what may be done with it now, by whom, and the deed behind each."""

from dataclasses import dataclass

from django.utils import timezone

from posts import publishing
from posts.models import PendingChange, Post, Revision


@dataclass(frozen=True)
class Button:
    """One deed. `checks` says whether the post must have all that readers need."""

    name: str
    label: str
    style: str = "quiet"
    checks: bool = False

    def perform(self, post, *, by):
        PERFORMED[self.name](post, by)


PERFORMED = {
    "save": lambda post, by: publishing.save(post, by=by),
    "submit": lambda post, by: publishing.submit(post, by=by),
    "publish": lambda post, by: publishing.publish(post, by=by),
    "publish_now": lambda post, by: publishing.publish(post, by=by, at=timezone.now()),
    "withdraw": lambda post, by: publishing.withdraw(post, by=by),
    "apply_pending": lambda post, by: publishing.save(post, by=by, deed=Revision.Deed.APPLY),
}
EDITORS_ONLY = {"publish", "publish_now", "withdraw"}
PENDING = {
    "keep_pending",
    "apply_pending",
    "discard_pending",
}  # done by the form (posts/admin/pending_form.py)
SAVE_DRAFT = Button("save", "Save draft")
SAVE = Button("save", "Save")
SUBMIT = Button("submit", "Send to review", "default")
SUBMIT_TOO = Button("submit", "Send to review")
PUBLISH = Button("publish", "Publish", "default", checks=True)
PUBLISH_AGAIN = Button("publish", "Publish again", "default", checks=True)
PUBLISH_NOW = Button("publish_now", "Publish now", "quiet", checks=True)
UPDATE = Button("save", "Update", "default", checks=True)
WITHDRAW = Button("withdraw", "Withdraw", "danger")
KEEP_PENDING = Button("keep_pending", "Keep for later")
SAVE_PENDING = Button("keep_pending", "Save the changes", "default")
APPLY_PENDING = Button("apply_pending", "Publish the changes", "quiet", checks=True)
DISCARD_PENDING = Button("discard_pending", "Discard the changes", "danger")


def available(post, user, *, pending=None):
    """The buttons for a post in the order they stand; the first is what the Enter key does.

    `pending` is the PendingChange that the form shows instead of what readers see.
    """
    publishes = user.has_perm("posts.publish_post")
    if post is None or post.status == Post.Status.DRAFT:
        return [SAVE_DRAFT, SUBMIT_TOO, PUBLISH] if publishes else [SAVE_DRAFT, SUBMIT]
    if post.status == Post.Status.IN_REVIEW:
        return [SAVE, *([PUBLISH] * publishes)]
    if not publishes:
        return [SAVE]
    if post.status == Post.Status.WITHDRAWN:
        return [SAVE, PUBLISH_AGAIN]
    if pending:
        return [SAVE_PENDING, APPLY_PENDING, DISCARD_PENDING]
    if post.is_scheduled:
        return [UPDATE, PUBLISH_NOW, WITHDRAW]
    return [UPDATE, KEEP_PENDING, WITHDRAW]


def chosen(data, post, user):
    """The button that was pressed; the first one for a form sent without any, None for one that is not there."""
    buttons = available(post, user)
    if data.get("_deed") in PENDING and post and post.status == Post.Status.PUBLISHED:
        change = PendingChange.objects.filter(post=post).first()
        buttons = buttons + available(post, user, pending=change)
    name = data.get("_deed", buttons[0].name)
    return next((button for button in buttons if button.name == name), None)
