"""TrainingConfig: optimizer, loss, epochs, seeds and accelerator."""

from collections.abc import Callable
from typing import Annotated, Literal

from annlab.nn.class_weights import (
    NONE,
    ClassWeights,
    check_class_weights,
    read_class_weights,
    write_class_weights,
)
from annlab.nn.losses import LOSSES
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.schedules import SCHEDULES
from annlab.nn.tasks import TASKS
from annlab.setting_type import SEEDS, Choice, Flag, Number, Setting, TypedRecord, Values
from annlab.validation import Config, Range

Accelerator = Literal["auto", "cpu", "gpu"]
ACCELERATORS = {"auto": "Automatic", "cpu": "CPU", "gpu": "GPU"}


def _of_optimizer(name: str) -> Callable[[Values], bool]:
    """Whether the optimizer has a setting, by its name in a TrainingConfig."""
    return lambda values: name in OPTIMIZERS[values["optimizer"]].settings


def _of_schedule(name: str) -> Callable[[Values], bool]:
    """Whether the schedule has a setting, by its name in a TrainingConfig."""
    return lambda values: name in SCHEDULES[values["schedule"]].settings


class TrainingConfig(Config):
    """Optimizer, loss, epochs, seeds and accelerator of a run.

    Attributes
    ----------
    optimizer, learning_rate, momentum
        Only the optimizers "momentum" and "nesterov" use `momentum`.
    rho : float
        "rmsprop" only: decay of the running mean of squared gradients. The default of PyTorch is
        0.99, that of Keras 0.9.
    initial_accumulator : float
        "adagrad" only: initial sum of squared gradients. The default of PyTorch is 0, that of
        Keras 0.1.
    weight_decay : float
        L2 on the weights (not on the biases): adds ``weight_decay * w`` to the gradient;
        decoupled from it for "adamw".
    l1 : float
        L1 on the weights (not on the biases): adds ``l1 * sign(w)`` to the gradient, before it is
        clipped and before L2.
    clip_norm : float
        Largest norm of a network's gradient over all its weights and biases; a longer one is
        shortened to it. 0 leaves gradients as they are.
    schedule : str
        A name in `annlab.nn.schedules.SCHEDULES`: how the learning rate changes per epoch.
    schedule_epochs, schedule_factor
        "step" multiplies the rate by the factor each time so many epochs are over; "restarts"
        starts anew each time.
    loss : str or None
        None stands for the task's default.
    class_weights : "none", "balanced" or tuple of float
        Factor of the loss of each class's samples, in the order of the classes. "balanced": all
        classes count the same, as in scikit-learn. The recorded loss has the weights too, on every
        split; the log loss of an evaluation has not.
    batch_size, max_epochs
        Samples per step, and passes over the training split.
    early_stopping_patience : int
        A network stops after this many epochs without a lower loss (validation loss if there is
        a validation split) and keeps its best weights; 0 disables early stopping. The first
        epoch counts as the first best.
    n_seeds, seed : int
        Number of networks, and seed of the first; network k has ``seed + k``. With `resample`
        "folds", `n_seeds` is also the number of folds.
    record_gradients : bool
        Whether the history also records the gradient norm of each layer's weights and the share
        of inactive units in each hidden layer.
    accelerator : {"auto", "cpu", "gpu"}
        Device that trains the networks.
    """

    optimizer: Annotated[
        str,
        Setting("optimizer", "Optimizer", Choice(OPTIMIZERS), scope="model", advanced=True),
    ] = "adam"
    learning_rate: Annotated[
        float,
        Setting(
            "lr",
            "Learning rate",
            Number(Range(1e-6, 100.0), example="0.05", log=True),
            "Step size of the optimizer, usually 0.0001 to 0.1.",
            scope="model",
            per_network=True,
        ),
    ] = 0.001
    momentum: Annotated[
        float,
        Setting(
            "momentum",
            "Momentum",
            Number(Range(0.0, 0.999), example="0.9"),
            "Share of the last step that is added to the next one, usually 0.9.",
            scope="model",
            per_network=True,
            advanced=True,
            applies=_of_optimizer("momentum"),
        ),
    ] = 0.9
    rho: Annotated[
        float,
        Setting(
            "rho",
            "Smoothing (rho)",
            Number(Range(0.0, 0.9999), example="0.99"),
            "How much of the mean squared gradient each step keeps: PyTorch 0.99, Keras 0.9.",
            scope="model",
            advanced=True,
            applies=_of_optimizer("rho"),
        ),
    ] = 0.99
    initial_accumulator: Annotated[
        float,
        Setting(
            "accumulator",
            "Initial accumulator",
            Number(Range(0.0, 10.0), example="0.1"),
            "Sum of squared gradients at the start; a larger one shortens the first steps: "
            "PyTorch 0, Keras 0.1.",
            scope="model",
            advanced=True,
            applies=_of_optimizer("initial_accumulator"),
        ),
    ] = 0.0
    weight_decay: Annotated[
        float,
        Setting(
            "l2",
            "L2",
            Number(Range(0.0, 10.0), example="0.001", log=True),
            "Strength of the pull of all weights toward 0, usually 0 to 0.1. Biases are left "
            "alone.",
            scope="model",
            per_network=True,
            advanced=True,
        ),
    ] = 0.0
    l1: Annotated[
        float,
        Setting(
            "l1",
            "L1",
            Number(Range(0.0, 10.0), example="0.0001", log=True),
            "Strength of a pull of the same size on every weight, which brings some to 0, usually "
            "0 to 0.01. Biases are left alone.",
            scope="model",
            per_network=True,
            advanced=True,
            is_later=True,
        ),
    ] = 0.0
    clip_norm: Annotated[
        float,
        Setting(
            "clip",
            "Clip gradients at",
            Number(Range(0.0, 1000.0), example="1"),
            "A network's gradient that is longer than this is shortened to it (0 = never).",
            scope="model",
            per_network=True,
            advanced=True,
            is_later=True,
        ),
    ] = 0.0
    schedule: Annotated[
        str,
        Setting(
            "schedule",
            "Learning-rate schedule",
            Choice(SCHEDULES),
            "Steps multiply the rate by a factor now and then; a cosine lets it fall toward 0; "
            "warm restarts let it do so again and again.",
            scope="model",
            advanced=True,
            is_later=True,
        ),
    ] = "constant"
    schedule_epochs: Annotated[
        int,
        Setting(
            "period",
            "Epochs of a period",
            Number(Range(1, 10_000), example="30"),
            "After so many epochs the rate falls by a step, or starts anew.",
            scope="model",
            advanced=True,
            applies=_of_schedule("schedule_epochs"),
            is_later=True,
        ),
    ] = 30
    schedule_factor: Annotated[
        float,
        Setting(
            "fall",
            "Factor of a step",
            Number(Range(0.001, 1.0), example="0.1"),
            "Each step multiplies the learning rate by this.",
            scope="model",
            advanced=True,
            applies=_of_schedule("schedule_factor"),
            is_later=True,
        ),
    ] = 0.1
    loss: Annotated[
        str | None,
        Setting(
            "loss",
            "Loss",
            Choice(
                LOSSES,
                offered=lambda values: TASKS[values["task"]].losses,
                can_be_left_open=True,
            ),
            scope="model",
            advanced=True,
        ),
    ] = None
    class_weights: Annotated[
        ClassWeights,
        Setting(
            "class_weights",
            "Class weights",
            TypedRecord(
                write_class_weights, read_class_weights, write_class_weights, check_class_weights
            ),
            "How much a sample of each class counts in the loss: none, balanced (all classes count "
            "the same), or a number for each class, such as 1-19.",
            scope="model",
            advanced=True,
            applies=lambda values: TASKS[values["task"]].kind == "class",
            is_later=True,
        ),
    ] = NONE
    max_epochs: Annotated[
        int,
        Setting(
            "epochs",
            "Epochs",
            Number(Range(1, 10_000), example="100"),
            "Passes over the training split.",
        ),
    ] = 100
    n_seeds: Annotated[
        int,
        Setting(
            "seeds",
            "Networks",
            Number(Range(1, 1000), example="10"),
            "Networks to train, each with its own initial weights and batch order. More networks "
            "make the interval narrower. Decide on a number first, then train.",
        ),
    ] = 1
    batch_size: Annotated[
        int,
        Setting(
            "batch",
            "Batch size",
            Number(Range(1, 100_000), example="32", log=True),
            "Samples per step. Smaller batches make more and noisier steps.",
        ),
    ] = 32
    seed: Annotated[
        int,
        Setting(
            "seed",
            "Seed",
            Number(SEEDS, example="0"),
            "Seed of the first network; the others use the next numbers.",
            advanced=True,
        ),
    ] = 0
    early_stopping_patience: Annotated[
        int,
        Setting(
            "patience",
            "Early-stopping patience",
            Number(Range(0, 10_000), example="20"),
            "Stop a network after this many epochs without improvement (0 = never).",
            advanced=True,
        ),
    ] = 0
    record_gradients: Annotated[
        bool,
        Setting(
            "gradients",
            "Record gradients",
            Flag(),
            "Record the size of the gradient in each layer.",
            advanced=True,
        ),
    ] = False
    accelerator: Annotated[
        Accelerator,
        Setting(
            "accelerator",
            "Accelerator",
            Choice(ACCELERATORS),
            "Devices available on the training machine.",
            advanced=True,
        ),
    ] = "auto"
