from django.conf import settings
from django.db import models


class Revision(models.Model):
    """An unchangeable earlier state of a post: its fields and relations as JSON. Autosave is not a revision."""

    class Deed(models.TextChoices):
        SAVE = "save", "saved"
        SUBMIT = "submit", "sent to review"
        PUBLISH = "publish", "published"
        WITHDRAW = "withdraw", "withdrawn"
        SEND_BACK = "send_back", "sent back"
        TRASH = "trash", "thrown away"
        UNTRASH = "untrash", "taken from the trash"
        APPLY = "apply", "changes applied"
        RESTORE = "restore", "restored"
        IMPORT = "import", "imported"
        UNDO = "undo", "undone"

    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="revisions")
    deed = models.CharField(max_length=10, choices=Deed)
    state = models.JSONField()
    version = models.PositiveIntegerField(null=True, help_text="The post's version this is the state of.")
    name = models.CharField(max_length=100, blank=True, help_text="A named revision is never thinned out.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    guest = models.CharField(
        max_length=100, blank=True, help_text="Who wrote it by a preview link, without an account."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["post", "-id"], name="revisions_of_a_post")]

    def __str__(self):
        return f"{self.get_deed_display()} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def who(self):
        """Whoever did it, by name; a guest author by the name on their link."""
        by = self.created_by
        return (by.get_full_name() or by.get_username()) if by else self.guest or "the system"
