"""Words too common to tell articles apart, by language."""

from __future__ import annotations

from collections.abc import Mapping

STOPWORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        "a about am an and any are as at be been being but by can could did do does doing don't for from get got had has have "
        "having he her hers him his how i i'm i've if in into is isn't it it's its just like me my of oh on or our out please "
        "she should so some such than that that's the their them then there these they this those to too up us very was we "
        "were what when where which while who why will with would you your yours im ive dont doesnt cant hi hello hey thanks "
        "guys anyone know help need tell".split()
    ),
    "es": frozenset(
        "a al algo ante aquí así aunque como con cómo cual cuando de del desde donde dónde e el él ella en entre era eran es esa "
        "ese eso esta está este esto estoy fue ha hace han hasta hay he hola la las le les lo los me mi mis mucho muy más nada ni "
        "nos o os para pero por porque que qué quien se sea ser si sin sobre son soy su sus también te tengo tiene todo tu tus un "
        "una unos y ya yo favor gracias puedo ayuda alguien sabe".split()
    ),
    "de": frozenset(
        "aber als also am an auch auf aus bei bin bis bitte da damit das dass dem den denn der des die dies diese dieser doch du "
        "durch ein eine einem einen einer eines er es euch euer für gibt habe haben hallo hat hi ich ihr ihre im in ist ja jemand "
        "kann können mal man mein meine meinem meinen meiner mich mir mit nach noch nun nur ob oder schon sein seine sich sie sind "
        "so soll um und uns vom von vor war was weil wenn wer wie wieder wir wird wo zu zum zur danke hilfe weiß hey".split()
    ),
}
