"""Reasons against pairing runs."""

from annlab import DatasetConfig, RunConfig
from annlab.analysis.pairing import same_samples
from tests.own_data import ARRAYS


def _run(title: str, **data: object) -> RunConfig:
    own = ARRAYS.own.model_copy(update={"title": title})
    return RunConfig.model_validate({"dataset": DatasetConfig(own=own, **data)})


def test_one_file_under_two_names_has_the_same_samples() -> None:
    one, other = _run("leaves.csv"), _run("plants.csv")
    assert one != other
    assert same_samples(one, other)
    assert same_samples(one, _run("plants.csv", scaling="standard"))
    assert not same_samples(one, _run("leaves.csv", split_seed=1, test_fraction=0.2))
