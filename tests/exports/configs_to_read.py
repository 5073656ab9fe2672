"""Configs whose exported scripts are read: also those that no test runs."""

from annlab.datasets import DATASETS, FUNCTIONS
from annlab.lessons.experiments import EXPERIMENTS
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.initializers import INITIALIZERS
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.schedules import SCHEDULES
from annlab.nn.tasks import TASKS
from tests.exports.configs import BY_CHANCE, EXACT, FROM_FILES, config_of

LONG = 0.12345678901234567
READ = {
    **{
        f"{name} {letter}": run
        for name, entry in EXPERIMENTS.items()
        for letter, run in zip("ABCDEF", entry.runs, strict=False)
    },
    **EXACT,
    **BY_CHANCE,
    **{
        f"activation {name}": config_of({}, {"hidden_sizes": (3,), "activation": name}, {})
        for name, entry in ACTIVATIONS.items()
        if entry.elementwise
    },
    **{
        f"early stopping, {optimizer}, {weight_decay}, {validation_fraction}": config_of(
            {"name": "diabetes", "validation_fraction": validation_fraction},
            {},
            {
                "optimizer": optimizer,
                "weight_decay": weight_decay,
                "early_stopping_patience": 10_000,
            },
        )
        for optimizer in ("adam", "adamw")
        for weight_decay in (0.0, 0.1)
        for validation_fraction in (0.0, 0.2)
    },
    **{
        f"schedule {name}, {optimizer}": config_of(
            {"name": "diabetes", "validation_fraction": 0.2},
            {"init_scale": 0.00123456789},
            {
                "optimizer": optimizer,
                "learning_rate": 0.000123456789,
                "momentum": 0.987654321,
                "schedule": name,
                "schedule_epochs": 1234,
                "schedule_factor": 0.0123456789,
                "max_epochs": 5678,
                "l1": 0.0000123456789,
                "weight_decay": weight_decay,
                "clip_norm": 0.123456789,
                "early_stopping_patience": 7,
            },
        )
        for name in SCHEDULES
        for optimizer, weight_decay in (("nesterov", 0.000123456789), ("adamw", 0.0))
    },
    **{f"initializer {name}": config_of({}, {"init": name}, {}) for name in INITIALIZERS},
    **{
        f"wide and deep, {init}": config_of(
            {"name": "wine"}, {"hidden_sizes": (1000, 9), "wide": True, "init": init}, {}
        )
        for init in ("glorot_uniform", "pytorch")
    },
    **{f"data {name}": config_of({"name": name}, {}, {}) for name in DATASETS},
    **{f"from files, {name}": config for name, config in FROM_FILES.items()},
    **{
        f"function {name}": config_of(
            {"name": "function_1d", "function": name, "target_scaling": "standard"}, {}, {}
        )
        for name in FUNCTIONS
    },
    **{
        f"output {name}": config_of({"name": "diabetes"}, {"output_activation": name}, {})
        for name in TASKS["regression"].output_activations
    },
    **{
        f"long numbers, {optimizer}": config_of(
            {
                "name": "spirals",
                "n_samples": 19_999,
                "noise": LONG,
                "n_classes": 7,
                "seed": 2**31 - 1,
                "test_fraction": LONG,
                "validation_fraction": LONG,
                "split_seed": 2**31 - 1,
                "scaling": "minmax",
            },
            {"hidden_sizes": (100,) * 10, "activation": "leaky_relu", "dropout": LONG},
            {
                "optimizer": optimizer,
                "learning_rate": LONG / 10_000,
                "momentum": LONG,
                "weight_decay": weight_decay,
                "max_epochs": 1,
                "n_seeds": 10,
                "batch_size": 1000,
                "seed": 2**31 - 1,
            },
        )
        for optimizer in OPTIMIZERS
        for weight_decay in (0.0, LONG)
    },
}
