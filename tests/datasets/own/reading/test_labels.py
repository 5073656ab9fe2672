"""Which of two values stands for yes."""

import pytest

from annlab.datasets.own.reading.labels import label_notes, no_and_yes


@pytest.mark.parametrize(
    ("values", "yes"),
    [
        (("0", "1"), "1"),
        (("no", "yes"), "yes"),
        (("False", "True"), "True"),
        (("JA", "NEIN"), "JA"),
        (("ja ", "nein"), "ja "),
        (("non", "oui"), "oui"),
        (("absent", "present"), "present"),
        (("negative", "positive"), "positive"),
        # No word for yes, or two: the second value.
        (("female", "male"), "male"),
        (("2", "10"), "10"),
        (("1", "2"), "1"),
        (("1", "yes"), "yes"),
    ],
)
def test_yes_is_a_word_for_it_or_the_second_value(values: tuple[str, str], yes: str) -> None:
    no, found = no_and_yes(values)
    assert found == yes
    assert {no, found} == set(values)


def test_what_yes_is_is_said_unless_it_is_a_one() -> None:
    assert label_notes({"ill": ("0", "1")}) == ()
    assert label_notes({"ill": ("0", "1"), "old": ("nein", "ja"), "sex": ("female", "male")}) == (
        "A label is yes where its column holds “ja” for “old” and “male” for “sex”.",
    )
