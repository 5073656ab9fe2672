"""Sentences about scores of several targets."""

from dataclasses import replace

import pytest

from annlab.datasets.registry import DATASETS
from annlab.nn.tasks import LABEL_ACCURACY, MEAN_SQUARED_ERROR, SUBSET_ACCURACY
from annlab.ui.text.targets_text import may_mix_units, what_is_averaged


@pytest.mark.parametrize(
    ("names", "may_mix"),
    [
        (("u", "v"), False),
        (("width (cm)", "height (cm)"), False),
        (("width (cm)", "weight (g)"), True),
        (("width (cm)", "number of leaves"), True),
        (("f(x) of a", "g(x) of a"), False),  # no parentheses at the end
        (("score (home)", "score (away)"), True),  # no units, which only a person can tell
    ],
)
def test_units_are_guessed_from_the_names_of_targets(names: tuple[str, ...], may_mix: bool) -> None:
    spec = replace(DATASETS["plane_curve"], target_names=names)
    assert may_mix_units(MEAN_SQUARED_ERROR, spec) is may_mix
    said = what_is_averaged(MEAN_SQUARED_ERROR, spec)
    assert ("perhaps in different units" in said) is may_mix
    assert said.startswith("Mean over 2 targets")


def test_shares_have_no_units() -> None:
    spec = replace(DATASETS["labels"], target_names=("red (r)", "green (g)", "plain"))
    assert not may_mix_units(LABEL_ACCURACY, spec)
    said = what_is_averaged(LABEL_ACCURACY, spec)
    assert said == "Each sample counts with the share of its 3 labels that are correct"
    assert not what_is_averaged(SUBSET_ACCURACY, spec)  # all labels count at once


def test_one_target_needs_no_words() -> None:
    for name in ("diabetes", "moons"):
        assert not what_is_averaged(MEAN_SQUARED_ERROR, DATASETS[name])
