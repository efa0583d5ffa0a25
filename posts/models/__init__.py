from posts.models.category import Category, Filing
from posts.models.correction import Correction
from posts.models.days import PublishedDay
from posts.models.front import FrontSection, FrontSlot
from posts.models.post import Byline, Post
from posts.models.reads import PopularList, ReadHour, ReadTotal
from posts.models.related import RelatedPosts
from posts.models.revision import Revision
from posts.models.search import KnownWord, SearchEntry, UntoldName
from posts.models.tag import Tag, TaggedPost

__all__ = [
    "Byline",
    "Category",
    "Correction",
    "Filing",
    "FrontSection",
    "FrontSlot",
    "KnownWord",
    "PopularList",
    "Post",
    "PublishedDay",
    "ReadHour",
    "ReadTotal",
    "RelatedPosts",
    "Revision",
    "SearchEntry",
    "Tag",
    "TaggedPost",
    "UntoldName",
]
