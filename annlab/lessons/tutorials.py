"""The tutorials' experiments, as published; tests check the scores that the tutorials report."""

from typing import Any

from annlab.config import RunConfig
from annlab.lessons.experiment import Experiment, bench_runs

LINEAR: dict[str, Any] = {"hidden_sizes": ()}
MLP_4_2: dict[str, Any] = {"hidden_sizes": (4, 2), "activation": "tanh"}


def _published(
    page: str, name: str, title: str, question: str, runs: tuple[RunConfig, ...]
) -> Experiment:
    return Experiment(page, name, f"{name} · {title}", question, runs, group="As in the tutorial")


PUBLISHED = (
    _published(
        "logistic_vs_mlp",
        "E1",
        "Two clouds",
        "One straight line separates all samples but one. Which model gets there within 50 epochs, "
        "and what do ten times as many epochs do for the other?",
        bench_runs({"name": "linear"}, {"max_epochs": 50, "n_seeds": 10}, LINEAR, MLP_4_2),
    ),
    _published(
        "logistic_vs_mlp",
        "E2",
        "A line on the moons",
        "Would a higher learning rate help the line? Would more epochs do the same?",
        bench_runs({"name": "moons"}, {"n_seeds": 10}, LINEAR, {**LINEAR, "learning_rate": 0.01}),
    ),
    _published(
        "logistic_vs_mlp",
        "E3",
        "A line through two rings",
        "A ring inside a ring. Of all straight lines, the best gets 69 % of the samples right. "
        "Does logistic regression find it at either learning rate?",
        bench_runs({"name": "circles"}, {"n_seeds": 10}, LINEAR, {**LINEAR, "learning_rate": 0.01}),
    ),
    _published(
        "logistic_vs_mlp",
        "E4",
        "Six units for the moons",
        "What can 4 + 2 hidden units do that a line cannot? Two settings differ: which of them "
        "makes the difference?",
        bench_runs({"name": "moons"}, {"n_seeds": 20}, LINEAR, {**MLP_4_2, "learning_rate": 0.01}),
    ),
    _published(
        "logistic_vs_mlp",
        "E5",
        "Six units for two rings",
        "How do 4 + 2 hidden units close a boundary around the inner ring?",
        bench_runs(
            {"name": "circles"},
            {"max_epochs": 50, "n_seeds": 20},
            LINEAR,
            {**MLP_4_2, "learning_rate": 0.01},
        ),
    ),
    _published(
        "logistic_vs_mlp",
        "E6",
        "A deep network on a sine wave",
        "Twelve quarter waves of alternating class. What does a line make of them, and how far do "
        "three layers of 64 units get in 50 epochs?",
        bench_runs(
            {"name": "sine"},
            {"max_epochs": 50, "n_seeds": 10},
            LINEAR,
            {"hidden_sizes": (64, 64, 64), "activation": "tanh"},
        ),
    ),
    _published(
        "logistic_vs_mlp",
        "E9",
        "Breast cancer",
        "Thirty measurements of cell nuclei. Does the MLP beat logistic regression on samples "
        "that neither has seen? Then give model A a learning rate of 0.03, and compare again.",
        bench_runs(
            {"name": "breast_cancer", "test_fraction": 0.2, "scaling": "minmax"},
            {"batch_size": 64, "n_seeds": 10},
            LINEAR,
            {"hidden_sizes": (30, 15)},
        ),
    ),
    _published(
        "logistic_vs_mlp",
        "E12",
        "Nothing to learn",
        "The labels are coin flips. What becomes of the training score, and what of the test "
        "score, if you train ten times as long?",
        bench_runs(
            {"name": "random_labels", "test_fraction": 0.2},
            {"max_epochs": 10, "n_seeds": 10},
            LINEAR,
            {"hidden_sizes": (32, 32)},
        ),
    ),
    _published(
        "multiclass",
        "E7",
        "Straight cuts through spirals",
        "Does a higher learning rate make up for the straight lines of softmax regression? Does "
        "training longer?",
        bench_runs(
            {"name": "spirals"},
            {"max_epochs": 20, "n_seeds": 10},
            LINEAR,
            {**LINEAR, "learning_rate": 0.01},
        ),
    ),
    _published(
        "multiclass",
        "E8",
        "An MLP on spirals",
        "Three arms wound around each other: what do three hidden layers make of them?",
        bench_runs(
            {"name": "spirals"},
            {"max_epochs": 50, "n_seeds": 10},
            LINEAR,
            {"hidden_sizes": (64, 32, 16), "activation": "tanh"},
        ),
    ),
    _published(
        "multiclass",
        "E10",
        "Fashion-MNIST",
        "Ten kinds of clothes: which ones get confused, and does the MLP confuse the same ones "
        "as softmax regression?",
        bench_runs(
            {"name": "fashion_mnist"}, {"max_epochs": 10}, LINEAR, {"hidden_sizes": (64, 32)}
        ),
    ),
    _published(
        "regression",
        "E11",
        "California Housing",
        "Eight numbers about a district: how much of the house value does a plane explain, and "
        "how much an MLP?",
        bench_runs(
            {"name": "california_housing", "test_fraction": 0.2, "scaling": "minmax"},
            {"max_epochs": 200, "n_seeds": 3},
            LINEAR,
            {"hidden_sizes": (32, 32)},
        ),
    ),
)
