from wordpress.admin.imported import ImportedAdmin
from wordpress.admin.leftover_list import LeftoverAdmin
from wordpress.admin.moves import MoveAdmin

__all__ = ["ImportedAdmin", "LeftoverAdmin", "MoveAdmin"]
