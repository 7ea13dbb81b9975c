"""What a text names is found where it stands, and measured against what people marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.entities import Forms, find_entities, learnt_products
from bot.nlu.examples import Example, read_examples
from bot.nlu.lexicon import load_lexicons
from bot.nlu.understander import Understander
from bot.settings import Settings
from bot.vocabulary import Entity, EntityKind
from tests.bot.nlu.schooling import AlwaysEnglish, CountingEncoder, trained

FORMS = Forms.from_settings(Settings(), learnt=("pen", "book 15 pro"))

PIECES = (
    "TN-482913 TW7K20B4Q9 0x80070057 HUB-503 book 13 Book 15 Pro ana@mail.example +49 30 901820 @TarnwellHelp "
    "https://t.example/TN-482913 error 503 order 12345-678 serial K7PX20941 MEMORY_MANAGEMENT \u200b \u2011 ٣ ñ 😀 #"
).split()

#: By kind: the least precision and recall. Order numbers of other brands are known by the words before them alone, and
#: the phone numbers that are reserved for examples are valid in no country.
FLOORS = {
    EntityKind.CONTACT: (0.98, 0.85),
    EntityKind.ERROR_CODE: (0.90, 0.90),
    EntityKind.ORDER_NUMBER: (0.95, 0.88),
    EntityKind.SERIAL_NUMBER: (0.98, 0.98),
    EntityKind.PRODUCT: (0.95, 0.98),
}


def found(text, forms=FORMS):
    return [(entity.kind, entity.text) for entity in find_entities(text, forms)]


@pytest.fixture(scope="module")
def examples():
    return read_examples(Settings().data.training)


@pytest.mark.parametrize(
    ("text", "kind", "written"),
    [
        ("where is TN-482913?", "order_number", "TN-482913"),
        ("wo bleibt tn-482913", "order_number", "tn-482913"),
        ("order number: 49-11873, placed on Monday", "order_number", "49-11873"),
        ("Bestellnummer ist HB-20991 danke", "order_number", "HB-20991"),
        ("mi pedido es el AF-220931", "order_number", "AF-220931"),
        ("it says TW7K20B4Q9 below", "serial_number", "TW7K20B4Q9"),
        ("S/N K7PX20941", "serial_number", "K7PX20941"),
        ("update fails with 0x80070057", "error_code", "0x80070057"),
        ("Fehlercode E-1187", "error_code", "E-1187"),
        ("the page gives error 503", "error_code", "503"),
        ("Device manager says code 43", "error_code", "43"),
        ("blue screen: WHEA_UNCORRECTABLE_ERROR", "error_code", "WHEA_UNCORRECTABLE_ERROR"),
        ("my Book 13 is hot", "product", "Book 13"),
        ("my book13 is hot", "product", "book13"),
        ("mail me: ana.ruiz@correo.example", "contact", "ana.ruiz@correo.example"),
        ("call me on +49 30 901820", "contact", "+49 30 901820"),
    ],
)
def test_what_a_text_names_is_namedas_it_is_written(text, kind, written):
    assert found(text) == [(kind, written)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I ordered 3 for 149.99 on 2026-11-20, order 66",
        "no error in 10 minutes, 20% faster",
        "my order arrived within 3 days",
        "look at https://shop.example/TN-482913",
        "thanks @book13 and @TW7K20B4Q9",
        "open, happened, facebook 1300",
        "my file_name is not a snake_case_thing",
    ],
)
def test_what_names_nothing_is_left_alone(text):
    assert found(text) == []


def test_the_longest_name_wins():
    assert found("Book 15 Pro and Book 15") == [("product", "Book 15 Pro"), ("product", "Book 15")]


def test_a_number_of_the_brand_is_never_a_phone_number():
    forms = Forms(order_numbers=(r"030 \d{7}",))

    assert found("it is 030 9018200", forms) == [("order_number", "030 9018200")]


def test_what_is_written_with_invisible_and_unusual_characters_is_namedwhere_it_stands():
    text = "é TN\u2011482\u200b913, Book\u00a013"

    assert find_entities(text, FORMS) == (
        Entity(kind="order_number", text="TN\u2011482\u200b913", start=2, end=12),
        Entity(kind="product", text="Book\u00a013", start=14, end=21),
    )


def test_a_brand_that_has_said_nothing_has_no_numbers_and_products():
    assert found("TN-482913 for my Book 13, 0x80070057", Forms()) == [("error_code", "0x80070057")]


def test_the_brands_own_contacts_are_no_customers():
    settings = Settings.model_validate({"replying": {"own_contacts": ["help@tarnwell.example"]}})

    assert found("I wrote to help@tarnwell.example", Forms.from_settings(settings)) == [("product", "tarnwell")]


def test_names_of_products_are_learnt_from_marked_examples():
    marks = (
        Entity(kind="product", text="Pen", start=4, end=7),
        Entity(kind="contact", text="a@b.example", start=8, end=19),
    )
    examples = [Example(text="the Pen", intent="question", entities=marks), Example(text="hi", intent="greet")]

    assert learnt_products(examples) == ("pen",)


def test_an_understanding_has_the_entities_of_the_text_as_it_was_posted():
    understander = Understander(
        encoder=CountingEncoder(),
        heads=trained().heads,
        languages=AlwaysEnglish(),
        lexicons=load_lexicons(),
        forms=FORMS,
    )
    (understanding,) = understander.understand(["@TarnwellHelp 😀 where is TN-482913"])

    assert understanding.text == "where is TN-482913"
    assert understanding.entities == (Entity(kind="order_number", text="TN-482913", start=25, end=34),)


@given(st.one_of(st.text(), st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4))).map(" ".join)))
def test_entities_are_pieces_of_the_text_in_order_and_apart(text):
    entities = find_entities(text, FORMS)

    assert [text[entity.start : entity.end] for entity in entities] == [entity.text for entity in entities]
    places = [place for entity in entities for place in (entity.start, entity.end)]
    assert places == sorted(places)
    assert all(entity.start < entity.end for entity in entities)
    assert {entity.kind for entity in entities} <= set(EntityKind)


@pytest.mark.parametrize("kind", EntityKind)
def test_the_entities_that_people_marked_are_namedand_few_others(kind, examples):
    forms = Forms.from_settings(Settings(), learnt_products(examples))
    right = read = wanted = 0
    for example in examples:
        if kind is EntityKind.PRODUCT and not example.entities:
            continue  # products are marked in some files only, all else wherever it occurs
        named, marked = places(find_entities(example.text, forms), kind), places(example.entities, kind)
        right, read, wanted = right + len(named & marked), read + len(named), wanted + len(marked)
    precision, recall = FLOORS[kind]

    assert right / read >= precision
    assert right / wanted >= recall


def places(entities, kind):
    return {(entity.start, entity.end) for entity in entities if entity.kind == kind}
