from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from informed_comment.html import HtmlField


class CategoryQuerySet(models.QuerySet):
    def with_ancestors(self, categories):
        """The categories and every branch above them; a path names its own ancestors."""
        paths = set()
        for category in categories:
            steps = category.path.split("/")
            paths.update("/".join(steps[: depth + 1]) for depth in range(len(steps)))
        return self.filter(path__in=paths)


class Category(models.Model):
    """A section of the site; a tree. The reader sees "Filed under"."""

    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text="Empty: a top section.",
    )
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200, allow_unicode=True, help_text="Part of the address.")
    path = models.CharField(max_length=1000, unique=True, editable=False)
    introduction = HtmlField(small=True, blank=True, help_text="Stands at the head of the section's page.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller comes first.")

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        verbose_name_plural = "categories"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="category_is_not_its_own_parent"
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        """Keeps the path true; moving a branch with its posts is `categories.move()`."""
        self.path = self.own_path()
        super().save(**kwargs)

    def get_absolute_url(self):
        return reverse("posts:category", args=[self.path])

    def clean(self):
        ancestor, seen = self.parent, set()
        while ancestor is not None and ancestor.pk not in seen:
            if ancestor.pk == self.pk:
                raise ValidationError(
                    {"parent": "A category cannot lie inside itself. Choose another parent."}
                )
            seen.add(ancestor.pk)
            ancestor = ancestor.parent
        taken = Category.objects.filter(path=self.own_path()).exclude(pk=self.pk)
        if self.slug and taken.exists():
            raise ValidationError({"slug": "Another category of this section has this slug. Choose another."})

    def own_path(self):
        return f"{self.parent.path}/{self.slug}" if self.parent else self.slug


class Filing(models.Model):
    """A post in a branch: one row for each category it is filed under and one for each branch above."""

    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="filings")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="filings")
    is_direct = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["category", "post"], name="post_is_in_a_branch_once"),
        ]

    def __str__(self):
        return f"{self.post_id} in {self.category_id}"
