"""Makes what the bot needs to think with, and makes each thing again only when what it was made from has changed."""

from bot.training.brain import Brain, load_brain
from bot.training.indexing import Indexed, drop_former_vectors, index
from bot.training.keeping import Librarian
from bot.training.progress import Progress, silent
from bot.training.teaching import load_phrases, train

__all__ = [
    "Brain",
    "Indexed",
    "Librarian",
    "Progress",
    "drop_former_vectors",
    "index",
    "load_brain",
    "load_phrases",
    "silent",
    "train",
]
