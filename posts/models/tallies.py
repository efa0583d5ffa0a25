"""Reads added up by the worker, so that a page of statistics reads a few rows at any size. See docs/decisions/0040.

Tallies go with what they are of by the database itself (ON DELETE CASCADE, from migration 0037), so nobody who is asked
whether it may go has them listed day by day.
"""

from django.db import models

from posts.models.reads import Counted


class DayToAdd(models.Model):
    """A day whose reads are not wholly in the tallies. Counting a read makes the row; adding up deletes it.

    While the worker adds, `is_begun` is on; a read that comes meanwhile turns it off, and the row stays.
    """

    day = models.DateField(primary_key=True)
    is_begun = models.BooleanField(default=False, db_default=False)

    def __str__(self):
        return str(self.day)


class GoneDay(Counted):
    """The reads of a day whose posts are deleted since: the site has had them. PostgreSQL keeps it, by a trigger."""

    day = models.DateField(primary_key=True)

    def __str__(self):
        return f"{self.day} {self.reads}"


class Tally(Counted):
    """The reads of the day, month or year that begins with `start`."""

    class Unit(models.TextChoices):
        DAY = "day", "Day"
        MONTH = "month", "Month"
        YEAR = "year", "Year"

    unit = models.CharField(max_length=5, choices=Unit)
    start = models.DateField()

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.unit} {self.start} {self.reads}"


class SiteTally(Tally):
    """Of all posts, deleted ones among them."""

    pk = models.CompositePrimaryKey("unit", "start")


class CategoryTally(Tally):
    """Of the posts in the category or beneath it, as they were filed when the day was added up."""

    pk = models.CompositePrimaryKey("unit", "start", "category_id")
    category = models.ForeignKey(
        "posts.Category", on_delete=models.DO_NOTHING, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["category", "unit", "start"], name="tallies_of_a_category")]


class AuthorTally(Tally):
    """Of the posts whose byline named the author, in whatever role, when the day was added up."""

    pk = models.CompositePrimaryKey("unit", "start", "author_id")
    author = models.ForeignKey(
        "authors.Author", on_delete=models.DO_NOTHING, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["author", "unit", "start"], name="tallies_of_an_author")]


class TagTally(Tally):
    """Of the posts that bore the tag when the day was added up."""

    pk = models.CompositePrimaryKey("unit", "start", "tag_id")
    tag = models.ForeignKey("posts.Tag", on_delete=models.DO_NOTHING, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["tag", "unit", "start"], name="tallies_of_a_tag")]


class HostTally(models.Model):
    """The reads that a referring site sent."""

    pk = models.CompositePrimaryKey("unit", "start", "host_id")
    unit = models.CharField(max_length=5, choices=Tally.Unit)
    start = models.DateField()
    host = models.ForeignKey(
        "posts.ReferringHost", on_delete=models.DO_NOTHING, related_name="+", db_index=False
    )
    reads = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["host", "unit", "start"], name="tallies_of_a_host")]

    def __str__(self):
        return f"{self.unit} {self.start} {self.host_id} {self.reads}"


class PostTally(models.Model):
    """The reads of one post in a month or a year; its days are ReadDay."""

    pk = models.CompositePrimaryKey("unit", "start", "post_id")
    unit = models.CharField(max_length=5, choices=Tally.Unit)
    start = models.DateField()
    post = models.ForeignKey("posts.Post", on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    reads = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "start", "-reads", "post"], name="posts_most_read_in_a_time"),
            models.Index(fields=["post", "unit", "start"], name="tallies_of_a_post"),
        ]

    def __str__(self):
        return f"{self.unit} {self.start} {self.post_id} {self.reads}"


class Statistics(models.Model):
    """No table: what the newsroom calls the screens of the reads, so that they stand among its rooms."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [("export_statistics", "Can take statistics out")]
        verbose_name = verbose_name_plural = "statistics"

    def __str__(self):
        return "Statistics"
