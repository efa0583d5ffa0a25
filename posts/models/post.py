import math

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Cast, Concat, Lower
from django.utils import timezone
from taggit.managers import TaggableManager

from authors.models import Author
from images.models import Image, NamedImages
from informed_comment import clocks
from informed_comment.html import HtmlField, plain_text
from informed_comment.prepared import Present
from posts.models.byline import Byline, signatures
from posts.models.category import Filing
from posts.models.correction import Corrected, corrections_in_a_row
from posts.models.origin import ORIGINAL_HAS_AN_ADDRESS, Republished
from posts.models.tag import TaggedPost, Tags

WORDS_A_MINUTE = 230
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "yi", "ps", "ckb", "syr"}


OUT_AT = models.Case(models.When(status="published", then="published_at"))


class PostQuerySet(models.QuerySet):
    def published(self):
        """Posts a reader may see now; a date still to come holds a post back."""
        return self.filter(status=Post.Status.PUBLISHED, published_at__lte=Present())

    def scheduled(self):
        return self.filter(status=Post.Status.PUBLISHED, published_at__gt=Present())

    def kept(self):
        """All but those in the trash."""
        return self.exclude(status=Post.Status.TRASHED)

    def titled(self, beginning):
        """Posts whose title begins so, whatever the letters' case; an index answers."""
        return self.annotate(lower_title=Lower("title")).filter(lower_title__startswith=beginning.lower())

    def signed_by(self, author):
        """Posts with the author in the byline, whatever the role."""
        return self.filter(models.Exists(Byline.objects.filter(post=models.OuterRef("pk"), author=author)))

    def written_by(self, user):
        """Posts the user began, or signs as the author the login belongs to."""
        signed = Byline.objects.filter(post=models.OuterRef("pk"), author__user=user)
        return self.filter(models.Q(created_by=user) | models.Exists(signed))

    def in_hand_of(self, user):
        """Of the posts the user wrote, those that are not out; what they signed before is not looked through."""
        signed = Byline.objects.filter(post=models.OuterRef("pk"), author__user=user, published_at=None)
        return self.filter(models.Q(created_by=user) | models.Exists(signed)).exclude(status="published")

    def begun_by(self, user):
        """Posts the user began, each with `out_at`, its date if it is published; an index has them in that order."""
        return self.filter(created_by=user).annotate(out_at=OUT_AT)

    def newest_first(self):
        return self.order_by("-published_at", "-id")

    def for_cards(self):
        """What a list shows and no more: reaching further fails, not queries."""
        return (
            self.select_related("lead_image")
            .prefetch_related(
                models.Prefetch("bylines", Byline.objects.select_related("author")),
                models.Prefetch("filings", Filing.objects.filter(is_direct=True).select_related("category")),
            )
            .defer("body")
            .fetch_mode(models.FETCH_RAISE)
        )

    def for_feeds(self):
        """A card's relations with the tags, the corrections and the body."""
        tags = models.Prefetch("taggings", TaggedPost.objects.select_related("tag"))
        posts = self.for_cards().prefetch_related(tags).defer(None)
        return posts.annotate(told=corrections_in_a_row())

    def for_page(self):
        """What a post's own page shows of the post itself; what stands around it: posts/reading.py."""
        posts = self.select_related("lead_image").annotate(told=corrections_in_a_row())
        return posts.fetch_mode(models.FETCH_RAISE)


