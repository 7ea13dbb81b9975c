"""Personal data in text: where it stands, of which kind it is, and the text with masks in its place. Pure.

Cards, IBANs, e-mail and phone numbers are known by their form and sums; addresses and documents mostly by the words
around them.
"""

from bot.personal.finding import Finding, find, mask
from bot.personal.kinds import PAYMENT, Personal
from bot.personal.privacy import UNSET, Privacy

__all__ = ["PAYMENT", "UNSET", "Finding", "Personal", "Privacy", "find", "mask"]
