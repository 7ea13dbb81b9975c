"""Importers: articles from Markdown, JSON lines, CSV, a Stack Exchange dump and a Discourse forum; always unreviewed.

Each module reads one kind of source as a stream of `found` values, and `loading` writes that stream to the database.
"""
