"""How many published posts a category, an author or a tag has in each year: by them a deep page of a list is found without
walking there.

PostgreSQL counts, by triggers, whoever writes (from migration 0041). Years are those of UTC. What is still to come counts
with its year. The rows go with what they are of.
"""

from django.db import models

from authors.models import Author
from posts.models.byline import Byline
from posts.models.category import Category, Filing
from posts.models.tag import Tag, TaggedPost

COUNTED_FOR = {
    "on_delete": models.DO_NOTHING,
    "related_name": "+",
    "db_index": False,
    "db_constraint": False,  # there is one, made by the migration, which deletes
}


class PostsOfYear(models.Model):
    year = models.SmallIntegerField()
    posts = models.IntegerField()

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.year}: {self.posts}"


class CategoryYear(PostsOfYear):
    """Of the posts in the category or beneath it."""

    pk = models.CompositePrimaryKey("category_id", "year")
    category = models.ForeignKey(Category, **COUNTED_FOR)


class AuthorYear(PostsOfYear):
    """Each post once, in however many roles the author signs it."""

    pk = models.CompositePrimaryKey("author_id", "year")
    author = models.ForeignKey(Author, **COUNTED_FOR)


class TagYear(PostsOfYear):
    pk = models.CompositePrimaryKey("tag_id", "year")
    tag = models.ForeignKey(Tag, **COUNTED_FOR)


OF_ROWS = {Filing: CategoryYear, Byline: AuthorYear, TaggedPost: TagYear}
