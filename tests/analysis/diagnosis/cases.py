"""Runs with and without the problem of each rule, and what a diagnosis finds in a run."""

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.analysis.diagnosis import diagnose


def config(data, model=None, **training):
    return RunConfig(
        dataset=DatasetConfig(**data),
        model=ModelConfig(**(model or {})),
        training=TrainingConfig(**training),
    )


MOONS = {"name": "moons", "n_samples": 200}


CIRCLES = {"name": "circles", "n_samples": 200}


NOISE = {"name": "random_labels", "n_samples": 200}


# A parabola, which a line fits no better than the mean does.
PARABOLA = {"name": "function_1d", "function": "abs", "noise": 0.05, "n_samples": 200}


DIABETES = {"name": "diabetes", "scaling": "standard", "target_scaling": "standard"}


WIDE = {"hidden_sizes": (64, 64)}


GOOD = config(
    {**MOONS, "test_fraction": 0.2, "validation_fraction": 0.2},
    {"hidden_sizes": (8, 8), "activation": "tanh"},
    learning_rate=0.01,
    max_epochs=150,
    n_seeds=3,
)


GOOD_CURVE = config(
    {**PARABOLA, "test_fraction": 0.2},
    {"hidden_sizes": (16, 16), "activation": "tanh"},
    learning_rate=0.01,
    max_epochs=150,
    n_seeds=3,
)


GOOD_WINE = config(
    {"name": "wine", "scaling": "standard", "test_fraction": 0.3},
    {"hidden_sizes": (8,), "activation": "tanh"},
    learning_rate=0.02,
    max_epochs=80,
    n_seeds=3,
)


# A learning rate at which only some networks diverge.
SOME_DIVERGE = config(
    DIABETES, {"hidden_sizes": (8,)}, optimizer="sgd", learning_rate=0.3, max_epochs=60, n_seeds=10
)


SHOWN = {
    "diverged": [
        config({"name": "diabetes"}, optimizer="sgd", learning_rate=100, max_epochs=30),
        config(DIABETES, {"hidden_sizes": (8,)}, optimizer="sgd", learning_rate=50, n_seeds=3),
        SOME_DIVERGE,
    ],
    "nothing learned": [
        config(MOONS, optimizer="sgd", learning_rate=1e-4, max_epochs=10, n_seeds=3),
        config(CIRCLES, learning_rate=0.05, max_epochs=20, n_seeds=3),
        config(MOONS, {"hidden_sizes": (8,) * 10, "activation": "sigmoid"}, max_epochs=10),
        config(PARABOLA, learning_rate=0.05, max_epochs=30, n_seeds=3),
        config(PARABOLA, loss="mae", learning_rate=0.05, max_epochs=60),
        config({"name": "wine"}, {"init": "zeros", **WIDE}, max_epochs=5),
        # A target of mean 152 and standard deviation 77.
        config({"name": "diabetes", "scaling": "standard"}, {"hidden_sizes": (8,)}, max_epochs=20),
    ],
    "loss rose": [
        config(MOONS, optimizer="sgd", learning_rate=100, max_epochs=30, n_seeds=5),
        config({"name": "spirals"}, optimizer="sgd", learning_rate=100, max_epochs=10),
    ],
    "equal units": [
        config(MOONS, {"init": "zeros", **WIDE}, max_epochs=5),
        config({"name": "wine"}, {"init": "zeros", "activation": "sigmoid", **WIDE}, max_epochs=9),
        config(PARABOLA, {"init": "zeros", "activation": "tanh", **WIDE}, max_epochs=5, n_seeds=2),
    ],
    "memorized": [
        config({**NOISE, "test_fraction": 0.5}, WIDE, learning_rate=0.01, max_epochs=150)
    ],
    "overfitting": [
        config({**NOISE, "validation_fraction": 0.5}, WIDE, learning_rate=0.01, max_epochs=60),
        config(
            {**DIABETES, "test_fraction": 0.2, "validation_fraction": 0.5},
            WIDE,
            learning_rate=0.01,
            max_epochs=60,
            n_seeds=2,
        ),
    ],
    "too few samples": [
        config(
            {"name": "spirals", "n_samples": 120, "noise": 0.3, "test_fraction": 0.5},
            WIDE,
            learning_rate=0.01,
            max_epochs=150,
        ),
        config({**DIABETES, "test_fraction": 0.8}, WIDE, learning_rate=0.01, max_epochs=60),
        config({**DIABETES, "validation_fraction": 0.8}, WIDE, learning_rate=0.01, max_epochs=60),
    ],
    "inactive units": [
        # Steps that are too large, recorded and not; features that are not scaled.
        config(CIRCLES, WIDE, learning_rate=0.5, max_epochs=30, n_seeds=2),
        config(CIRCLES, WIDE, learning_rate=0.5, max_epochs=30, n_seeds=2, record_gradients=True),
        config({"name": "breast_cancer"}, {**WIDE, "activation": "sigmoid"}, max_epochs=3),
        config(MOONS, {**WIDE, "activation": "step"}, max_epochs=3),
    ],
    "networks disagree": [
        config(
            {"name": "xor", "n_samples": 200},
            {"hidden_sizes": (2,), "activation": "tanh"},
            learning_rate=0.1,
            max_epochs=40,
            n_seeds=10,
        ),
        config(
            {**PARABOLA, "validation_fraction": 0.2},
            {"hidden_sizes": (1,)},
            learning_rate=0.02,
            max_epochs=60,
            n_seeds=10,
        ),
    ],
    "still improving": [
        config(MOONS, optimizer="sgd", learning_rate=0.01, max_epochs=10, n_seeds=3),
        config({**DIABETES, "validation_fraction": 0.2}, optimizer="sgd", max_epochs=60),
        config({"name": "wine", "scaling": "standard"}, learning_rate=0.1, max_epochs=2),
    ],
}


def rules_of(run, **more):
    return [finding.rule for finding in diagnose(run, **more)]


DATA = [
    MOONS,
    {**MOONS, "validation_fraction": 0.3},
    {"name": "wine", "test_fraction": 0.3},
    {"name": "diabetes", "test_fraction": 0.2, "validation_fraction": 0.2},
    {**PARABOLA, "target_scaling": "standard", "test_fraction": 0.5},
]


def finding_of(run, rule):
    return {finding.rule: finding for finding in diagnose(run)}[rule]
