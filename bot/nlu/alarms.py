"""Words of alarm, by danger, in English, Spanish and German: what a person must look at even if nothing was learnt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from bot.vocabulary import Danger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

WORDS: Mapping[Danger, str] = {
    Danger.FIRE: (
        r"smok(?:e|ing|ed)|on fire|caught fire|flames?|burn(?:t|ed|ing|s)|sparks?|sparking|scorch\w*|"
        r"melt(?:ed|ing)|singed|explod\w+|explosion|humo|humea\w*|incendi\w+|quemad\w+|quem[óo]|"
        r"huele a quemado|chispas|chispazo|llamas|derreti\w+|explot\w+|rauch\w*|qualm\w*|brennt|"
        r"brandgeruch|verbrannt|angebrannt|verschmort|schmort|geschmolzen|funken|flammen|explodiert|"
        r"stichflamme"
    ),
    Danger.BATTERY: (
        r"swollen|swelling|bulg(?:ing|ed|es)|bloated|puffed up|pregnant|leaking|hinchad\w+|inflad\w+|"
        r"abombad\w+|hinch[óo]|aufgebläht|gebläht|aufgequollen|gewölbt|wölbt|angeschwollen|ausgelaufen"
    ),
    Danger.INJURY: (
        r"electric shock|shocked me|electrocut\w+|injur\w+|stitches|bleeding|blisters?|"
        r"swallowed|burn(?:t|ed) (?:my|his|her|me|him)|descarga el[ée]ctrica|calambr\w+|electrocut\w+|"
        r"herid[oa]s?|urgencias|ampollas?|tragad\w+|trag[óo]|stromschlag|"
        r"einen schlag bekommen|verletz\w*|notaufnahme|rettungswagen|blutet\w*|brandblasen?|"
        r"(?<!buchstaben )(?<!zeichen )(?<!silben )(?<!wörter )"
        r"verschluckt(?!(?: \w+){0,3} (?:buchstaben|zeichen|silben|wörter))"
    ),
    Danger.DATA_LOSS: (
        r"all my (?:photos|pictures|files|data)|lost everything|wiped|data (?:is|are) gone|"
        r"someone else'?s (?:data|photos|files)|data breach|leaked|todas mis fotos|perd[ií] todo|"
        r"borr[óo] todo|se borraron|datos de otr[oa]|filtrad\w+|filtraci[óo]n|"
        r"alle meine (?:fotos|bilder|daten)|alle (?:fotos|bilder|daten) (?:weg|gelöscht)|datenverlust|"
        r"datenleck|fremde daten"
    ),
    Danger.FRAUD: (
        r"fraud\w*|hacked|hijacked|phish\w+|identity theft|didn'?t (?:make|authori[sz]e)|"
        r"unauthori[sz]ed|fake (?:shop|site|support|account)|fraude|hacke\w+|estaf\w+|suplant\w+|"
        r"cargos? que no|no autorizad\w+|betrug|betrüger\w*|gehackt|phishing\w*|"
        r"fake-?shop|identitätsdiebstahl"
    ),
    Danger.SELF_HARM: (
        r"kill myself|suicid\w+|end it all|want to die|don'?t want to (?:live|be here|wake up)|"
        r"no reason to live|self[- ]harm|suicid\w+|matarme|quitarme la vida|no quiero (?:vivir|seguir)|"
        r"no vale la pena vivir|ganas de morir\w*|umbringen|suizid\w*|selbstmord\w*|nicht mehr leben|"
        r"nicht mehr aufwachen|keinen sinn mehr|das leben nehmen"
    ),
    Danger.LEGAL: (
        r"lawyers?|attorney|solicitor|sue|suing|lawsuit|court|legal action|trading standards|ombudsman|"
        r"class action|abogad\w+|denunci\w+|juzgado|tribunal|v[ií]a legal|"
        r"profeco|sernac|burofax|anwalt|anwältin|anwälte|verklag\w+|gericht|"
        r"verbraucher(?:schutz|zentrale)|rechtliche schritte|datenschutzbehörde|frist bis"
    ),
    Danger.PRESS: (
        r"journalist|reporter|newspaper|press (?:office|inquiry|enquiry|contact)|"
        r"vulnerability|cve|periodista|redacci[óo]n|peri[óo]dico|gabinete de prensa|"
        r"vulnerabilidad|journalistin|redaktion\w*|redakteur\w*|zeitung|pressestelle|presseanfrage|"
        r"sicherheitslücke"
    ),
}
"""Regular expressions of words, found whatever their case. Most are harmless most of the time; who looks decides."""

NAMES = tuple(f"{danger}_word" for danger in Danger)

_PATTERNS = {danger: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for danger, words in WORDS.items()}
_ANY = re.compile(rf"\b(?:{'|'.join(WORDS.values())})\b", re.IGNORECASE)


def find_alarms(texts: Sequence[str]) -> NDArray[np.float32]:
    """Say which words of alarm texts hold: shape (texts, dangers), in the order of `Danger`, 1 or 0."""
    found = np.zeros((len(texts), len(Danger)), dtype=np.float32)
    for row, text in enumerate(texts):
        if _ANY.search(text):
            found[row] = [_PATTERNS[danger].search(text) is not None for danger in Danger]
    return found
