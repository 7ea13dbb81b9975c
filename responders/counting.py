"""X's weighted length: how much of the 280 a text uses, by twitter-text configuration version 3.

Every web address weighs 23, every emoji sequence 2, and any other character 1 or 2 by its code point.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

#: The most a post may weigh on an account without long posts.
MAX_WEIGHT = 280

#: What every web address weighs, however long it is, because X shortens it.
URL_WEIGHT = 23

EMOJI_WEIGHT = 2

#: Code points that weigh 1; everything else weighs 2 (configuration version 3).
LIGHT_RANGES = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))

_INVALID = re.compile("[\ufeff\ufffe\uffff]")
_LONGEST_LABEL = 63  #: Characters in one part of a domain name, once it is ASCII (RFC 1035).

# A bare domain is an address only under a known ending. These are all the country codes, and of the
# 1,200 generic endings the ones that customers and support teams write; an address under another
# ending is counted once it carries its protocol.
_COUNTRIES = (
    "ac|ad|ae|af|ag|ai|al|am|ao|aq|ar|as|at|au|aw|ax|az|ba|bb|bd|be|bf|bg|bh|bi|bj|bm|bn|bo|br|bs|bt|bv|bw|by|bz|"
    "ca|cc|cd|cf|cg|ch|ci|ck|cl|cm|cn|co|cr|cu|cv|cw|cx|cy|cz|de|dj|dk|dm|do|dz|ec|ee|eg|er|es|et|eu|fi|fj|fk|fm|"
    "fo|fr|ga|gb|gd|ge|gf|gg|gh|gi|gl|gm|gn|gp|gq|gr|gs|gt|gu|gw|gy|hk|hm|hn|hr|ht|hu|id|ie|il|im|in|io|iq|ir|is|"
    "it|je|jm|jo|jp|ke|kg|kh|ki|km|kn|kp|kr|kw|ky|kz|la|lb|lc|li|lk|lr|ls|lt|lu|lv|ly|ma|mc|md|me|mg|mh|mk|ml|mm|"
    "mn|mo|mp|mq|mr|ms|mt|mu|mv|mw|mx|my|mz|na|nc|ne|nf|ng|ni|nl|no|np|nr|nu|nz|om|pa|pe|pf|pg|ph|pk|pl|pm|pn|pr|"
    "ps|pt|pw|py|qa|re|ro|rs|ru|rw|sa|sb|sc|sd|se|sg|sh|si|sj|sk|sl|sm|sn|so|sr|ss|st|su|sv|sx|sy|sz|tc|td|tf|tg|"
    "th|tj|tk|tl|tm|tn|to|tr|tt|tv|tw|tz|ua|ug|uk|us|uy|uz|va|vc|ve|vg|vi|vn|vu|wf|ws|ye|yt|za|zm|zw"
)
_GENERIC = (
    "academy|agency|app|art|bank|bar|best|bio|biz|blog|blue|bot|buy|cafe|care|careers|cars|cash|center|chat|city|"
    "click|cloud|club|codes|com|community|company|computer|cool|coop|date|day|deals|delivery|design|dev|digital|"
    "direct|download|edu|education|email|energy|engineering|events|exchange|expert|express|family|fashion|finance|"
    "fit|foundation|fun|gallery|game|games|global|gmbh|gov|green|group|guide|guru|health|help|homes|host|hosting|"
    "house|how|inc|info|ink|int|jobs|land|legal|life|link|live|llc|lol|love|ltd|market|marketing|media|menu|mil|"
    "mobi|moda|money|museum|music|name|net|network|new|news|ngo|ninja|now|one|ong|online|org|page|partners|parts|"
    "party|pharmacy|photo|photography|photos|pics|pictures|pink|pizza|plus|press|pro|productions|properties|pub|"
    "radio|red|rent|repair|report|rest|restaurant|review|reviews|rocks|run|sale|school|science|security|services|"
    "shop|shopping|show|site|social|software|solar|solutions|space|store|stream|studio|style|supplies|supply|"
    "support|systems|tech|technology|tel|tips|tools|top|tours|town|toys|trade|training|travel|university|video|"
    "vip|watch|web|website|wiki|win|work|works|world|wtf|xxx|xyz|zip|zone"
)

_LATIN = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_PATH = rf"a-z0-9{_LATIN}\u0400-\u04ff!*';:=+,.$/%#\[\]\-\u2013_~@|&"
_TAIL = (
    rf"(?::[0-9]+)?(?:/(?:(?:[{_PATH}]|\([{_PATH}]+\))*(?:[a-z0-9{_LATIN}\u0400-\u04ff+\-=_#/]|\([{_PATH}]+\)))?)?"
    r"(?:\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/])?"
)
# Host names may be written in any script, but never hold ASCII punctuation or an invisible mark.
_LETTER = r"[^\s\x00-/:-@\[-`{-\x7f\u2000-\u206f\u3000\ufeff\ufffe\uffff]"
_LABEL = rf"{_LETTER}(?:[_-]|{_LETTER})*"
_ENDING = r"(?:xn--[a-z0-9-]+|(?!\d)[^\W_]{2,})(?![0-9a-z@+-])"
_PLAIN = rf"[a-z0-9{_LATIN}](?:[a-z0-9{_LATIN}-]*[a-z0-9{_LATIN}])?"
_URL = re.compile(
    rf"(?<![a-z0-9@＠$#＃])https?://(?P<full>(?:{_LABEL}\.)+{_ENDING}){_TAIL}"
    rf"|(?<![a-z0-9{_LATIN}@＠$#＃_./-])(?P<bare>(?:{_PLAIN}\.)+(?:{_GENERIC}|{_COUNTRIES})(?![0-9a-z@+-])){_TAIL}",
    re.IGNORECASE,
)

_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\u3030\u303d\u3297\u3299\U0001f004-\U0001f1e5\U0001f200-\U0001faff]"
)
_ONE_EMOJI = f"{_PICTURE}(?:[\U0001f3fb-\U0001f3ff]|\ufe0f)?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
_EMOJI = re.compile(
    f"[0-9#*]\ufe0f?\u20e3|[\U0001f1e6-\U0001f1ff]{{2}}|(?:{_ONE_EMOJI})(?:\u200d{_ONE_EMOJI})*(?!\ufe0e)"
)


@lru_cache(maxsize=4096)
def weighted_length(text: str) -> int:
    """Weigh *text* as X does; a reply's automatic leading mentions are not part of it.

    Joined emoji count as one sequence also where X's own table, frozen in 2021, does not list them.
    """
    composed = unicodedata.normalize("NFC", text)
    return sum(_weights(composed))


def fits(text: str) -> bool:
    """Whether X accepts *text* as a post: not empty, not over `MAX_WEIGHT`, no forbidden characters."""
    return 0 < weighted_length(text) <= MAX_WEIGHT and not _INVALID.search(text)


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Give where each web address in *text* begins and ends, as X sees it."""
    return (match.span() for match in filter(_is_address, _URL.finditer(text)))


def _weights(text: str) -> Iterator[int]:
    """Yield the weight of each address, emoji sequence and remaining character, in order."""
    rest = 0
    for url in filter(_is_address, _URL.finditer(text)):
        yield from _weights_outside_addresses(text[rest : url.start()])
        yield URL_WEIGHT
        rest = url.end()
    yield from _weights_outside_addresses(text[rest:])


def _weights_outside_addresses(text: str) -> Iterator[int]:
    plain, emojis = _EMOJI.subn("", text)
    yield emojis * EMOJI_WEIGHT
    yield from (_weight(ord(character)) for character in plain)


def _weight(code_point: int) -> int:
    return 1 if any(low <= code_point <= high for low, high in LIGHT_RANGES) else 2


def _is_address(match: re.Match[str]) -> bool:
    labels = (match["full"] or match["bare"]).split(".")
    return all(len(_as_ascii(label)) <= _LONGEST_LABEL for label in labels)


def _as_ascii(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
