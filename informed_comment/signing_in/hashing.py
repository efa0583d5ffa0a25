"""Passwords are kept by Argon2, few at a time: each takes memory, and a flood of sign-ins must not take it all."""

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

turns = BoundedSemaphore(2)  # in a process


class StaffHasher(Argon2PasswordHasher):
    """With what RFC 9106 and OWASP hold for enough on a small server: 46 MiB, three passes, one lane."""

    memory_cost = 47104
    time_cost = 3
    parallelism = 1

    def encode(self, password, salt):
        with turns:
            return super().encode(password, salt)

    def verify(self, password, encoded):
        with turns:
            return super().verify(password, encoded)
