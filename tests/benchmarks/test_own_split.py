from benchmarks.own_split import LEFT_OUT, divided
from bot.nlu.examples import Example

EXAMPLES = [Example(text=str(number), intent="spam" if number % 2 else "greet") for number in range(1, 21)]


def texts(examples):
    return [example.text for example in examples]


def test_every_fifth_example_is_held_out():
    _, held_out = divided(EXAMPLES)
    assert texts(held_out) == ["5", "10", "15", "20"]


def test_an_intent_that_is_left_out_is_held_out_but_never_trained():
    train, held_out = divided(EXAMPLES)
    assert "spam" in LEFT_OUT
    assert {example.intent for example in train} == {"greet"}
    assert {example.intent for example in held_out} == {"greet", "spam"}


def test_nothing_is_both_trained_and_measured_with():
    train, held_out = divided(EXAMPLES)
    assert not set(texts(train)) & set(texts(held_out))
