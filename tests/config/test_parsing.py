"""Parsing of typed settings: text with one meaning is read, other text is quoted and refused."""

import math
from typing import Any

import numpy as np
import pytest

from annlab import RunConfig
from annlab.config.parsing import TypedError, as_typed, is_typed, read_typed
from annlab.config.settings import SETTINGS
from annlab.setting_type import Number, Sizes, TypedRecord

TYPED = [address for address, setting in SETTINGS.items() if is_typed(setting)]
NUMBERS = [address for address in TYPED if not isinstance(SETTINGS[address].kind, TypedRecord)]


@pytest.mark.parametrize(
    ("url", "typed", "value"),
    [
        ("lr", "0.05", 0.05),
        ("lr", "0,05", 0.05),
        ("lr", ",05", 0.05),
        ("lr", " .01 ", 0.01),
        ("lr", "1e-3", 0.001),
        ("lr", "1,5E-2", 0.015),
        ("lr", "10^-3", 0.001),
        ("lr", "10**-3", 0.001),
        ("lr", "5%", 0.05),
        ("lr", "50 %", 0.5),
        ("lr", "(0.1,)", 0.1),
        ("lr", "1.000", 1.0),
        ("lr", "０．０５", 0.05),
        ("lr", "٠٫٠٥", 0.05),
        ("lr", "0\u00a0", None),
        ("l2", "0", 0.0),
        ("l2", "-0.0", 0.0),
        ("l2", "1e-400", 0.0),
        ("epochs", "1,000", 1000),
        ("epochs", "1 000", 1000),
        ("epochs", "1\u202f000", 1000),
        ("epochs", "1_000", 1000),
        ("epochs", "1'000", 1000),
        ("epochs", "1e3", 1000),
        ("epochs", "100.0", 100),
        ("epochs", "２５０", 250),
        ("batch", "(32,)", 32),
        ("seed", "2,147,483,647", 2**31 - 1),
        ("seed", "2.147.483.647", 2**31 - 1),
        ("hidden", "", ()),
        ("hidden", "none", ()),
        ("hidden", "None", ()),
        ("hidden", "()", ()),
        ("hidden", "16", (16,)),
        ("hidden", "4-2", (4, 2)),
        ("hidden", "4,2", (4, 2)),
        ("hidden", "4, 2", (4, 2)),
        ("hidden", " 4 2 ", (4, 2)),
        ("hidden", "4;2", (4, 2)),
        ("hidden", "4 – 2", (4, 2)),
        ("hidden", "(50,)", (50,)),
        ("hidden", "[4, 2]", (4, 2)),
        ("hidden", "４，２", (4, 2)),
        ("hidden", "30x15", (30, 15)),
        ("hidden", "64×32×16", (64, 32, 16)),
        ("hidden", "2x2", (2, 2)),
        ("hidden", "1,000", (1000,)),
    ],
)
def test_text_with_one_meaning_is_parsed(url: str, typed: str, value: object) -> None:
    if value is None:
        with pytest.raises(TypedError, match="less than"):
            read_typed(SETTINGS[url], typed)
        return
    found = read_typed(SETTINGS[url], typed)
    assert found == value
    assert type(found) is type(value)
    if found == 0:
        assert math.copysign(1, found) == 1


