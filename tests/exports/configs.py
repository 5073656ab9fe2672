"""Configs whose exported scripts are run: without chance, from files, and by chance."""

from itertools import cycle
from typing import Any

import numpy as np

from annlab import RunConfig
from annlab.lessons.experiments import EXPERIMENTS
from annlab.nn.derived_features import features_of
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.tasks import TASKS


def config_of(data: dict[str, Any], model: dict[str, Any], training: dict[str, Any]) -> RunConfig:
    return RunConfig.model_validate({"dataset": data, "model": model, "training": training})


# Deterministic: weights start at zero and every step uses all samples, so script and annlab must
# print the same score. One config per optimizer, with alternating losses and scalings (far from
# the target, "mae" and "huber" have the gradient mean(x), which standard scaling reduces to
# rounding errors that some optimizers amplify).
EXACT = {
    f"{optimizer}, {loss}": config_of(
        {
            "name": "diabetes",
            "test_fraction": 0.25,
            "validation_fraction": 0.1,
            "split_seed": 3,
            "scaling": "standard" if loss == "mse" else "minmax",
        },
        {"init": "zeros"},
        {
            "optimizer": optimizer,
            "loss": loss,
            "learning_rate": 0.05,
            "momentum": 0.8,
            "weight_decay": weight_decay,
            "batch_size": 1000,
            "max_epochs": 12,
        },
    )
    for optimizer, loss, weight_decay in zip(
        OPTIMIZERS, cycle(TASKS["regression"].losses), cycle((0.0, 0.3, 0.3, 0.0)), strict=False
    )
}
# Not with Adam, because the first gradient of the bias consists of rounding errors.
EXACT["a scaled target"] = config_of(
    {
        "name": "diabetes",
        "test_fraction": 0.25,
        "split_seed": 3,
        "scaling": "minmax",
        "target_scaling": "standard",
    },
    {"init": "zeros"},
    {"optimizer": "momentum", "learning_rate": 0.05, "batch_size": 1000, "max_epochs": 12},
)
# With the defaults of Keras.
for optimizer, own in (("rmsprop", {"rho": 0.9}), ("adagrad", {"initial_accumulator": 0.1})):
    EXACT[f"{optimizer} as in Keras"] = config_of(
        {"name": "diabetes", "test_fraction": 0.25, "split_seed": 3, "scaling": "minmax"},
        {"init": "zeros"},
        {
            "optimizer": optimizer,
            "learning_rate": 0.05,
            "batch_size": 1000,
            "max_epochs": 12,
            **own,
        },
    )
# First of several networks with separate data.
EXACT["folds"] = config_of(
    {
        "name": "diabetes",
        "resample": "folds",
        "split_seed": 3,
        "scaling": "minmax",
        "target_scaling": "standard",
    },
    {"init": "zeros"},
    {
        "optimizer": "momentum",
        "learning_rate": 0.05,
        "batch_size": 1000,
        "max_epochs": 12,
        "n_seeds": 5,
    },
)
EXACT["balanced class weights"] = config_of(
    {"name": "breast_cancer", "test_fraction": 0.25, "scaling": "standard"},
    {"init": "zeros"},
    {
        "optimizer": "sgd",
        "learning_rate": 0.02,
        "batch_size": 1000,
        "max_epochs": 5,
        "class_weights": "balanced",
    },
)
for loss in TASKS["multiclass"].losses:
    EXACT[f"class weights, {loss}"] = config_of(
        {"name": "wine", "test_fraction": 0.3, "validation_fraction": 0.3, "scaling": "minmax"},
        {"init": "zeros"},
        {
            "optimizer": "sgd",
            "learning_rate": 2.0 if loss == "mse" else 0.5,
            "batch_size": 1000,
            "max_epochs": 40,
            "early_stopping_patience": 3,
            "class_weights": (3.0, 1.0, 0.5),
            "loss": loss,
        },
    )
