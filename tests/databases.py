"""Databases that tests make from a template, each for itself."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count

import psycopg

TEMPLATE = "template_heed"
numbers = count(1)


@contextmanager
def a_database(server, template=TEMPLATE):
    """Make a database like *template* on *server*, the address of `template_heed`; give its address, and drop it."""
    name = f"{template.removeprefix('template_')}_{next(numbers)}"
    admin = server.replace(f"/{TEMPLATE}?", "/postgres?")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"create database {name} template {template}")
    try:
        yield server.replace(f"/{TEMPLATE}?", f"/{name}?")
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)")
