"""Addresses that stand alone in a field and that readers are led to: a button's, a menu's, an author's website.

As with HTML, whatever would run or lead nowhere is dropped on every save, bulk write and update(), so that the admin, an
import and the shell are equal; a form says so first.
"""

import re

from django.core.validators import RegexValidator
from django.db import models

NOT_IN_ONE = r"[^\x00-\x20\x7f\\<>\"]*"
LEADS_SOMEWHERE = re.compile(rf"(?:https?://[^/]|mailto:|tel:|/(?!/)|#|\?){NOT_IN_ONE}\Z", re.I)
ON_THE_WEB = re.compile(rf"https?://[^/]{NOT_IN_ONE}\Z", re.I)
SAID = "Write an address on this site, such as /archives/, or a whole one that begins with https://."
SAID_OF_THE_WEB = "Write the whole address; it begins with https://."


class Dropped:
    """`kept` says which addresses stay."""

    kept = ON_THE_WEB

    def get_db_prep_save(self, value, connection):
        if isinstance(value, str):
            value = value.strip() if self.kept.match(value.strip()) else ""
        return super().get_db_prep_save(value, connection)


class LinkField(Dropped, models.CharField):
    """Anywhere a reader may be led: on this site or the web, to a mailbox or a telephone."""

    kept = LEADS_SOMEWHERE
    default_validators = [RegexValidator(LEADS_SOMEWHERE, SAID)]


class WebAddressField(Dropped, models.URLField):
    """A page on the web."""

    default_validators = [*models.URLField.default_validators, RegexValidator(ON_THE_WEB, SAID_OF_THE_WEB)]