# float32 targets lose the noise, so their standard deviation is 0. The other split has both
# values.
EXACT["a constant target"] = config_of(
    {
        "name": "function_1d",
        "function": "step",
        "n_samples": 20,
        "noise": 1e-9,
        "seed": 1,
        "test_fraction": 0.75,
        "target_scaling": "standard",
    },
    {"init": "zeros", "output_activation": "softplus"},
    {"optimizer": "sgd", "learning_rate": 0.05, "batch_size": 1000, "max_epochs": 12},
)
VALIDATED_DIABETES = {
    "name": "diabetes",
    "test_fraction": 0.25,
    "validation_fraction": 0.1,
    "split_seed": 3,
    "scaling": "minmax",
    "target_scaling": "standard",
}
# Stops after 19 of 60 epochs, with and without the penalty on the weights.
EXACT["early stopping with weight decay"] = config_of(
    VALIDATED_DIABETES,
    {"init": "zeros"},
    {
        "optimizer": "momentum",
        "learning_rate": 0.1,
        "weight_decay": 0.3,
        "batch_size": 1000,
        "max_epochs": 60,
        "early_stopping_patience": 2,
    },
)
# Hidden layers do not learn from zeros, so that only a start of its own has no chance in it.
EXACT["a start of its own"] = config_of(
    {"name": "diabetes", "test_fraction": 0.25, "split_seed": 3, "scaling": "standard"},
    {
        "hidden_sizes": (3, 2),
        "activation": "tanh",
        "initial_weights": np.random.default_rng(0).normal(0, 0.5, 44).tolist(),
    },
    {"optimizer": "momentum", "learning_rate": 1e-4, "batch_size": 1000, "max_epochs": 12},
)
for name, n_weights in (("diabetes", 54), ("wine", 93)):
    EXACT[f"wide and deep, {name}"] = config_of(
        {"name": name, "test_fraction": 0.25, "split_seed": 3, "scaling": "standard"},
        {
            "hidden_sizes": (3, 2) if name == "diabetes" else (3,),
            "wide": True,
            "activation": "tanh",
            "initial_weights": np.random.default_rng(0).normal(0, 0.5, n_weights).tolist(),
        },
        {
            "optimizer": "momentum",
            "learning_rate": 1e-4 if name == "diabetes" else 0.1,
            "batch_size": 1000,
            "max_epochs": 12,
        },
    )
# Linear models, so that all weights start at zero.
EXACT["all features of a plane"] = config_of(
    {"name": "xor", "test_fraction": 0.25, "split_seed": 3, "scaling": "standard"},
    {"features": features_of(2), "init": "zeros"},
    {"optimizer": "momentum", "learning_rate": 0.1, "batch_size": 1000, "max_epochs": 12},
)
EXACT["powers of one input"] = config_of(
    {
        "name": "function_1d",
        "test_fraction": 0.25,
        "split_seed": 3,
        "scaling": "minmax",
        "target_scaling": "standard",
    },
    {"features": ("x_squared", "x_to_5"), "init": "zeros"},
    {"optimizer": "momentum", "learning_rate": 0.1, "batch_size": 1000, "max_epochs": 12},
)
# Several numbers, or several labels, with a scale and an error of each.
EXACT["several numbers, scaled"] = config_of(
    {
        "name": "linnerud",
        "test_fraction": 0.25,
        "split_seed": 3,
        "scaling": "standard",
        "target_scaling": "standard",
        "resample": "split",
    },
    {"init": "zeros"},
    {
        "optimizer": "momentum",
        "learning_rate": 0.05,
        "batch_size": 1000,
        "max_epochs": 12,
        "n_seeds": 2,
    },
)
for loss in TASKS["multioutput_regression"].losses:
    EXACT[f"several numbers, folds, {loss}"] = config_of(
        {
            "name": "plane_curve",
            "resample": "folds",
            "split_seed": 3,
            "scaling": "minmax",
            "target_scaling": "none" if loss == "mse" else "standard",
        },
        {"features": ("x_cubed", "x_to_5"), "init": "zeros"},
        {
            "optimizer": "momentum",
            "learning_rate": 0.1,
            "loss": loss,
            "batch_size": 1000,
            "max_epochs": 12,
            "n_seeds": 4,
        },
    )
