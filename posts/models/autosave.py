import uuid

from django.conf import settings
from django.db import models


class Autosave(models.Model):
    """What somebody has typed into a post's form and not saved: one row a post and user, written over each time.

    `text` is the form as the browser sent it, JSON `{name: [value, …]}`, kept to the letter so that the hash of what is
    stored can be compared with the hash of what was sent. A post that has no row yet goes by the form's `key`.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey("posts.Post", null=True, on_delete=models.CASCADE, related_name="autosaves")
    key = models.UUIDField(default=uuid.uuid4)
    text = models.TextField()
    base_version = models.PositiveIntegerField(
        null=True, help_text="The post's version the form was opened at."
    )
    number = models.PositiveIntegerField(
        default=1, help_text="Goes up with each write; tells one window of another's writing."
    )
    typed_at = models.DateTimeField(help_text="When the last key was pressed, by the browser's clock.")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "post"],
                condition=models.Q(post__isnull=False),
                name="user_has_one_autosave_a_post",
            ),
            models.UniqueConstraint(
                fields=["user", "key"],
                condition=models.Q(post=None),
                name="user_has_one_autosave_a_new_form",
            ),
        ]

    def __str__(self):
        return f"{self.user_id} on {self.post_id or self.key}"
