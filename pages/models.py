from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import resolve
from django.utils import timezone

from images.models import Image, NamedImages
from informed_comment import clocks, redirects
from informed_comment.addresses import address_of
from informed_comment.html import HtmlField
from informed_comment.linked import LinkField
from informed_comment.trees import TreeNode
from posts.models import Category


class PageQuerySet(models.QuerySet):
    def published(self):
        return self.filter(is_published=True)


class Page(TreeNode):
    """A standing page: About, Submissions. Pages may lie under pages; the address shows it."""

    title = models.CharField(max_length=500)
    standfirst = models.TextField(blank=True)
    body = HtmlField(blank=True)
    is_published = models.BooleanField("published", default=False)
    seo_title = models.CharField("title for search engines", max_length=200, blank=True)
    seo_description = models.TextField("description for search engines", blank=True)
    social_card = models.CharField(
        max_length=100, blank=True, editable=False, help_text="Name of the social card, see images/cards.py."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PageQuerySet.as_manager()

    class Meta(TreeNode.Meta):
        indexes = [GinIndex(NamedImages("body"), name="pages_by_images")]

    def __str__(self):
        return self.title or "Untitled"

    def save(self, **kwargs):
        """A page that moves takes the pages under it along, and the old addresses lead to the new."""
        old = Page.objects.filter(pk=self.pk).values_list("path", flat=True).first() if self.pk else None
        super().save(**kwargs)
        if old and old != self.path:
            redirects.lead_under(f"/{old}/", f"/{self.path}/")
            for child in self.children.all():
                child.parent = self
                child.save()

    def get_absolute_url(self):
        return address_of("pages:page", self.path)

    def clean(self):
        super().clean()
        if self.slug and resolve(f"/{self.own_path()}/").view_name != "pages:page":
            raise ValidationError({"slug": "The site itself answers at this address. Choose another slug."})


class MenuLink(models.Model):
    """One entry of the menu: a section, a page, or any address."""

    label = models.CharField(max_length=60)
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.CASCADE, related_name="menu_links"
    )
    page = models.ForeignKey(Page, null=True, blank=True, on_delete=models.CASCADE, related_name="menu_links")
    address = LinkField(
        max_length=500, blank=True, help_text="For instance /archives/ or https://example.org/."
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(category__isnull=False, page__isnull=True, address="")
                | models.Q(category__isnull=True, page__isnull=False, address="")
                | models.Q(category__isnull=True, page__isnull=True) & ~models.Q(address=""),
                name="menu_link_has_one_target",
                violation_error_message="Choose one target: a category, a page, or an address.",
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def url(self):
        target = self.category or self.page
        return target.get_absolute_url() if target else self.address


class PromoQuerySet(models.QuerySet):
    def running(self):
        """Promos whose time has come and not gone."""
        now = clocks.present()
        return self.filter(
            models.Q(starts_at__isnull=True) | models.Q(starts_at__lte=now),
            models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=now),
            is_active=True,
        )


class Promo(models.Model):
    """A house notice with a place and dates: a donation appeal, a book, a social link list."""

    class Kind(models.TextChoices):
        APPEAL = "appeal", "Appeal for support"
        BOOK = "book", "Book"
        SOCIAL = "social", "Social links"
        NOTICE = "notice", "Notice"

    class Place(models.TextChoices):
        HEADER = "header", "Header, at the right"
        SIDEBAR = "sidebar", "Sidebar, at the top"
        SIDEBAR_END = "sidebar_end", "Sidebar, below the popular posts"
        POST_END = "post_end", "Under each post"
        FOOTER = "footer", "Footer"

    edition_moments = {"starts_at": "is_active", "ends_at": "is_active"}

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NOTICE)
    place = models.CharField(max_length=12, choices=Place, default=Place.SIDEBAR)
    heading = models.CharField(max_length=120, blank=True)
    body = HtmlField(small=True, blank=True)
    image = models.ForeignKey(Image, null=True, blank=True, on_delete=models.SET_NULL, related_name="promos")
    button_label = models.CharField(max_length=60, blank=True)
    button_url = LinkField("button address", max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller comes first.")
    is_active = models.BooleanField("active", default=True)
    starts_at = models.DateTimeField(null=True, blank=True, help_text="Empty: at once.")
    ends_at = models.DateTimeField(null=True, blank=True, help_text="Empty: until switched off.")

    objects = PromoQuerySet.as_manager()

    class Meta:
        ordering = ["place", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=True)
                | models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="promo_ends_after_it_starts",
                violation_error_message="The end lies before the beginning.",
            ),
            models.CheckConstraint(
                condition=models.Q(button_label="", button_url="")
                | ~models.Q(button_label="") & ~models.Q(button_url=""),
                name="promo_button_has_label_and_address",
                violation_error_message="A button needs both a label and an address.",
            ),
        ]

    def __str__(self):
        return self.heading or f"{self.get_kind_display()} {self.pk}"
