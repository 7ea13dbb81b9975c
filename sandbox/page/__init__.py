"""The page: a timeline on which a visitor plays a customer and watches the brand answer.

Every act is a plain form; with JavaScript the same forms are sent without leaving the page.
"""

from sandbox.page.rendering import set_up
from sandbox.page.routing import routes

__all__ = ["routes", "set_up"]
