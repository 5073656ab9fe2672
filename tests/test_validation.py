"""Limits of settings, and messages about invalid values."""

import numpy as np
import pytest
from pydantic import ValidationError

from annlab import TrainingConfig
from annlab.config.settings import SETTINGS
from annlab.setting_type import Number
from annlab.validation import explain
from tests.config.fields import FIELDS, make, sentences

LIMITS = {
    setting.name: setting.kind.limits
    for setting in SETTINGS.values()
    if isinstance(setting.kind, Number) and setting.limits is None
}
# Section and field of a number, and a data set to which it applies.
NUMBERS = [
    *((section, field) for section, field in FIELDS if field in LIMITS),
    ("dataset", "noise"),
]


def test_every_limit_has_a_setting():
    assert {field for _, field in NUMBERS} == {*LIMITS, "noise"}


@pytest.mark.parametrize(("section", "field"), [pair for pair in NUMBERS if pair[1] in LIMITS])
def test_limits_are_inclusive(section, field):
    low, high = LIMITS[field]
    for inside in (low, high):
        assert getattr(make(section, **{field: inside}), field) == inside
    whole = isinstance(low, int)
    outside = (
        (low - 1, high + 1)
        if whole
        else (float(np.nextafter(low, -1e9)), float(np.nextafter(high, 1e9)))
    )
    for value in outside:
        with pytest.raises(ValidationError) as error:
            make(section, **{field: value})
        assert f"{field}: must be between" in sentences(error)


@pytest.mark.parametrize(("section", "field"), NUMBERS)
@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        -float("inf"),
        -1,
        1e300,
        10**400,
        True,
        False,
        "many",
        "",
        "nan",
        [1],
        {},
        b"\xff",
        np.array([1, 2]),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_invalid_numbers_are_refused(section, field, value):
    with pytest.raises(ValidationError) as error:
        make(section, **{field: value})
    assert sentences(error).startswith(f"{field}: ")


@pytest.mark.parametrize("field", [field for field in LIMITS if isinstance(LIMITS[field].low, int)])
def test_fractions_of_whole_numbers_are_refused(field):
    section = next(name for name, column in NUMBERS if column == field)
    with pytest.raises(ValidationError, match=field):
        make(section, **{field: LIMITS[field].low + 0.5})


def test_explain_gives_one_sentence_per_invalid_field():
    with pytest.raises(ValidationError) as error:
        TrainingConfig(learning_rate=-1, batch_size=0)
    assert explain(error.value) == [
        "learning_rate: must be between 1e-06 and 100, got -1",
        "batch_size: must be between 1 and 100000, got 0",
    ]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"learning_rate": "fast"}, "learning_rate: must be a number, got 'fast'"),
        ({"batch_size": "2.5"}, "batch_size: must be a whole number, got '2.5'"),
        ({"batch_size": 2.5}, "batch_size: must be a whole number, got '2.5'"),
        ({"max_epochs": [1]}, "max_epochs: must be a whole number, got '[1]'"),
    ],
)
def test_explain_avoids_programming_terms(values, sentence):
    with pytest.raises(ValidationError) as caught:
        TrainingConfig(**values)
    assert explain(caught.value) == [sentence]
