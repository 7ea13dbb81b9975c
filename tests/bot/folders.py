"""The files of a small knowledge base, as a folder of articles and one of lessons."""

from __future__ import annotations

import json

from knowledge.article import FrontMatter
from tests.bot.nlu.schooling import LESSONS


def write_article(folder, article):
    """Write *article* as the Markdown file that it could have been read from."""
    front = {name: value for name, value in article.to_document().items() if name in FrontMatter.model_fields}
    file = folder / article.language / f"{article.id}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"---\n{json.dumps(front)}\n---\n{article.full_answer}\n", encoding="utf-8")


def write_lessons(folder):
    """Write a few examples of each intent."""
    lessons = [
        {
            "intent": intent,
            "metadata": {"mood": mood.value},
            "examples": "".join(f"- {text}\n" for text in texts),
        }
        for (intent, mood), texts in LESSONS.items()
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "care.en.yml").write_text(json.dumps({"nlu": lessons}, indent=0), encoding="utf-8")
