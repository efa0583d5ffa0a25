from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from newsletter.models.subscriber import Subscriber


class ImportBatchQuerySet(models.QuerySet):
    def under_way(self):
        """Those that a worker has something to do for."""
        return self.filter(state__in=ImportBatch.UNDER_WAY)


class ImportBatch(models.Model):
    """One file of subscribers: received, read into rows, judged without changing anything, then imported, perhaps undone.

    Numbers, and the lines of a few samples, are kept here, so that no screen has to count rows. The file is in pieces
    (`ImportPiece`) until its import is done; the rows are cleared later (newsletter/importing/clearing.py), this record
    stays.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "Waits for somebody to say what is in it"
        READING = "reading", "Being read"
        READ = "read", "Read, nothing imported yet"
        RUNNING = "running", "Being imported"
        DONE = "done", "Imported"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"
        REFUSED = "refused", "Cannot be read"

    UNDER_WAY = (State.READING, State.RUNNING, State.UNDOING)

    state = models.CharField(max_length=8, choices=State, default=State.RECEIVED)
    problem = models.TextField(blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    head = models.JSONField(default=list, help_text="The names of the columns.")
    first_rows = models.JSONField(default=list, help_text="Of those who have to say what the columns mean.")
    has_head = models.BooleanField(default=True)
    layout = models.CharField(max_length=20, blank=True, help_text="Of which product; empty: unknown.")
    columns = models.JSONField(
        default=dict, help_text="What is in which column, where somebody had to say it."
    )
    frequency = models.CharField(
        max_length=10, choices=Subscriber.Frequency, default=Subscriber.Frequency.DAILY
    )
    zone = models.CharField(max_length=64, default="UTC", help_text="Of times that name none.")
    declaration = models.TextField(
        blank=True, help_text="What was declared about the consent of those who are active in the file."
    )
    key_name = models.CharField(max_length=8, blank=True, help_text="Which key the rows were hashed with.")
    read_through = models.PositiveIntegerField(default=0, help_text="The line up to which rows are read.")
    read_at = models.CharField(
        max_length=60, blank=True, help_text="The place in the file from which reading goes on, and its line."
    )
    is_read = models.BooleanField(default=False)
    judged_through = models.PositiveIntegerField(default=0)
    done_through = models.PositiveIntegerField(default=0)
    undone_through = models.PositiveIntegerField(default=0)
    lines = models.PositiveIntegerField(default=0, help_text="Rows that were read.")
    expected = models.JSONField(default=dict, help_text="By outcome: number and samples, had it run then.")
    found = models.JSONField(default=dict, help_text="By outcome: number and samples of what was done.")
    undone = models.JSONField(default=dict, help_text="By what became of them: number and samples.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(null=True)
    begun_by = models.CharField(max_length=150, blank=True, help_text="The administrator who began it.")
    done_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=150, blank=True)
    undone_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True, help_text="When its rows were cleared.")

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "import"
        ordering = ["-id"]
        default_permissions = ()
        permissions = [("import_subscriber", "Can import subscribers")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["received", "reading", "read", "refused"])
                | models.Q(begun_at__isnull=False),
                name="import_is_begun_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="refused") | ~models.Q(problem=""),
                name="import_is_refused_for_a_reason",
            ),
        ]

    def __str__(self):
        return f"Import {self.pk}: {self.file_name}"

    @property
    def is_under_way(self):
        return self.state in self.UNDER_WAY

    @property
    def can_be_undone(self):
        return self.state == self.State.DONE and self.cleared_at is None


class ImportPiece(models.Model):
    """A megabyte of a file as it came. In the database: private, in every worker's reach, gone with its batch."""

    pk = models.CompositePrimaryKey("batch_id", "number")
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    def __str__(self):
        return f"{self.batch_id}, piece {self.number}"


class ImportRow(models.Model):
    """A row of a file: what it says, and what became of it. Goes with the subscriber who is erased.

    `state` is what the file says of the address, before it is known what may be taken from that.
    """

    class Outcome(models.TextChoices):
        WAITING = "", "waiting"
        NEW_ACTIVE = "new_active", "new, active"
        NEW_PENDING = "new_pending", "new, pending until they confirm"
        NEW_LEFT = "new_left", "new, kept so that nobody mails them"
        LOWERED = "lowered", "lowered"
        ALREADY = "already", "here already"
        STAYS = "stays", "left here and stays so"
        SUPPRESSED = "suppressed", "suppressed here"
        NEW_SUPPRESSION = "suppression", "new suppression"
        DUPLICATE = "duplicate", "the same address again"
        NOT_ADDRESS = "not_address", "not an address"
        UNREADABLE = "unreadable", "not understood"
        RAGGED = "ragged", "not as long as the first row"

    TAKEN = (
        Outcome.NEW_ACTIVE,
        Outcome.NEW_PENDING,
        Outcome.NEW_LEFT,
        Outcome.LOWERED,
        Outcome.NEW_SUPPRESSION,
    )
    MADE = (Outcome.NEW_ACTIVE, Outcome.NEW_PENDING, Outcome.NEW_LEFT)

    pk = models.CompositePrimaryKey("batch_id", "line")
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveIntegerField(help_text="Of the file, the first being 1, where the row begins.")
    raw = models.TextField(blank=True, help_text="The row as it came.")
    email = models.CharField(max_length=254, blank=True)
    key = models.CharField(max_length=254, blank=True)
    hashes = ArrayField(models.CharField(max_length=64), default=list)
    key_name = models.CharField(max_length=8, blank=True, help_text="Of a suppression.")
    state = models.CharField(max_length=12, blank=True)
    frequency = models.CharField(max_length=10, blank=True)
    joined_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    network = models.CharField(max_length=50, blank=True)
    sender_hash = models.CharField(max_length=64, blank=True)
    remark = models.CharField(max_length=300, blank=True, help_text="Why it was not taken, or not all of it.")
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    undoing = models.CharField(max_length=300, blank=True, help_text="Why undoing left what the row made.")
    subscriber = models.ForeignKey(
        Subscriber, null=True, on_delete=models.CASCADE, related_name="import_rows", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["subscriber"],
                condition=models.Q(subscriber__isnull=False),
                name="import_rows_of_a_subscriber",
            ),
        ]

    def __str__(self):
        return f"{self.batch_id}, line {self.line}"
