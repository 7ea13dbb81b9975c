"""Addresses of X's own pages, where people do what a program may not."""

from __future__ import annotations

from urllib.parse import quote, urlencode


def reply_by_hand(post_id: str, text: str) -> str:
    """Give the page on which a person replies to *post_id*, with *text* filled in.

    https://docs.x.com/x-for-websites/web-intents/overview
    """
    query = urlencode({"in_reply_to": post_id, "text": text}, quote_via=quote)
    return f"https://x.com/intent/post?{query}"
