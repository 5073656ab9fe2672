"""Searches that a page offers ready-made."""

from dataclasses import dataclass

from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.search.search_config import SearchConfig
from annlab.search.space import SearchedSetting


@dataclass(frozen=True)
class SearchPreset:
    """A ready-made search.

    Attributes
    ----------
    name, label : str
        Name in links, and display name.
    question : str
        What the search answers, in one line.
    config : SearchConfig
    """

    name: str
    label: str
    question: str
    config: SearchConfig


def _rate_and_l2(n_levels: int, l2: tuple[float, float]) -> tuple[SearchedSetting, ...]:
    return (
        SearchedSetting(address="lr", low=1e-4, high=1.0, n_levels=n_levels),
        SearchedSetting(address="l2", low=l2[0], high=l2[1], n_levels=n_levels),
    )


_DEPTHS, _WIDTHS = (1, 2, 3, 4), (2, 4, 8, 16, 32)

_NOISY_MOONS = RunConfig(
    dataset=DatasetConfig(name="moons", noise=0.3, test_fraction=0.2, validation_fraction=0.25),
    model=ModelConfig(hidden_sizes=(4, 2), activation="tanh"),
    training=TrainingConfig(max_epochs=90),
)

_ENTRIES = (
    SearchPreset(
        "first",
        "Moons: 8 × 8 grid",
        "Which learning rate and L2 suit noisy moons, and how much of it is luck?",
        SearchConfig(base=_NOISY_MOONS, space=_rate_and_l2(8, (1e-5, 0.1)), n_seeds=5),
    ),
    SearchPreset(
        "moons",
        "Moons: 24 × 24 grid",
        "The same moons on a finer grid: does the best region stay where it was?",
        SearchConfig(base=_NOISY_MOONS, space=_rate_and_l2(24, (1e-5, 0.1)), n_seeds=5),
    ),
    SearchPreset(
        "spirals",
        "Spirals: depth and width",
        "Does a deeper network beat a wider one on the spirals?",
        SearchConfig(
            base=RunConfig(
                dataset=DatasetConfig(name="spirals", test_fraction=0.2, validation_fraction=0.25),
                model=ModelConfig(activation="tanh"),
                training=TrainingConfig(learning_rate=0.01, max_epochs=45),
            ),
            space=(
                SearchedSetting(
                    address="hidden",
                    choices=tuple(
                        "-".join([str(width)] * depth) for depth in _DEPTHS for width in _WIDTHS
                    ),
                ),
            ),
            n_seeds=5,
        ),
    ),
    SearchPreset(
        "breast_cancer",
        "Breast Cancer: rate and L2",
        "On 341 training samples, do settings matter more than the seed?",
        SearchConfig(
            base=RunConfig(
                dataset=DatasetConfig(
                    name="breast_cancer",
                    test_fraction=0.2,
                    validation_fraction=0.25,
                    scaling="minmax",
                ),
                model=ModelConfig(hidden_sizes=(30, 15)),
                training=TrainingConfig(batch_size=64, max_epochs=90),
            ),
            space=_rate_and_l2(8, (1e-5, 0.1)),
            n_seeds=5,
        ),
    ),
    SearchPreset(
        "california_housing",
        "California Housing, small sample",
        "Which settings predict house values best? Trains on 1,444 of 20,640 districts for speed.",
        SearchConfig(
            base=RunConfig(
                dataset=DatasetConfig(
                    name="california_housing",
                    test_fraction=0.9,
                    validation_fraction=0.3,
                    scaling="minmax",
                ),
                model=ModelConfig(hidden_sizes=(32, 32)),
                training=TrainingConfig(max_epochs=90),
            ),
            space=(
                SearchedSetting(address="lr", low=1e-4, high=0.1),
                SearchedSetting(address="batch", low=16, high=256),
            ),
            strategy="halving",
            n_configs=27,
            n_seeds=3,
        ),
    ),
    SearchPreset(
        "random_labels",
        "200 networks on random labels",
        "There is nothing to learn here. How good is the best of 200 networks?",
        SearchConfig(
            base=RunConfig(
                # A small validation split, so that there is luck to find.
                dataset=DatasetConfig(
                    name="random_labels",
                    n_samples=300,
                    test_fraction=0.5,
                    validation_fraction=0.4,
                ),
                training=TrainingConfig(max_epochs=27),
            ),
            space=(
                SearchedSetting(address="lr", low=1e-3, high=0.3),
                SearchedSetting(address="batch", low=4, high=64),
                SearchedSetting(
                    address="hidden",
                    choices=("4", "8", "16", "32", "4-4", "8-8", "16-16", "32-32"),
                ),
            ),
            strategy="random",
            n_configs=200,
        ),
    ),
)

PRESETS: dict[str, SearchPreset] = {entry.name: entry for entry in _ENTRIES}
