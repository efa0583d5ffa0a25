from posts.admin.category import CategoryAdmin
from posts.admin.front import FrontSectionAdmin, FrontSlotAdmin
from posts.admin.mergers import MergerAdmin
from posts.admin.popular import PopularAdmin
from posts.admin.post import PostAdmin
from posts.admin.reader_comments import ReaderCommentAdmin
from posts.admin.statistics.screens import StatisticsAdmin
from posts.admin.tag import TagAdmin

__all__ = [
    "CategoryAdmin",
    "FrontSectionAdmin",
    "FrontSlotAdmin",
    "MergerAdmin",
    "PopularAdmin",
    "PostAdmin",
    "ReaderCommentAdmin",
    "StatisticsAdmin",
    "TagAdmin",
]
