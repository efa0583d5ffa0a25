from django.db import models
from django.utils.text import slugify
from taggit.managers import _TaggableManager
from taggit.models import ItemBase, TagBase

from informed_comment.addresses import address_of
from posts.models.dated import DatedByPost

SAMPLE = 200
RELATED = 8


class TagQuerySet(models.QuerySet):
    def used_with(self, tag):
        """The tags most often beside this one on its newest `SAMPLE` posts, the most frequent first; `tag` is its id."""
        newest = TaggedPost.objects.filter(tag=tag).post_ids()[:SAMPLE]
        counted = (
            self.filter(taggings__content_object__in=newest)
            .exclude(pk=tag)
            .annotate(times=models.Count("taggings"))
        )
        return counted.order_by("-times", "name")[:RELATED]


class Tag(TagBase):
    """A tag with a real foreign key to posts; slugs keep Arabic, Persian and Hebrew letters."""

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    @classmethod
    def former(cls, names):
        """The rows of `FormerName` with these names, in small letters."""
        return cls.former_names.rel.related_model.objects.filter(name__in=names).select_related("tag")

    def slugify(self, tag, i=None):
        slug = slugify(tag, allow_unicode=True)[:90] or "tag"
        return slug if i is None else f"{slug}-{i}"

    def get_absolute_url(self):
        return address_of("posts:tag", self.slug)


class Tags(_TaggableManager):
    """The tags of a post. Spare blanks make no other tag; a name that was merged or changed means the tag it became."""

    def _to_tag_model_instances(self, tags, tag_kwargs):
        tags = [" ".join(tag.split()) if isinstance(tag, str) else tag for tag in tags]
        names = [tag.lower() for tag in tags if isinstance(tag, str)]
        now = {former.name: former.tag for former in Tag.former(names)} if names else {}
        meant = [now.get(tag.lower(), tag) if isinstance(tag, str) else tag for tag in tags if tag]
        return super()._to_tag_model_instances(meant, tag_kwargs)


class TaggedPost(DatedByPost, ItemBase):
    post_field = "content_object"

    content_object = models.ForeignKey("posts.Post", on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tag", "content_object"], name="post_has_a_tag_once"),
        ]
        indexes = [
            models.Index(fields=["tag", "-published_at", "-content_object"], name="taggings_by_date"),
        ]

    def __str__(self):
        return f"{self.content_object_id} tagged {self.tag_id}"
