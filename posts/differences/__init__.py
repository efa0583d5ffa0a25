"""What is different between two texts or two states of a post, word by word, as a reader would see it.

`of_texts(old, new)` compares bodies, `of_states(old, new)` whole posts (posts/states.py); the templates
`admin/posts/post/_differences.html` and `_text_differences.html` show what they return.
"""

from posts.differences.states import Changed, of_states
from posts.differences.texts import Difference, measure, of_texts
from posts.differences.words import Piece, of_words

__all__ = ["Changed", "Difference", "Piece", "measure", "of_states", "of_texts", "of_words"]
