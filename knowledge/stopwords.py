"""Words too common to tell articles apart, by language."""

from __future__ import annotations

from collections.abc import Mapping

STOPWORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        """
        a about am an and any anyone are as at be been being but by can cant could did do does doesnt doing
        don't dont for from get got guys had has have having he hello help her hers hey hi him his how i i'm
        i've if im in into is isn't it it's its ive just know like me my need of oh on or our out please she
        should so some such tell than thanks that that's the their them then there these they this those to
        too up us very was we were what when where which while who why will with would you your yours
        """.split()
    ),
    "es": frozenset(
        """
        a al algo alguien ante aquí así aunque ayuda como con cual cuando cómo de del desde donde dónde e el
        ella en entre era eran es esa ese eso esta este esto estoy está favor fue gracias ha hace han hasta
        hay he hola la las le les lo los me mi mis mucho muy más nada ni nos o os para pero por porque puedo
        que quien qué sabe se sea ser si sin sobre son soy su sus también te tengo tiene todo tu tus un una
        unos y ya yo él
        """.split()
    ),
    "de": frozenset(
        """
        aber als also am an auch auf aus bei bin bis bitte da damit danke das dass dem den denn der des die
        dies diese dieser doch du durch ein eine einem einen einer eines er es euch euer für gibt habe haben
        hallo hat hey hi hilfe ich ihr ihre im in ist ja jemand kann können mal man mein meine meinem meinen
        meiner mich mir mit nach noch nun nur ob oder schon sein seine sich sie sind so soll um und uns vom
        von vor war was weil weiß wenn wer wie wieder wir wird wo zu zum zur
        """.split()
    ),
}
