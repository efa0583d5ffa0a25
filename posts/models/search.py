"""What search reads instead of the posts. PostgreSQL keeps it true by triggers; nothing here is written by hand."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models.lookups import Exact

from informed_comment.prepared import Present

SAMPLE = 64  # one post in so many is in the sample by which a search is measured before it is made
ROUGH = 512  # and one in so many is enough for words that very many posts have; a multiple of SAMPLE
PENDING = 512  # kB of new words that may wait to be sorted into an index; every search reads through them


class Wanted(SearchQuery):
    """A query in web-search syntax, folded as the index is.

    It stands as a subquery, so that PostgreSQL plans without looking at the words and takes the index: it does not
    know that reading the words of a post costs many times what reading its row costs.
    """

    template = "(SELECT search_wanted(%(expressions)s))"

    def __init__(self, text):
        super().__init__(text, search_type="websearch")


class HeadWords(models.Func):
    """The words of title, standfirst, tags and names, without the body's, and the mark of the date."""

    function = "search_head"
    output_field = SearchVectorField()


class Hash(models.Func):
    """A number that has nothing to do with the order of ids, so that a sample by it has no rhythm."""

    function = "hashint8"
    output_field = models.IntegerField()


class SearchEntryQuerySet(models.QuerySet):
    def matching(self, text):
        """Entries of posts with these words, whatever their status."""
        return self.filter(words=Wanted(text))

    def readable(self):
        """What `PostQuerySet.published()` says, told by the entry alone."""
        return self.filter(readable_at__lte=Present())


class SearchEntry(models.Model):
    """A post as search sees it: a row of a hundred bytes, and the words kept apart from it.

    The words of the title weigh A, of the standfirst B, of the body C; the names of authors and tags are D, so that
    they can be exchanged without reading the body again. A mark such as ``@682`` among them names the thirty days
    the post came out in: a search can keep to some months within the one index.
    """

    post = models.OneToOneField(
        "posts.Post", on_delete=models.CASCADE, primary_key=True, related_name="search_entry"
    )
    readable_at = models.DateTimeField(null=True)  # the date of a published post, else null
    categories = ArrayField(models.BigIntegerField(), default=list)  # with the branches above
    authors = ArrayField(models.BigIntegerField(), default=list)
    is_learned = models.BooleanField(default=False)  # whether KnownWord has the words
    words = SearchVectorField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [
            GinIndex(fields=["words"], name="search_words", gin_pending_list_limit=PENDING),
            GinIndex(
                fields=["words"],
                name="search_unpublished",
                condition=models.Q(readable_at=None),
                gin_pending_list_limit=PENDING,
            ),
            GinIndex(HeadWords("words", "readable_at"), name="search_heads", gin_pending_list_limit=PENDING),
            GinIndex(
                fields=["words"],
                name="search_sample",
                condition=models.Q(Exact(Hash("post") % SAMPLE, 0)),
                gin_pending_list_limit=PENDING,
            ),
            GinIndex(
                HeadWords("words", "readable_at"),
                name="search_sample_heads",
                condition=models.Q(Exact(Hash("post") % SAMPLE, 0)),
                gin_pending_list_limit=PENDING,
            ),
            GinIndex(
                fields=["words"],
                name="search_rough",
                condition=models.Q(Exact(Hash("post") % ROUGH, 0)),
                gin_pending_list_limit=PENDING,
            ),
            GinIndex(
                fields=["authors", "categories"], name="search_narrowed", gin_pending_list_limit=PENDING
            ),
        ]

    def __str__(self):
        return f"Words of {self.post_id}"


class KnownWord(models.Model):
    """A word some readable post has, for telling a reader what they may have meant.

    `posts` says roughly how many have it; it orders suggestions and is never shown.
    """

    word = models.CharField(max_length=40, primary_key=True)
    folded = models.CharField(max_length=60)
    posts = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["folded"], name="known_words_folded"),
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="known_words_alike"),
        ]

    def __str__(self):
        return self.word


class UntoldName(models.Model):
    """A post whose entry has yet to learn the new name of an author or tag; the worker's. A post gone does no harm."""

    post = models.OneToOneField(
        "posts.Post", db_constraint=False, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )

    def __str__(self):
        return str(self.pk)
