from django.db import models


class Source(models.TextChoices):
    """Where a reader came from. A read without any of the other words is a direct one."""

    DIRECT = "direct", "Direct"
    SEARCH = "search", "Search"
    SOCIAL = "social", "Social networks"
    NEWSLETTER = "newsletter", "Our newsletter"
    SITES = "sites", "Other sites"
    OURS = "ours", "Our own pages"


class Counted(models.Model):
    """Reads, and how many of them came from where; what no column names came directly."""

    reads = models.PositiveBigIntegerField(default=0)
    search = models.PositiveBigIntegerField(default=0)
    social = models.PositiveBigIntegerField(default=0)
    newsletter = models.PositiveBigIntegerField(default=0)
    sites = models.PositiveBigIntegerField(default=0)
    ours = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def direct(self):
        return self.reads - self.search - self.social - self.newsletter - self.sites - self.ours


class ReadMinute(models.Model):
    """How many readers opened a post within a minute, and from where; for what happens just now, kept two hours.

    The table is UNLOGGED: after a crash of the database it is empty, and nothing else is.
    """

    pk = models.CompositePrimaryKey("minute", "post_id", "source")
    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="+", db_index=False)
    minute = models.DateTimeField()
    source = models.CharField(max_length=10, choices=Source)
    reads = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.post_id} {self.minute:%Y-%m-%d %H:%M} {self.source} {self.reads}"


class ReadHour(models.Model):
    """How many readers opened a post within an hour, which begins at `hour`; kept 60 days.

    An hour begins with a full hour of the publication's own zone, so that hours make whole days there.
    """

    pk = models.CompositePrimaryKey("hour", "post_id")
    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="read_hours")
    hour = models.DateTimeField()
    reads = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["post", "hour"], name="reads_of_a_post")]

    def __str__(self):
        return f"{self.post_id} {self.hour:%Y-%m-%d %H} {self.reads}"


class ReadDay(Counted):
    """How many readers opened a post on a day of the publication's zone, and from where; kept for ever."""

    pk = models.CompositePrimaryKey("day", "post_id")
    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="read_days", db_index=False)
    day = models.DateField()
    added = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="Of the reads, those that the post's month and year have already."
    )

    class Meta:
        indexes = [models.Index(fields=["post", "day"], name="read_days_of_a_post")]

    def __str__(self):
        return f"{self.post_id} {self.day} {self.reads}"


class ReadTotal(models.Model):
    """All reads of a post since it came out; survives the hours. Among them are those another site had counted."""

    post = models.OneToOneField(
        "posts.Post", on_delete=models.CASCADE, primary_key=True, related_name="read_total"
    )
    reads = models.PositiveBigIntegerField(default=0)
    brought = models.PositiveBigIntegerField(
        default=0,
        db_default=0,
        help_text="Of these, counted on an old site and brought here; no hour knows of them.",
    )

    class Meta:
        indexes = [models.Index(fields=["-reads"], name="posts_by_total_reads")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(brought__lte=models.F("reads")), name="brought_reads_are_among_all"
            ),
        ]

    def __str__(self):
        return f"{self.post_id} {self.reads}"


class ReferringHost(models.Model):
    """The name of a site that readers came from, such as `news.example.org`; never more of the address."""

    name = models.CharField(max_length=100, unique=True)

    def __str__(self):
        return self.name


class Referral(models.Model):
    """How many readers a site sent to a post on a day."""

    pk = models.CompositePrimaryKey("day", "post_id", "host_id")
    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="referrals", db_index=False)
    host = models.ForeignKey(
        ReferringHost, on_delete=models.CASCADE, related_name="referrals", db_index=False
    )
    day = models.DateField()
    reads = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["post", "day"], name="referrals_of_a_post"),
            models.Index(fields=["host", "day"], include=["post", "reads"], name="referrals_of_a_host"),
        ]

    def __str__(self):
        return f"{self.host_id} {self.post_id} {self.day} {self.reads}"
