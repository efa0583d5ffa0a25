from django.db import models
from django.utils import timezone


class Erasure(models.Model):
    """Somebody's data was erased: a keyed hash of the address or name, so that a backup brought back is erased again.

    Neither the address nor the name is in it. The same lines stand in a file beside the database (erasures.py).
    """

    class Of(models.TextChoices):
        ADDRESS = "address", "E-mail address"
        NAME = "name", "Name"

    of = models.CharField(max_length=7, choices=Of)
    fingerprint = models.CharField(max_length=64)
    key_name = models.CharField(max_length=8, help_text="Which key it was hashed with.")
    part = models.CharField(max_length=40, blank=True, help_text="What of it; empty: everything.")
    choices = models.JSONField(default=list, help_text="What went beside what always goes.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        verbose_name = verbose_name_plural = "a person's data"
        permissions = [
            ("export_person", "Can take out all data of a person"),
            ("erase_person", "Can erase the data of a person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["fingerprint", "part", "at"], name="erasure_is_noted_once"),
        ]

    def __str__(self):
        return f"{self.get_of_display()} {self.fingerprint[:12]}…"
