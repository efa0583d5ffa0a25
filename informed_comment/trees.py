"""Trees whose address shows the way from the root: categories under categories, pages under pages."""

from django.core.exceptions import ValidationError
from django.db import models


class TreeNode(models.Model):
    """A node with a slug of its own and the path from the root down, joined by slashes: `middle-east/iraq`."""

    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text="Empty: stands at the top.",
    )
    slug = models.SlugField(max_length=255, allow_unicode=True, help_text="Part of the address.")
    path = models.CharField(max_length=1000, unique=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="%(class)s_is_not_its_own_parent"
            ),
        ]

    def save(self, **kwargs):
        self.path = self.own_path()
        super().save(**kwargs)

    def own_path(self):
        return f"{self.parent.path}/{self.slug}" if self.parent else self.slug

    def clean(self):
        """A tree has no loops, and an address leads to one node."""
        kind = self._meta.verbose_name
        ancestor, seen = self.parent, set()
        while ancestor is not None and ancestor.pk not in seen:
            if ancestor.pk == self.pk:
                raise ValidationError({"parent": f"A {kind} cannot lie under itself. Choose another parent."})
            seen.add(ancestor.pk)
            ancestor = ancestor.parent
        taken = type(self)._default_manager.filter(path=self.own_path()).exclude(pk=self.pk)
        if self.slug and taken.exists():
            raise ValidationError({"slug": f"Another {kind} has this address. Choose another slug."})
