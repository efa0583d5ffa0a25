from wordpress.models.imported import Imported, known_rows
from wordpress.models.move import Move, MoveKey, MoveLater, MoveLine, MovePiece

__all__ = ["Imported", "Move", "MoveKey", "MoveLater", "MoveLine", "MovePiece", "known_rows"]
