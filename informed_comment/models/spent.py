from django.db import models


class Spent(models.Model):
    """How much of a budget has been used up within a span of time (budgets.py); some are kept for as long as they say what is usual.

    Rows and not a cache: whatever the number of processes, they spend from one purse.
    """

    name = models.CharField(max_length=260, help_text="Such as “all”, “domain example.org”.")
    since = models.DateTimeField(help_text="The beginning of the hour or day.")
    times = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "newsletter_spent"  # its first name: old code may still count while new code starts
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["name", "since"], name="budget_is_counted_once"),
        ]
        indexes = [models.Index(fields=["since"], name="budgets_by_time")]

    def __str__(self):
        return f"{self.name} {self.since:%Y-%m-%d %H:%M}: {self.times}"