EXACT["several numbers, wide and deep"] = config_of(
    {"name": "linnerud", "scaling": "standard", "target_scaling": "standard"},
    {
        "hidden_sizes": (3, 2),
        "wide": True,
        "activation": "tanh",
        "initial_weights": np.random.default_rng(0).normal(0, 0.5, 38).tolist(),
    },
    {"optimizer": "momentum", "learning_rate": 0.05, "batch_size": 1000, "max_epochs": 12},
)
for loss in TASKS["multilabel"].losses:
    EXACT[f"several labels, {loss}"] = config_of(
        {
            "name": "labels",
            "test_fraction": 0.25,
            "validation_fraction": 0.2,
            "split_seed": 3,
            "scaling": "standard",
            "resample": "split",
        },
        {"features": features_of(2), "init": "zeros"},
        {
            "optimizer": "momentum",
            "learning_rate": 0.5,
            "loss": loss,
            "batch_size": 1000,
            "max_epochs": 60,
            "early_stopping_patience": 3,
            "n_seeds": 2,
        },
    )
EXACT["several labels, wide and deep"] = config_of(
    {"name": "labels", "test_fraction": 0.25, "split_seed": 3, "scaling": "standard"},
    {
        "hidden_sizes": (3, 2),
        "wide": True,
        "activation": "tanh",
        "initial_weights": np.random.default_rng(0).normal(0, 0.5, 32).tolist(),
    },
    {"optimizer": "momentum", "learning_rate": 0.5, "batch_size": 1000, "max_epochs": 20},
)
# What changes the gradient before a step, or the rate from epoch to epoch.
OF_STEPS: dict[str, dict[str, Any]] = {
    "L1 and clipping": {"l1": 0.05, "clip_norm": 0.3},
    # Stops after 40 of 60 epochs.
    "steps of the rate, L1, L2 and early stopping": {
        "optimizer": "sgd",
        "learning_rate": 0.3,
        "l1": 0.05,
        "weight_decay": 0.1,
        "schedule": "step",
        "schedule_epochs": 20,
        "schedule_factor": 0.5,
        "max_epochs": 60,
        "early_stopping_patience": 2,
    },
    "a cosine": {"optimizer": "sgd", "schedule": "cosine"},
    "warm restarts and clipping": {
        "optimizer": "adagrad",
        "initial_accumulator": 0.1,
        "schedule": "restarts",
        "schedule_epochs": 5,
        "clip_norm": 0.2,
    },
}
for name, own in OF_STEPS.items():
    EXACT[name] = config_of(
        VALIDATED_DIABETES,
        {"init": "zeros"},
        {
            "optimizer": "momentum",
            "learning_rate": 0.1,
            "batch_size": 1000,
            "max_epochs": 12,
            **own,
        },
    )
# Data sets read from files, which the scripts read like annlab.
FROM_FILES = {
    "california_housing": config_of(
        {
            "name": "california_housing",
            "test_fraction": 0.2,
            "scaling": "minmax",
            "target_scaling": "standard",
        },
        {"init": "zeros"},
        {
            "optimizer": "momentum",
            "learning_rate": 0.05,
            "batch_size": 100_000,
            "max_epochs": 12,
        },
    ),
    "fashion_mnist": config_of(
        {"name": "fashion_mnist", "validation_fraction": 0.1},
        {"init": "zeros"},
        {"learning_rate": 0.01, "batch_size": 100_000, "max_epochs": 12},
    ),
}

