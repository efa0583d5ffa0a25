"""The web server's door. A setting that is missing is one line for the operator here, as in manage.py."""

import gc
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "informed_comment.settings")
try:
    settings.DATABASES = settings.WEB_DATABASES
    site = get_wsgi_application()
    room = import_string("informed_comment.waiting_room.WaitingRoom")(site)  # which knows models, so only now
    application = import_string("informed_comment.door.Door")(room)
except ImproperlyConfigured as error:
    sys.exit(f"informed-comment: {' '.join(str(error).split())}")

# What is there now stays; a page makes thousands of objects and leaves hardly a circle behind, so those are looked for less
# often than Python would: by a twentieth less processor time a page.
gc.freeze()
gc.set_threshold(20_000, 10, 10)
