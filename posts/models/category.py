from django.db import models

from informed_comment.addresses import address_of
from informed_comment.html import HtmlField
from informed_comment.trees import TreeNode
from posts.models.dated import DatedByPost

LONGEST_PATH = 1000


class CategoryQuerySet(models.QuerySet):
    def with_ancestors(self, categories):
        """The categories and every branch above them; a path names its own ancestors."""
        return self.filter(path__in={path for category in categories for path in paths_to(category.path)})


def paths_to(path):
    """`a/b/c` → `a`, `a/b` and `a/b/c`; of a path longer than any can be, no more than could be there."""
    steps = path[: LONGEST_PATH + 1].split("/")
    return ["/".join(steps[: depth + 1]) for depth in range(len(steps))]


class Category(TreeNode):
    """A section of the site. The reader sees “Filed under”; moving one with its branch is `filing.save_category()`."""

    name = models.CharField(max_length=200)
    introduction = HtmlField(small=True, blank=True, help_text="Stands at the head of the section's page.")
    is_opinion = models.BooleanField(
        "opinion",
        default=False,
        help_text="Posts that this section labels are called opinion where search engines ask.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller comes first.")

    objects = CategoryQuerySet.as_manager()

    class Meta(TreeNode.Meta):
        verbose_name_plural = "categories"

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return address_of("posts:category", self.path)


class Filing(DatedByPost):
    """A post in a branch: one row for each category it is filed under and one for each branch above."""

    post = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="filings")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="filings")
    is_direct = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["category", "post"], name="post_is_in_a_branch_once"),
        ]
        indexes = [
            models.Index(fields=["category", "-published_at", "-post"], name="filings_by_date"),
        ]

    def __str__(self):
        return f"{self.post_id} in {self.category_id}"
