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
from posts.models.popular import KeptOffPopular, PopularList, PopularSidebar
from posts.models.post import Post
from posts.models.presence import Presence
from posts.models.preview import PreviewLink
from posts.models.reader_comment import ReaderComment
from posts.models.readers import NamesOfDay, NetworkOfDay, ReadersKey, ReadersOfDay
from posts.models.reads import ReadDay, ReadHour, ReadMinute, ReadTotal, Referral, ReferringHost, Source
from posts.models.related import RelatedPosts
from posts.models.revision import Revision
from posts.models.search import KnownWord, SearchEntry, UntoldName
from posts.models.tag import Tag, TaggedPost
from posts.models.tallies import (
    AuthorTally,
    CategoryTally,
    DayToAdd,
    GoneDay,
    HostTally,
    PostTally,
    SiteTally,
    Statistics,
    TagTally,
)
from posts.models.years import AuthorYear, CategoryYear, TagYear

__all__ = [
    "Announcement",
    "AuthorTally",
    "AuthorYear",
    "Autosave",
    "BulkDeed",
    "BulkRow",
    "Byline",
    "Category",
    "CategoryTally",
    "CategoryYear",
    "Correction",
    "DayToAdd",
    "DraftComment",
    "Filing",
    "FormerName",
    "FrontSection",
    "FrontSlot",
    "GoneDay",
    "HostTally",
    "KeptOffPopular",
    "KnownWord",
    "MergedPost",
    "Merger",
    "NamesOfDay",
    "NetworkOfDay",
    "Notice",
    "OutgoingLink",
    "PendingChange",
    "PopularList",
    "PopularSidebar",
    "Post",
    "PostTally",
    "Presence",
    "PreviewLink",
    "PublishedDay",
    "ReadDay",
    "ReadHour",
    "ReadMinute",
    "ReadTotal",
    "ReaderComment",
    "ReadersKey",
    "ReadersOfDay",
    "Referral",
    "ReferringHost",
    "RelatedPosts",
    "Revision",
    "SearchEntry",
    "SiteTally",
    "Source",
    "Statistics",
    "Tag",
    "TagTally",
    "TagYear",
    "TaggedPost",
    "UntoldName",
]
