"""The buttons under a post: what may be done with it now, by whom, and the deed behind each."""

from dataclasses import dataclass

from django.utils import timezone

from posts import publishing
from posts.models import Post


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
}
EDITORS_ONLY = {"publish", "publish_now", "withdraw"}
SAVE_DRAFT = Button("save", "Save draft")
SAVE = Button("save", "Save")
SUBMIT = Button("submit", "Send to review", "default")
SUBMIT_TOO = Button("submit", "Send to review")
PUBLISH = Button("publish", "Publish", "default", checks=True)
PUBLISH_AGAIN = Button("publish", "Publish again", "default", checks=True)
PUBLISH_NOW = Button("publish_now", "Publish now", "quiet", checks=True)
UPDATE = Button("save", "Update", "default", checks=True)
WITHDRAW = Button("withdraw", "Withdraw", "danger")


def available(post, user):
    """The buttons for a post in the order they stand; the first is what the Enter key does."""
    publishes = user.has_perm("posts.publish_post")
    if post is None or post.status == Post.Status.DRAFT:
        return [SAVE_DRAFT, SUBMIT_TOO, PUBLISH] if publishes else [SAVE_DRAFT, SUBMIT]
    if post.status == Post.Status.IN_REVIEW:
        return [SAVE, *([PUBLISH] * publishes)]
    if not publishes:
        return [SAVE]
    if post.status == Post.Status.WITHDRAWN:
        return [SAVE, PUBLISH_AGAIN]
    if post.is_scheduled:
        return [UPDATE, PUBLISH_NOW, WITHDRAW]
    return [UPDATE, WITHDRAW]


def chosen(data, post, user):
    """The button that was pressed; the first one for a form sent without any, None for one that is not there."""
    buttons = available(post, user)
    name = data.get("_deed", buttons[0].name)
    return next((button for button in buttons if button.name == name), None)
