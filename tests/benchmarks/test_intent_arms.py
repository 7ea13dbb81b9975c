import pytest

from benchmarks.intent_arms import Centroids, Heed, Regression, encoded
from bot.nlu.examples import Example
from bot.nlu.hashing import HashingEncoder

SAID = {
    "refund": (
        "please refund my order",
        "I want my refund now",
        "when does the refund arrive",
        "refund it please",
    ),
    "login": ("the login page fails", "login does not work", "cannot login with my password", "my login was refused"),
    "parcel": ("where is my parcel", "the parcel was not delivered", "track my parcel please", "my parcel is late"),
}
EXAMPLES = [Example(text=text, intent=intent) for intent, texts in SAID.items() for text in texts]


@pytest.fixture(params=["centroids", "regression", "heed"])
def arm(request):
    encoder = HashingEncoder()
    vectors = encoded([example.text for example in EXAMPLES], encoder)
    match request.param:
        case "centroids":
            return Centroids(EXAMPLES, vectors, encoder)
        case "regression":
            return Regression(EXAMPLES, vectors, encoder)
        case _:
            return Heed(EXAMPLES, encoder)


def test_every_arm_recognises_what_shares_the_words_of_an_intent(arm):
    read = arm.read(["where is the refund", "login fails again", "is my parcel lost"])
    assert read.labels == ["refund", "login", "parcel"]


def test_every_arm_finds_stranger_what_shares_no_word_with_any_intent(arm):
    read = arm.read(["my parcel is late", "zwölf Boxkämpfer jagen Viktor"])
    assert read.strange[1] > read.strange[0]


def test_every_arm_reads_one_text_as_it_reads_many(arm):
    texts = ["refund please", "login", "parcel"]
    assert [arm.read([text]).labels[0] for text in texts] == arm.read(texts).labels
