"""The buttons under a post: what may be done with it now, by whom, and the deed behind each."""

from dataclasses import dataclass

from informed_comment import clocks
from posts import publishing
from posts.models import PendingChange, Post, Revision


@dataclass(frozen=True)
class Button:
    """One deed. `checks` says whether the post must have all that readers need, `confirm` what is asked before it.

    One that `is_apart` stands in a panel of its own and not in the row.
    """

    name: str
    label: str
    style: str = "quiet"
    checks: bool = False
    confirm: str = ""
    is_apart: bool = False

    @property
    def is_grave(self):
        """Whether it takes the post away from readers or from the lists; such buttons are not next to the usual ones."""
        return self.style in ("danger", "plain")

    def perform(self, post, *, by, why=""):
        """Does it; `why` is what was said about it, if it can be."""
        if self.name == "send_back":
            publishing.send_back(post, by=by, why=why)
        else:
            PERFORMED[self.name](post, by)


PERFORMED = {
    "save": lambda post, by: publishing.save(post, by=by),
    "submit": lambda post, by: publishing.submit(post, by=by),
    "publish": lambda post, by: publishing.publish(post, by=by),
    "publish_now": lambda post, by: publishing.publish(post, by=by, at=clocks.present()),
    "send_back": lambda post, by: publishing.send_back(post, by=by),
    "withdraw": lambda post, by: publishing.withdraw(post, by=by),
    "trash": lambda post, by: publishing.trash(post, by=by),
    "apply_pending": lambda post, by: publishing.save(post, by=by, deed=Revision.Deed.APPLY),
}
EDITORS_ONLY = {"publish", "publish_now", "withdraw", "send_back"}
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
SEND_BACK = Button("send_back", "Send back", is_apart=True)
OFF_THE_SITE = "Take this post off the site? Its address is kept for its return."
WITHDRAW = Button("withdraw", "Withdraw", "danger", confirm=OFF_THE_SITE)
TRASH = Button("trash", "Move to trash", "plain")
TRASH_SCHEDULED = Button(
    "trash", "Move to trash", "plain", confirm="The post will not come out at its hour. Move it to the trash?"
)
TRASH_PUBLIC = Button(
    "trash",
    "Take off the site and move to trash",
    "plain",
    confirm="Readers see this post. Take it off the site and move it to the trash? Taken out again, it stands at its address as before.",
)
KEEP_PENDING = Button("keep_pending", "Keep for later")
SAVE_PENDING = Button("keep_pending", "Save the changes", "default")
APPLY_PENDING = Button("apply_pending", "Publish the changes", "quiet", checks=True)
DISCARD_PENDING = Button(
    "discard_pending",
    "Discard the changes",
    "danger",
    confirm="Discard the pending changes? What readers see stays as it is.",
)


def available(post, user, *, pending=None):
    """The buttons for a post in the order they stand; the first is what the Enter key does.

    `pending` is the PendingChange that the form shows instead of what readers see.
    """
    publishes = user.has_perm("posts.publish_post")
    if post is None or post.status == Post.Status.DRAFT:
        begun = [SAVE_DRAFT, SUBMIT_TOO, PUBLISH] if publishes else [SAVE_DRAFT, SUBMIT]
        return begun + [TRASH] * bool(post)
    if post.status == Post.Status.IN_REVIEW:
        return [SAVE, *([PUBLISH, SEND_BACK] * publishes), TRASH]
    if not publishes:
        return [SAVE]
    if post.status == Post.Status.WITHDRAWN:
        return [SAVE, PUBLISH_AGAIN, TRASH]
    if pending:
        return [SAVE_PENDING, APPLY_PENDING, DISCARD_PENDING]
    if post.is_scheduled:
        return [UPDATE, PUBLISH_NOW, WITHDRAW, TRASH_SCHEDULED]
    return [UPDATE, KEEP_PENDING, WITHDRAW, TRASH_PUBLIC]


def chosen(data, post, user):
    """The button that was pressed; the first one for a form sent without any, None for one that is not there."""
    buttons = available(post, user)
    if data.get("_deed") in PENDING and post and post.status == Post.Status.PUBLISHED:
        change = PendingChange.objects.filter(post=post).first()
        buttons = buttons + available(post, user, pending=change)
    name = data.get("_deed", buttons[0].name)
    return next((button for button in buttons if button.name == name), None)
