"""annlab's own experiments about decisions: probabilities that come true, and rare classes."""

from typing import Any

from annlab.lessons.experiment import Claim, Experiment, bench_runs

LARGE: dict[str, Any] = {"hidden_sizes": (64, 64)}

DECISIONS = (
    Experiment(
        page="logistic_vs_mlp",
        name="too_sure",
        title="It grows too sure",
        question="Both models are the same network on 300 overlapping samples; B has L2. Does A "
        "lose more in accuracy or in honesty? Compare how sure each is with how often it is right "
        "(Decisions, at the bottom), and move to earlier epochs.",
        runs=bench_runs(
            {
                "name": "moons",
                "noise": 0.4,
                "test_fraction": 0.5,
                "validation_fraction": 0.4,
            },
            {"max_epochs": 300, "n_seeds": 10, "learning_rate": 0.01},
            LARGE,
            {**LARGE, "weight_decay": 0.01},
        ),
        claims=(
            Claim(1, 0, "excess", "test", by=0.04, in_networks=9),
            Claim(1, 0, "log_loss", "test", by=0.15, in_networks=9),
            Claim(0, 1, "accuracy", "test", by=0.1, in_networks=9, level=True),
        ),
    ),
    Experiment(
        page="logistic_vs_mlp",
        name="rare_class",
        title="One in twenty",
        question="One sample in twenty is rare. Both models are the same, but in B both classes "
        "count the same in the loss. Which has the better accuracy, and which would you rather "
        "have if the rare class must not be missed (Report, Decisions)? What does the most common "
        "class alone score?",
        runs=bench_runs(
            {"name": "rare", "test_fraction": 0.4, "validation_fraction": 0.2},
            {"max_epochs": 60, "n_seeds": 10, "learning_rate": 0.01},
            {"hidden_sizes": ()},
            {"hidden_sizes": (), "class_weights": "balanced"},
        ),
        claims=(
            Claim(1, 0, "rare_recall", "test", by=0.3, in_networks=9),
            Claim(0, 1, "accuracy", "test", by=0.05, in_networks=9),
        ),
    ),
)
