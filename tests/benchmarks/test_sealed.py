from benchmarks.sealed import rows_of


def mention(language, label, kind):
    return {"language": language, "label": label, "kind": kind}


MENTIONS = [mention("en", 1, "cold"), mention("en", 1, "cold"), mention("de", 1, "furious"), mention("es", 0, "plain")]


def test_each_kind_and_language_is_counted_by_itself_and_in_all():
    assert rows_of(MENTIONS, [True, False, True, True], 1) == [
        ("cold", "1 of 2 (50%)", "–", "–", "1 of 2 (50%)"),
        ("furious", "–", "–", "1 of 1 (100%)", "1 of 1 (100%)"),
        ("all", "1 of 2 (50%)", "–", "1 of 1 (100%)", "2 of 3 (67%)"),
    ]


def test_what_has_the_other_label_is_not_counted():
    assert rows_of(MENTIONS, [True, True, True, False], 0)[-1] == ("all", "–", "0 of 1 (0%)", "–", "0 of 1 (0%)")
