from posts.admin.category import CategoryAdmin
from posts.admin.post import PostAdmin
from posts.admin.tag import TagAdmin

__all__ = ["CategoryAdmin", "PostAdmin", "TagAdmin"]
