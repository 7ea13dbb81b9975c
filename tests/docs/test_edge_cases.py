"""The page of edge cases and the tests named after them are about the same cases."""

import re


def test_every_edge_case_of_the_page_is_an_acceptance_test_and_the_other_way_round(pages, root):
    page = next(page for page in pages if page.path.name == "edge-cases.md")
    named = {row[0] for row in page.rows if row[0].isdecimal()}
    tested = set()
    for file in (root / "tests" / "acceptance").glob("test_case_*.py"):
        tested |= set(re.findall(r"^async def test_case_(\d\d)_", file.read_text(encoding="utf-8"), re.MULTILINE))
    assert named - tested == set()
    assert tested - named == set()
