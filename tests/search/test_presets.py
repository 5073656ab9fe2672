"""Ready-made searches: their sizes, and what their texts say about the data."""

import re

import pytest

from annlab.runs.budget import check_budget
from annlab.search.presets import PRESETS, SearchPreset
from annlab.search.search_config import SearchConfig

ALL = pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)


@ALL
def test_a_preset_is_a_link_and_fits_a_host(preset: SearchPreset) -> None:
    assert SearchConfig.from_url(preset.config.to_url()) == preset.config
    assert preset.config.base.has_test
    for config in preset.config.configs():
        check_budget(config)


@ALL
def test_numbers_in_a_question_are_those_of_the_search(preset: SearchPreset) -> None:
    sizes = preset.config.base.sizes
    known = {sizes.train, sum(sizes), preset.config.n_planned * preset.config.n_seeds}
    known |= {searched.n_levels for searched in preset.config.space}
    found = re.findall(r"\d[\d,]*\d", preset.question + preset.label)
    assert {int(number.replace(",", "")) for number in found} <= known


def test_the_moons_are_a_table_of_24_by_24_by_5() -> None:
    config = PRESETS["moons"].config
    assert (config.n_planned, config.n_seeds, config.epochs) == (576, 5, (10, 30, 90))


def test_random_labels_are_searched_by_200_networks() -> None:
    config = PRESETS["random_labels"].config
    assert len(config.configs()) * config.n_seeds == 200