@pytest.mark.parametrize(
    ("url", "typed", "sentence"),
    [
        ("lr", "0,05,1", "“0,05,1” is not a number. Write it like 0.05."),
        ("lr", "fast", "“fast” is not a number. Write it like 0.05."),
        ("lr", "nan", "“nan” is not a number. Write it like 0.05."),
        ("lr", "inf", "“inf” is not a number. Write it like 0.05."),
        ("lr", "10⁻³", "“10⁻³” is not a number. Write it like 0.05."),
        ("lr", "1,000", "“1,000” can mean 1 or 1000. Write one of these."),
        ("lr", "1e999", "“1e999” is more than 100. Write a number from 0.000001 to 100."),
        ("lr", "0", "“0” is less than 0.000001. Write a number from 0.000001 to 100."),
        ("lr", " ", "the field is empty. Write a number, such as 0.05."),
        ("l2", "−1", "“−1” is less than 0. Write a number from 0 to 10."),
        ("epochs", "1e9", "“1e9” is more than 10,000. Write a whole number from 1 to 10,000."),
        ("epochs", "1.000", "“1.000” can mean 1 or 1000. Write one of these."),
        ("epochs", "ten", "“ten” is not a whole number. Write it like 100."),
        ("epochs", "5%", "“5%” is not a whole number. Write it like 100."),
        ("epochs", "", "the field is empty. Write a whole number, such as 100."),
        ("batch", "1.5", "“1.5” is not a whole number. Write it like 32."),
        ("hidden", "4x2", "“4x2” can mean 4-2 or 2-2-2-2. Write one of these."),
        ("hidden", "4.2", "“4.2” is not a list of layer sizes. Write it like 4-2, or none"),
        ("hidden", "1.5", "“1.5” is not a list of layer sizes."),
        ("hidden", "4--2", "“4--2” is not a list of layer sizes."),
        ("hidden", "-3", "“-3” is not a list of layer sizes."),
        ("hidden", "(4,2", "“(4,2” is not a list of layer sizes."),
        ("hidden", "0,05", "“0,05” is not a list of layer sizes."),
        ("hidden", "4-5000", "“4-5000” has a layer of 5000 units. A layer has 1 to 1,024 units."),
        ("hidden", "4-0", "“4-0” has a layer of 0 units."),
        ("hidden", "-".join("2" * 14), "has 14 layers. Write at most 10."),
    ],
)
def test_other_text_is_quoted_with_a_valid_form(url: str, typed: str, sentence: str) -> None:
    with pytest.raises(TypedError) as error:
        read_typed(SETTINGS[url], typed)
    assert sentence in str(error.value)


@pytest.mark.parametrize("url", NUMBERS)
def test_limits_and_example_can_be_typed(url: str) -> None:
    setting = SETTINGS[url]
    assert isinstance(setting.kind, Number | Sizes)
    text = setting.kind.example
    assert as_typed(setting, read_typed(setting, text)) == text
    if isinstance(setting.kind, Sizes):
        return
    low, high = setting.kind.limits
    for limit in (low, high):
        for written in (as_typed(setting, limit), f"{limit:,}"):
            assert read_typed(setting, written) == limit
        beyond = limit + (1 if limit == high else -1)
        with pytest.raises(TypedError, match="than"):
            read_typed(setting, str(beyond))


def test_typed_text_round_trip() -> None:
    rng = np.random.default_rng(0)
    for value in (*10.0 ** rng.uniform(-6, 2, 200), 1 / 3, 0.0123456789, 1e-6, 100.0):
        assert read_typed(SETTINGS["lr"], as_typed(SETTINGS["lr"], float(value))) == value
    for value in rng.integers(0, 2**31, 200).tolist():
        assert read_typed(SETTINGS["seed"], as_typed(SETTINGS["seed"], value)) == value


HOSTILE = ["9" * 5000, "1e99999", "1e-99999", "\x00", "\ud800", "🦆", "(" * 5000, "1," * 5000]
HOSTILE += ["1-" * 5000, "None,", "__import__('os')", "-" * 5000, " " * 5000, "<b>1</b>", "()"]


@pytest.mark.parametrize(
    ("typed", "weights"),
    [("balanced", "balanced"), ("[1; 2.5]", (1.0, 2.5)), ("none", "none")],
)
def test_a_record_can_be_typed(typed: str, weights: object) -> None:
    setting = SETTINGS["class_weights"]
    assert read_typed(setting, typed) == weights
    assert read_typed(setting, as_typed(setting, weights)) == weights


@pytest.mark.parametrize("typed", ["heavy", "5", "0-1", "1-9999"])
def test_a_wrong_record_is_quoted(typed: str) -> None:
    with pytest.raises(TypedError, match=f"“{typed}” cannot be used. "):
        read_typed(SETTINGS["class_weights"], typed)


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda typed: ascii(typed[:9]))
@pytest.mark.parametrize("url", TYPED)
def test_hostile_text_gives_a_value_or_a_short_message(url: str, typed: str) -> None:
    setting = SETTINGS[url]
    error = None
    try:
        value = read_typed(setting, typed)
    except TypedError as caught:
        error = caught
    if error:
        assert len(str(error)) < 250
        return
    values: dict[str, Any] = {"model": {}, "training": {}, "dataset": {}}
    values[setting.section][setting.name] = value
    assert setting.get(RunConfig.model_validate(values)) == value
