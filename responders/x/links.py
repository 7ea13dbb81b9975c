"""Addresses of X's own pages, where people do what a program may not."""

from __future__ import annotations

from urllib.parse import quote, urlencode

MESSAGES_PAGE = "https://twitter.com/messages/compose"


def reply_by_hand(post_id: str, text: str) -> str:
    """Give the page on which a person replies to *post_id*, with *text* filled in.

    https://docs.x.com/x-for-websites/web-intents/overview
    """
    query = urlencode({"in_reply_to": post_id, "text": text}, quote_via=quote)
    return f"https://x.com/intent/post?{query}"


def message_to(account_id: str) -> str:
    """Give the page on which a customer writes a direct message to *account_id*.

    X shows it as a button where it is given beside a post's text:
    https://docs.x.com/x-api/posts/create-post, `direct_message_deep_link`.
    """
    return f"{MESSAGES_PAGE}?recipient_id={account_id}"
