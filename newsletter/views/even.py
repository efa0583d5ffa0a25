"""An answer that takes the same time whatever was found."""

import functools
import time

from django.conf import settings


def even_answer(view):
    """Answers no sooner than SIGN_UP_ANSWERS_AFTER: a known address writes other rows than an unknown one."""

    @functools.wraps(view)
    def even(*args, **kwargs):
        began = time.monotonic()
        response = view(*args, **kwargs)
        time.sleep(max(0, began + settings.SIGN_UP_ANSWERS_AFTER - time.monotonic()))
        return response

    return even
