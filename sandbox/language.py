"""A guess at the language of a post, standing in for the `lang` that X works out itself."""

import re

_WORDS = {
    "en": "the is my it to and not how what can does do you i on with have when after for",
    "es": "el la los mi no que de y cómo como puedo se una un en con tengo está por para hola",
    "de": "der die das mein meine nicht ist und wie ich kann ein eine mit auf nach geht zu hallo",
    "fr": "le la les mon ma ne pas est et comment je un une avec sur après vous bonjour",
}
_COMMON = {language: frozenset(words.split()) for language, words in _WORDS.items()}


def guess_language(text: str) -> str:
    """Guess the likeliest of en, es, de and fr, or "und" when no common word gives it away."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"[@#]\w+", "", text.lower()))
    hits = {language: sum(word in common for word in words) for language, common in _COMMON.items()}
    best = max(hits, key=hits.__getitem__)
    return best if hits[best] else "und"
