from django.db import models
from django.db.models.functions import MD5
from django.utils import timezone


class MoveQuerySet(models.QuerySet):
    def under_way(self):
        """Those that somebody, a command or a worker, has something to do for."""
        return self.filter(state__in=Move.UNDER_WAY)

    def for_workers(self):
        return self.under_way().filter(is_for_workers=True)


class Move(models.Model):
    """An import of one or several files: what it is made from, how far it came, and its report.

    Looking is the dry run; its report (`foretold`) stays beside that of the import itself. How far it came is written
    in the transaction of each batch, so that whoever goes on after a death begins just behind it.
    """

    class State(models.TextChoices):
        ARRIVING = "arriving", "On its way here"
        RECEIVED = "received", "Received, not looked at yet"
        LOOKING = "looking", "Being looked at"
        LOOKED = "looked", "Looked at, nothing imported yet"
        RUNNING = "running", "Being imported"
        STOPPED = "stopped", "Stopped"
        DONE = "done", "Imported"
        FAILED = "failed", "Cannot go on"

    class Phase(models.TextChoices):
        NONE = "", "Nothing yet"
        FILES = "files", "Reading the files: authors, sections, uploads"
        TEXTS = "texts", "Posts and pages"
        LATER = "later", "What had to wait for something else"
        LINKS = "links", "Links from one text to another"

    UNDER_WAY = (State.LOOKING, State.RUNNING)

    files = models.JSONField(
        default=list, help_text="Of each: path (empty when uploaded), name, size, and a digest to know it by."
    )
    format = models.CharField(max_length=20, blank=True, help_text="Of which system.")
    options = models.JSONField(default=dict, help_text="What the operator chose: wordpress.taking.options.")
    state = models.CharField(max_length=8, choices=State, default=State.RECEIVED)
    is_for_workers = models.BooleanField(
        default=False, help_text="A worker goes on with it; else the command that began it, called again."
    )
    problem = models.TextField(blank=True, help_text="Why it cannot go on, with the cure.")
    phase = models.CharField(max_length=5, choices=Phase, blank=True)
    checkpoint = models.JSONField(default=dict, help_text="The place from which it goes on.")
    carried = models.JSONField(
        default=dict, help_text="What an import has to remember from one item to others."
    )
    done = models.PositiveIntegerField(default=0, help_text="Items of this phase.")
    total = models.PositiveIntegerField(default=0, help_text="Items in all; 0 until all files were read.")
    rate = models.FloatField(default=0, help_text="Items a second, lately.")
    beat_at = models.DateTimeField(null=True, help_text="When somebody last worked at it.")
    foretold = models.JSONField(default=dict, help_text="The report of the dry run.")
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=150, blank=True)
    begun_at = models.DateTimeField(null=True, help_text="When the import itself was begun.")
    begun_by = models.CharField(max_length=150, blank=True)
    done_at = models.DateTimeField(null=True)

    objects = MoveQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "import of a site"
        verbose_name_plural = "imports of sites"
        permissions = [
            ("import_site", "Can begin an import of a site"),
            ("export_site", "Can take everything out"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["arriving", "received", "looking", "looked", "stopped", "failed"]
                )
                | models.Q(begun_at__isnull=False),
                name="move_is_begun_before_it_runs",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(problem=""),
                name="move_fails_for_a_reason",
            ),
        ]

    def __str__(self):
        return f"Import {self.pk}: {self.names}"

    @property
    def names(self):
        return ", ".join(file["name"] for file in self.files)

    @property
    def is_under_way(self):
        return self.state in self.UNDER_WAY

    @property
    def seconds_left(self):
        """At the rate of late; None while that is not known."""
        return max(0, self.total - self.done) / self.rate if self.rate and self.total else None


class MovePiece(models.Model):
    """A megabyte of an uploaded file. In the database: private, in every worker's reach, gone when the import is done."""

    pk = models.CompositePrimaryKey("move_id", "file", "number")
    move = models.ForeignKey(Move, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    file = models.PositiveIntegerField(help_text="Which of the move's files, the first being 0.")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    def __str__(self):
        return f"{self.move_id}, file {self.file}, piece {self.number}"


class MoveLine(models.Model):
    """A line of a report of which there may be very many: a problem with its place, an upload without a file."""

    class Kind(models.TextChoices):
        BROKEN = "broken", "broken"
        ODD = "odd", "worth a look"
        REPAIR = "repair", "mended"
        SKIPPED = "skipped", "passed over"
        MISSING = "missing", "upload without a file"
        UNDECLARED = "undeclared", "author made from a login"

    move = models.ForeignKey(Move, on_delete=models.CASCADE, related_name="lines", db_index=False)
    is_foretold = models.BooleanField(default=False, help_text="Of the dry run.")
    kind = models.CharField(max_length=10, choices=Kind)
    file = models.CharField(max_length=300, blank=True)
    line = models.PositiveIntegerField(default=0)
    column = models.PositiveIntegerField(default=0)
    count = models.PositiveIntegerField(default=1)
    message = models.TextField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                "move",
                "is_foretold",
                "kind",
                MD5("message"),
                condition=models.Q(kind__in=["missing", "undeclared"]),
                name="missing_thing_is_listed_once",
            ),
        ]
        indexes = [models.Index(fields=["move", "is_foretold", "kind", "id"], name="lines_of_a_report")]

    def __str__(self):
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        times = f" ({self.count} times)" if self.count > 1 else ""
        return f"{place}: {self.message}{times}" if place else f"{self.message}{times}"


class MoveKey(models.Model):
    """An id the files hold, and a mark of its slug; while an import is under way, to tell two things with one id."""

    move = models.ForeignKey(Move, on_delete=models.CASCADE, related_name="keys", db_index=False)
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=32, help_text="Digest of the source and of the id there.")
    mark = models.CharField(max_length=32, blank=True, help_text="Digest of the slug.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["move", "kind", "key", "mark"], name="id_and_slug_are_noted_once"
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.key}, {self.mark}"


class MoveLater(models.Model):
    """What stands in the files before what it belongs to: done at the end of its file, and gone then."""

    class Kind(models.TextChoices):
        PAGE = "page", "a page before its parent"
        LINK = "link", "the address of an upload's page"

    move = models.ForeignKey(Move, on_delete=models.CASCADE, related_name="waiting", db_index=False)
    kind = models.CharField(max_length=4, choices=Kind)
    source = models.CharField(max_length=300)
    file = models.PositiveIntegerField()
    number = models.PositiveIntegerField(help_text="Of the item, within its file.")
    own = models.BigIntegerField(null=True, help_text="Id there of a page.")
    parent = models.BigIntegerField(help_text="Id there of what it waits for.")
    path = models.CharField(max_length=1000, blank=True)
    place = models.JSONField(null=True, help_text="From where the file is read to come to it at once.")

    class Meta:
        ordering = ["file", "number"]
        indexes = [models.Index(fields=["move", "kind", "file", "number"], name="waiting_in_order")]

    def __str__(self):
        return f"{self.kind} at {self.number} waits for {self.parent}"
