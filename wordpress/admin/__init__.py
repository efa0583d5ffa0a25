from wordpress.admin.imported import ImportedAdmin
from wordpress.admin.moves import MoveAdmin

__all__ = ["ImportedAdmin", "MoveAdmin"]