# Random: each config takes a different path through the script generator.
BY_CHANCE = {
    "logistic regression": config_of(
        {"name": "moons", "n_samples": 300}, {}, {"learning_rate": 0.03, "max_epochs": 10}
    ),
    "a split and scaling": config_of(
        {"name": "breast_cancer", "test_fraction": 0.3, "scaling": "minmax"},
        {"hidden_sizes": (8,)},
        {"optimizer": "momentum", "learning_rate": 0.05, "max_epochs": 8},
    ),
    "early stopping": config_of(
        {"name": "wine", "test_fraction": 0.2, "validation_fraction": 0.25, "scaling": "standard"},
        {"hidden_sizes": (8,)},
        {"learning_rate": 0.03, "max_epochs": 60, "early_stopping_patience": 2},
    ),
    "a validation split only": config_of(
        {"name": "moons", "n_samples": 300, "validation_fraction": 0.3},
        {"hidden_sizes": (6,)},
        {"learning_rate": 0.03, "max_epochs": 10},
    ),
    "early stopping with dropout and without a validation split": config_of(
        {"name": "moons", "n_samples": 200, "noise": 0.3},
        {"hidden_sizes": (16,), "dropout": 0.4},
        {"learning_rate": 0.03, "max_epochs": 120, "early_stopping_patience": 5},
    ),
    "dropout and weight decay": config_of(
        {"name": "spirals", "n_samples": 600, "noise": 0.2},
        {"hidden_sizes": (32,), "dropout": 0.4, "init": "he_normal"},
        {"learning_rate": 0.03, "weight_decay": 0.001, "batch_size": 64, "max_epochs": 30},
    ),
    "wide and deep with dropout": config_of(
        {"name": "diabetes", "test_fraction": 0.2, "scaling": "standard"},
        {"hidden_sizes": (16, 8), "wide": True, "dropout": 0.2, "init": "pytorch"},
        {"learning_rate": 0.03, "max_epochs": 10},
    ),
    "the step function": config_of(
        {"name": "circles", "n_samples": 300},
        {"hidden_sizes": (8,), "activation": "step", "init": "pytorch"},
        {"learning_rate": 0.03, "max_epochs": 10},
    ),
    "the squared error of several classes": config_of(
        {"name": "iris", "test_fraction": 0.3, "scaling": "minmax"},
        {"hidden_sizes": (8,)},
        {"loss": "mse", "learning_rate": 0.02, "max_epochs": 10},
    ),
    "the squared error of two classes": config_of(
        {"name": "xor", "n_samples": 300},
        {"hidden_sizes": (4,), "activation": "tanh"},
        {"loss": "mse", "learning_rate": 0.03, "max_epochs": 12},
    ),
    "regression": config_of(
        {"name": "diabetes", "test_fraction": 0.2, "scaling": "standard"},
        {"hidden_sizes": (8,), "output_activation": None},
        {"learning_rate": 0.05, "max_epochs": 8},
    ),
    "a curve with outliers": config_of(
        {
            "name": "function_1d",
            "function": "abs",
            "gap": 1.0,
            "outliers": 0.1,
            "test_fraction": 0.3,
            "target_scaling": "standard",
        },
        {"hidden_sizes": (8,)},
        {"loss": "huber", "learning_rate": 0.02, "max_epochs": 20},
    ),
    "a curve in the plane": config_of(
        {
            "name": "plane_curve",
            "test_fraction": 0.3,
            "target_scaling": "standard",
            "resample": "sample",
        },
        {"hidden_sizes": (16,), "activation": "tanh"},
        {"learning_rate": 0.05, "max_epochs": 20},
    ),
    "several labels with dropout": config_of(
        {"name": "labels", "test_fraction": 0.3, "scaling": "standard"},
        {"hidden_sizes": (16,), "dropout": 0.2},
        {"learning_rate": 0.03, "max_epochs": 10},
    ),
}
DEFAULT = EXPERIMENTS["E4"].runs[1]
