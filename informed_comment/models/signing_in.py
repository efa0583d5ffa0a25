from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now
from django.utils.module_loading import import_string


class StaffSession(AbstractBaseSession):
    """A browser that somebody is signed in with, or is about to. The key is kept as a hash: a stolen copy opens nothing."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="staff_sessions"
    )
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    device = models.CharField(max_length=100, blank=True)
    network = models.CharField(max_length=50, blank=True)
    how = models.CharField(max_length=20, blank=True, help_text="The second step that was passed.")

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.device}, {self.network}"

    @classmethod
    def get_session_store_class(cls):
        return import_string(f"{settings.SESSION_ENGINE}.SessionStore")


class SecondStep(models.Model):
    """What an account shows beside its password: an app that makes codes, or a passkey, which needs no password at all."""

    class Kind(models.TextChoices):
        APP = "app", "Code app"
        PASSKEY = "passkey", "Passkey"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=60)
    secret = models.TextField(
        blank=True, help_text="Of an app, sealed with SECRET_KEY (signing_in/sealing.py)."
    )
    credential_id = models.CharField(max_length=1400, blank=True)
    credential = models.TextField(blank=True, help_text="The public half of a passkey.")
    counter = models.BigIntegerField(
        default=0, help_text="The last thirty seconds an app's code was taken for; a passkey's own count."
    )
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="app") | ~models.Q(secret=""), name="code_app_has_a_secret"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="passkey") | ~models.Q(credential_id=""),
                name="passkey_has_a_credential",
            ),
            models.UniqueConstraint(
                fields=["credential_id"],
                condition=~models.Q(credential_id=""),
                name="passkey_is_one_accounts",
            ),
        ]

    def __str__(self):
        return self.name


class RecoveryCode(models.Model):
    """A code on paper that stands in for a lost second step, once. Only its keyed hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    fingerprint = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "fingerprint"], name="recovery_code_is_there_once"),
        ]

    def __str__(self):
        return "used" if self.used_at else "not used"


class SignInLink(models.Model):
    """An operator's link for somebody who lost the password: it opens once, and stands in for the password only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_in_links")
    fingerprint = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"until {self.expires_at:%Y-%m-%d %H:%M}"
