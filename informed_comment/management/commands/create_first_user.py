"""`manage.py create_first_user`: somebody who can sign in to a new site."""

import secrets

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Makes the user `editor` with a random password, shown once, unless somebody may already sign in to all."

    def handle(self, *args, **options):
        users = get_user_model().objects
        if users.filter(is_superuser=True, is_active=True).exists():
            return
        password = secrets.token_urlsafe(12)
        user, _ = users.get_or_create(username="editor")
        user.is_staff = user.is_superuser = user.is_active = True
        user.set_password(password)
        user.save()
        self.stdout.write(
            f"User   editor\nPassword {password}   (shown only now; manage.py changepassword makes another)"
        )
