from wordpress.models.imported import Imported, known_rows
from wordpress.models.leftover import Leftover
from wordpress.models.move import Move, MoveKey, MoveLater, MoveLine, MovePiece

__all__ = ["Imported", "Leftover", "Move", "MoveKey", "MoveLater", "MoveLine", "MovePiece", "known_rows"]
