"""Fields of a search: what is understood, and the sentence about what is not."""

from typing import Any

import pytest

from annlab.search.presets import PRESETS
from annlab.search.search_config import SearchConfig
from annlab.search.space import SearchedSetting
from annlab.ui.search.typed import Typed, problem_sentences, read_search, split_sizes
from tests.search.tables import L2, MOONS, RATE

OWN: dict[str, Any] = {"strategy": "grid", "n_seeds": 2}
RATES = Typed("lr", "1e-3", "1", 4)


def _typed(searched: SearchedSetting) -> Typed:
    if not searched.is_number:
        return Typed(searched.address, choices=searched.choices)
    low, high = f"{searched.low:g}", f"{searched.high:g}"
    return Typed(searched.address, low, high, searched.n_levels)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_survives_its_fields(name: str) -> None:
    config = PRESETS[name].config
    own = {
        field: getattr(config, field)
        for field in ("strategy", "n_configs", "n_seeds", "budget", "seed")
    }
    assert read_search(config.base, [_typed(s) for s in config.space], own) == (config, [])


def test_numbers_are_read_as_on_the_benches() -> None:
    rates = Typed("lr", "0,001", "10^0", 4)
    config, problems = read_search(MOONS, [rates, Typed("l2", "1e-4", " 0.1 ", 3)], OWN)
    assert problems == []
    assert config == SearchConfig(base=MOONS, space=(RATE, L2), **OWN)
    dropout = Typed("dropout", "0", "0,5", 3)
    base = MOONS.model_copy(update={"model": MOONS.model.model_copy(update={"hidden_sizes": (4,)})})
    config, _ = read_search(base, [dropout], OWN)
    assert config is not None
    assert config.space[0].levels == (0.0, 0.25, 0.5)


@pytest.mark.parametrize(
    ("typed", "own", "sentence"),
    [
        ([RATES._replace(low="0")], {}, "**Learning rate:** “0” is less than 0.000001"),
        ([RATES._replace(low="2")], {}, "**Learning rate:** the lowest value must be below"),
        ([RATES._replace(low="abc")], {}, "**Learning rate:** “abc” is not a number"),
        ([RATES._replace(high="")], {}, "**Learning rate:** the field is empty"),
        ([Typed("l2", "0", "0.1")], {}, "**L2:** a range on a log scale starts above 0"),
        ([Typed("dropout", "x", "0.1")], {}, "**Dropout:** “x” is not a number"),
        ([Typed("hidden", choices=("4",))], {}, "**Hidden layers:** list 2 to 50 choices"),
        ([Typed("hidden", choices=("4", "a"))], {}, "**Hidden layers:** “a” is not a list"),
        ([Typed("activation", choices=("relu", "tanh"))], {}, "**Activation:** has no effect"),
        ([], {}, "**Searched settings:** a search varies 1 to 4 settings, got 0"),
        ([RATES], {"n_seeds": 101}, "**Seeds:** must be between 1 and 100"),
        ([RATES], {"budget": 5}, "**Budget:** this search needs 72 network-epochs"),
        ([RATES._replace(n_levels=50), Typed("l2", "1e-4", "1", 50)], {}, "**Configs:** 2,500"),
    ],
)
def test_what_is_wrong_is_said_with_the_label(
    typed: list[Typed], own: dict[str, Any], sentence: str
) -> None:
    config, problems = read_search(MOONS, typed, {**OWN, **own})
    assert config is None
    (problem,) = problems
    assert problem.replace("\\", "").startswith(sentence)


def test_every_wrong_field_is_named() -> None:
    _, problems = read_search(MOONS, [RATES._replace(low="a"), Typed("l2", "b", "c")], OWN)
    assert [problem.split(":")[0] for problem in problems] == ["**Learning rate", "**L2"]


def test_a_base_without_validation_is_told_in_words() -> None:
    dataset = MOONS.dataset.model_copy(update={"validation_fraction": 0.0})
    _, (problem,) = read_search(MOONS.model_copy(update={"dataset": dataset}), [RATES], OWN)
    assert problem.startswith("**Validation")
    assert "chooses by the validation split" in problem


def test_sizes_are_split() -> None:
    assert split_sizes(" 4, 8;4-4  16 ") == ("4", "8", "4-4", "16")
    assert split_sizes("") == ()


def test_a_foreign_name_in_a_link_is_told() -> None:
    with pytest.raises(ValueError, match="unknown settings") as error:
        SearchConfig.from_url("nonsense=1")
    assert problem_sentences(error.value) == ["Unknown settings\\: nonsense"]
