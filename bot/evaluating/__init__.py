"""Measures retrieval and answering on files of questions, without a database and without the sample knowledge base."""