class Post(Corrected, Republished):
    """An article. What readers see is decided by `published()` and by nothing else."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"
        TRASHED = "trashed", "In the trash"

    edition_moments = {"published_at": "status = 'published'"}

    title = models.CharField(max_length=500, blank=True)
    slug = models.SlugField(
        max_length=255,
        blank=True,
        allow_unicode=True,
        help_text="The last part of the address; made from the title when left empty.",
    )
    standfirst = models.TextField(
        blank=True, help_text="One or two sentences under the headline; shown in lists, feeds and mail."
    )
    body = HtmlField(blank=True)
    lead_image = models.ForeignKey(
        Image, null=True, blank=True, on_delete=models.SET_NULL, related_name="lead_of"
    )
    lead_caption = models.TextField(
        "lead image caption", blank=True, help_text="Left empty, the picture's own caption stands."
    )
    video_url = models.URLField(
        "related video", max_length=500, blank=True, help_text="A YouTube or Vimeo address."
    )
    video_title = models.CharField("title of the video", max_length=300, blank=True)
    authors = models.ManyToManyField(Author, through="posts.Byline", related_name="posts")
    tags = TaggableManager(
        through=TaggedPost, manager=Tags, blank=True, related_name="posts", help_text="Separated by commas."
    )

    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    published_at = models.DateTimeField(
        "publication date", null=True, blank=True, help_text="A date still to come schedules the post."
    )
    trashed_from = models.CharField(
        max_length=10, blank=True, editable=False, help_text="The status it will have again."
    )
    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)
    permalink = models.CharField(max_length=600, null=True, blank=True, unique=True, editable=False)
    feed_id = models.CharField(
        max_length=500,
        editable=False,
        db_default=Concat(models.Value("urn:uuid:"), Cast(RandomUUID(), models.TextField())),
        help_text="What feeds call the post: never changes, so that no reader's app announces it twice.",
    )
    seo_title = models.CharField(
        "title for search engines",
        max_length=200,
        blank=True,
        help_text="About 60 characters; empty: the title.",
    )
    seo_description = models.TextField(
        "description for search engines",
        blank=True,
        help_text="About 150 characters; empty: the standfirst.",
    )
    language = models.CharField(
        max_length=10,
        default="en",
        help_text="Two letters, such as en, ar, fa, he; sets the text's direction.",
    )

    social_card = models.CharField(
        max_length=100, blank=True, editable=False, help_text="Name of the social card, see images/cards.py."
    )
    word_count = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-id"]
        permissions = [
            ("publish_post", "Can publish, schedule and withdraw posts"),
            ("change_any_post", "Can change the posts of others"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="published")
                | models.Q(published_at__isnull=False, permalink__isnull=False),
                name="published_post_has_a_date_and_an_address",
            ),
            models.CheckConstraint(
                condition=models.Q(status="trashed", trashed_at__isnull=False)
                & ~models.Q(trashed_from__in=["", "trashed"])
                | ~models.Q(status="trashed") & models.Q(trashed_at=None, trashed_from=""),
                name="trashed_post_knows_its_way_back",
            ),
            ORIGINAL_HAS_AN_ADDRESS,
        ]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                name="published_posts_by_date",
                condition=models.Q(status="published"),
            ),
            models.Index(
                fields=["published_at", "id"],
                include=["updated_at"],
                name="posts_for_sitemaps",
                condition=models.Q(status="published"),
            ),
            models.Index(fields=["status", "-updated_at", "-id"], name="posts_by_status"),
            models.Index(fields=["-updated_at", "-id"], name="posts_by_change"),
            models.Index(fields=["-published_at", "-id"], name="posts_by_date"),
            models.Index(fields=["title", "id"], name="posts_by_title"),
            models.Index("created_by", OUT_AT.desc(), models.F("id").desc(), name="posts_by_writer"),
            models.Index(
                OpClass(Lower("title"), name="text_pattern_ops"), name="posts_by_beginning_of_title"
            ),
            GinIndex(NamedImages("body"), name="posts_by_images"),
        ]

    def __str__(self):
        return self.title or "Untitled"

    def save(self, **kwargs):
        """Keeps what is derived from the text true; what readers may see is the deeds' business."""
        if "update_fields" not in kwargs:
            self.word_count = len(plain_text(self.body).split())
            self.updated_at = timezone.now()
        super().save(**kwargs)

    def get_absolute_url(self):
        return self.permalink or ""

    @property
    def is_public(self):
        return self.status == self.Status.PUBLISHED and self.published_at <= clocks.present()

    @property
    def is_scheduled(self):
        return self.status == self.Status.PUBLISHED and self.published_at > clocks.present()

    @property
    def status_word(self):
        """The status as editors say it: a published post whose date is still to come is scheduled."""
        return "Scheduled" if self.is_scheduled else self.get_status_display()

    @property
    def reading_minutes(self):
        return max(1, math.ceil(self.word_count / WORDS_A_MINUTE))

    @property
    def filed_under(self):
        """The categories an editor chose, first the one that labels the post."""
        return [filing.category for filing in self.filings.all() if filing.is_direct]

    @property
    def way_to_section(self):
        """The categories from the top down to the one that labels the post, as far as its filings were fetched."""
        if not self.filed_under:
            return []
        path = f"{self.filed_under[0].path}/"
        branches = [filing.category for filing in self.filings.all()]
        return sorted((one for one in branches if path.startswith(f"{one.path}/")), key=lambda one: one.path)

    @property
    def signatures(self):
        """The byline as readers see it."""
        return signatures([(line.role, line.author.name, line.author.slug) for line in self.bylines.all()])

    @property
    def authors_with_bio(self):
        """Whoever signs the post, in whatever role, and has something said about them; each once."""
        authors = dict.fromkeys(byline.author for byline in self.bylines.all())
        return [author for author in authors if author.bio]

    @property
    def is_right_to_left(self):
        return is_right_to_left(self.language)


def is_right_to_left(language):
    return language.split("-")[0] in RIGHT_TO_LEFT
