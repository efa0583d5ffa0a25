from posts.models.announcement import Announcement
from posts.models.autosave import Autosave
from posts.models.bulk import BulkDeed, BulkRow
from posts.models.byline import Byline
from posts.models.category import Category, Filing
from posts.models.comment import DraftComment
from posts.models.correction import Correction
from posts.models.days import PublishedDay
from posts.models.front import FrontSection, FrontSlot
from posts.models.merger import FormerName, MergedPost, Merger
from posts.models.notice import Notice
from posts.models.outgoing import OutgoingLink
from posts.models.pending import PendingChange
from posts.models.post import Post
from posts.models.presence import Presence
from posts.models.preview import PreviewLink
from posts.models.reader_comment import ReaderComment
from posts.models.reads import PopularList, ReadHour, ReadTotal
from posts.models.related import RelatedPosts
from posts.models.revision import Revision
from posts.models.search import KnownWord, SearchEntry, UntoldName
from posts.models.tag import Tag, TaggedPost

__all__ = [
    "Announcement",
    "Autosave",
    "BulkDeed",
    "BulkRow",
    "Byline",
    "Category",
    "Correction",
    "DraftComment",
    "Filing",
    "FormerName",
    "FrontSection",
    "FrontSlot",
    "KnownWord",
    "MergedPost",
    "Merger",
    "Notice",
    "OutgoingLink",
    "PendingChange",
    "PopularList",
    "Post",
    "Presence",
    "PreviewLink",
    "PublishedDay",
    "ReadHour",
    "ReadTotal",
    "ReaderComment",
    "RelatedPosts",
    "Revision",
    "SearchEntry",
    "Tag",
    "TaggedPost",
    "UntoldName",
]
