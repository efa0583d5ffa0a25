"""Who has read what today: hashes under a key that is gone the next day. See docs/decisions/0039."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class ReadersKey(models.Model):
    """The key of a day's hashes. The table is UNLOGGED: the key stands in no log, no replica and no backup."""

    day = models.DateField(primary_key=True)
    key = models.BinaryField(max_length=32)

    def __str__(self):
        return str(self.day)


class ReadersOfDay(models.Model):
    """The readers of one post from one neighbourhood (/24 of IPv4, /48 of IPv6) on a day.

    `room` is the hash of post and neighbourhood. Each of `readers` is one who counted: 32 bits for the address (a
    /64 of IPv6), 32 for the browser. `known` of them were there before the last write.
    """

    pk = models.CompositePrimaryKey("day", "room")
    day = models.DateField()
    room = models.BigIntegerField()
    readers = ArrayField(models.BigIntegerField())
    known = models.PositiveSmallIntegerField(default=0, db_default=0)

    def __str__(self):
        return f"{self.day} {len(self.readers)}"


class NetworkOfDay(models.Model):
    """How many reads one neighbourhood, by its hash, has had counted on a day, and how many before the last write."""

    pk = models.CompositePrimaryKey("day", "network")
    day = models.DateField()
    network = models.BigIntegerField()
    reads = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0, db_default=0)

    def __str__(self):
        return f"{self.day} {self.reads}"


class NamesOfDay(models.Model):
    """How many referring sites were named for the first time on a day, and how many before the last write.

    So no forger can fill the table of their names: further ones count without a name.
    """

    day = models.DateField(primary_key=True)
    named = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0, db_default=0)

    def __str__(self):
        return f"{self.day} {self.named}"
