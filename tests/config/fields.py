"""Every field of a config, with data sets to which it applies, and another value."""

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.validation import Config, explain
from tests.own_data import ARRAYS

SECTIONS: dict[str, type[Config]] = {
    "dataset": DatasetConfig,
    "model": ModelConfig,
    "training": TrainingConfig,
}
FIELDS = [(section, field) for section, cls in SECTIONS.items() for field in cls.model_fields]

# Data sets to which a field applies, and a non-default value for every field.
BASE = {
    "dataset": {"name": "blobs"},
    "model": {"hidden_sizes": (3, 2)},
    "training": {},
}
OF_A_CURVE = {"function", "gap", "outliers", "target_scaling"}
OTHER = {
    ("dataset", "name"): "spirals",
    ("dataset", "own"): ARRAYS.own,
    ("dataset", "n_samples"): 500,
    ("dataset", "noise"): 0.1234567890123,
    ("dataset", "n_classes"): 3,
    ("dataset", "function"): "step",
    ("dataset", "rare_fraction"): 0.1,
    ("dataset", "gap"): 1.5,
    ("dataset", "outliers"): 0.1,
    ("dataset", "seed"): 1,
    ("dataset", "test_fraction"): 0.2,
    ("dataset", "validation_fraction"): 1 / 3,
    ("dataset", "split_seed"): 0,
    ("dataset", "resample"): "sample",
    ("dataset", "scaling"): "standard",
    ("dataset", "target_scaling"): "standard",
    ("model", "features"): ("x1_squared", "sin_x2"),
    ("model", "hidden_sizes"): (2, 3),
    ("model", "wide"): True,
    ("model", "activation"): "tanh",
    ("model", "output_activation"): "tanh",
    ("model", "init"): "he_normal",
    ("model", "init_scale"): 0.5,
    ("model", "initial_weights"): (0.5, -0.25) * 14 + (1.0,),
    ("model", "dropout"): 0.5,
    ("training", "optimizer"): "sgd",
    ("training", "learning_rate"): 1e-6,
    ("training", "momentum"): 0.0,
    ("training", "rho"): 0.9,
    ("training", "initial_accumulator"): 0.1,
    ("training", "weight_decay"): 0.01,
    ("training", "l1"): 0.02,
    ("training", "clip_norm"): 1.5,
    ("training", "schedule"): "cosine",
    ("training", "schedule_epochs"): 10,
    ("training", "schedule_factor"): 0.5,
    ("training", "loss"): "mse",
    ("training", "class_weights"): (1.0, 2.5, 0.5, 4.0),
    ("training", "batch_size"): 1,
    ("training", "max_epochs"): 7,
    ("training", "early_stopping_patience"): 3,
    ("training", "n_seeds"): 5,
    ("training", "seed"): 2**31 - 1,
    ("training", "record_gradients"): True,
    ("training", "accelerator"): "cpu",
}


def base(field):
    """Values of a run with a data set to which a field applies."""
    if field == "own":
        return {**BASE, "dataset": {}}
    if field == "rare_fraction":
        return {**BASE, "dataset": {"name": "moons"}}
    name = "function_1d" if field in (*OF_A_CURVE, "output_activation") else "blobs"
    return {**BASE, "dataset": {"name": name}}


def changed(section, field):
    values = base(field)
    values[section] = {**values[section], field: OTHER[section, field]}
    return RunConfig.model_validate(values)


def make(section, **fields):
    """One section of a run, with a data set to which its fields apply."""
    named = base(*fields)["dataset"] if section == "dataset" else {}
    return SECTIONS[section](**named, **fields)


def sentences(error):
    return "; ".join(explain(error.value))
