"""Equivalent trainings in other libraries: same layers, loss, optimizer, batches and epochs.

Peers get the data before the clock starts; the time of `train()` includes recording of loss and
scores and checkpoints. Nothing stops early. Regression targets are standardized for all.
"""

import importlib.util
import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import pytorch_lightning as pl
import threadpoolctl
import torch
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, r2_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from annlab import RunConfig, evaluate, load_dataset, train
from annlab.datasets import Split, load_run_dataset

Array = NDArray[Any]

_TORCH_ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU}


@dataclass(frozen=True)
class Result:
    """Seconds of a training, and its score (accuracy, R²) as a check for equivalence."""

    seconds: float
    score: float


Fit = Callable[[RunConfig], Result]


@dataclass(frozen=True)
class Peer:
    """Another library for training: required modules and number of threads."""

    fit: Fit
    modules: tuple[str, ...]
    threads: Callable[[], str]

    @property
    def installed(self) -> bool:
        """Whether all required modules are installed."""
        return not self.missing()

    def missing(self) -> list[str]:
        """Names of missing modules."""
        return [name for name in self.modules if importlib.util.find_spec(name) is None]


@dataclass(frozen=True)
class _Means:
    """Names of a task's loss and output in other libraries.

    Attributes
    ----------
    torch_loss : nn.Module
        Loss of logits or of values.
    torch_type : torch.dtype
        Type of the targets.
    keras_loss, keras_output : str
        Loss, and activation of the last layer.
    predict : callable
        Computes classes or values from the output before the last activation.
    """

    torch_loss: nn.Module
    torch_type: torch.dtype
    keras_loss: str
    keras_output: str
    predict: Callable[[Array], Array]


_MEANS = {
    "binary": _Means(
        nn.BCEWithLogitsLoss(),
        torch.float32,
        "binary_crossentropy",
        "sigmoid",
        lambda z: z[:, 0] > 0,
    ),
    "multiclass": _Means(
        nn.CrossEntropyLoss(),
        torch.int64,
        "sparse_categorical_crossentropy",
        "softmax",
        lambda z: z.argmax(1),
    ),
    "regression": _Means(nn.MSELoss(), torch.float32, "mse", "linear", lambda z: z[:, 0]),
}


def _points(config: RunConfig, part: Split | Literal["held out"] = "train") -> tuple[Array, Array]:
    """Scaled features and targets of a split."""
    points = load_dataset(config.dataset)
    X, y = points.split(points.scored_split if part == "held out" else part)
    if config.task.name == "regression":
        y = ((y - points.target_mean) / points.target_scale).astype(np.float32)
    return X, y


def _score(config: RunConfig, predict: Callable[[Array], Array]) -> float:
    X, y = _points(config, "held out")
    score = r2_score if config.task.name == "regression" else accuracy_score
    return float(score(y, predict(X)))


def fit_annlab(config: RunConfig) -> Result:
    start = time.perf_counter()
    run = train(config)
    seconds = time.perf_counter() - start
    found = evaluate(run, split=load_run_dataset(config).scored_split)
    score = found.r2 if config.task.kind == "values" else found.headline
    return Result(seconds, float(np.mean(score)))


def _fit_scikit_learn(config: RunConfig) -> Result:
    training, (X, y) = config.training, _points(config)
    kind = MLPRegressor if config.task.name == "regression" else MLPClassifier
    start = time.perf_counter()
    model = kind(
        hidden_layer_sizes=config.model.hidden_sizes,
        activation=config.model.activation,
        solver="adam",
        alpha=0.0,
        batch_size=training.batch_size,
        learning_rate_init=training.learning_rate,
        max_iter=training.max_epochs,
        # Disable the stop on a plateau.
        n_iter_no_change=training.max_epochs + 1,
        tol=0.0,
        shuffle=True,
        random_state=training.seed,
    )
    with warnings.catch_warnings():
        # Ignore the convergence warning, because the stop after max_iter is intended.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y)
    seconds = time.perf_counter() - start
    return Result(seconds, _score(config, model.predict))


def _fit_keras(config: RunConfig) -> Result:
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # silences messages about the CPU
    import keras

    training, (X, y) = config.training, _points(config)
    means = _MEANS[config.task.name]
    if means.torch_type == torch.float32:
        y = y.astype(np.float32)
    keras.utils.set_random_seed(training.seed)
    start = time.perf_counter()
    # Keras layers default to Glorot uniform weights and zero biases.
    layers = [keras.layers.Dense(n, config.model.activation) for n in config.model.hidden_sizes]
    last = keras.layers.Dense(config.architecture.n_outputs, means.keras_output)
    model = keras.Sequential([keras.Input((X.shape[1],)), *layers, last])
    model.compile(
        optimizer=keras.optimizers.Adam(training.learning_rate),
        loss=means.keras_loss,
        metrics=[] if config.task.name == "regression" else ["accuracy"],
    )
    model.fit(
        X,
        y,
        batch_size=training.batch_size,
        epochs=training.max_epochs,
        shuffle=True,
        verbose=0,
    )
    seconds = time.perf_counter() - start
    # sigmoid(z) > 0.5 if z > 0.
    middle = 0.5 if means.keras_output == "sigmoid" else 0.0
    score = _score(config, lambda X: means.predict(model.predict(X, verbose=0) - middle))
    keras.utils.clear_session()
    return Result(seconds, score)


def _network(config: RunConfig) -> nn.Sequential:
    torch.manual_seed(config.training.seed)
    layers: list[nn.Module] = []
    for n_in, n_out in config.architecture.layers:
        linear = nn.Linear(n_in, n_out)
        nn.init.xavier_uniform_(linear.weight)
        nn.init.zeros_(linear.bias)
        layers += [linear, _TORCH_ACTIVATIONS[config.model.activation]()]
    return nn.Sequential(*layers[:-1])  # logits


def _tensors(config: RunConfig) -> tuple[torch.Tensor, torch.Tensor]:
    X, y = _points(config)
    kind = _MEANS[config.task.name].torch_type
    target = torch.tensor(y, dtype=kind)
    return torch.tensor(X), target[:, None] if kind == torch.float32 else target


@torch.no_grad()
def _torch_score(network: nn.Module, config: RunConfig) -> float:
    predict = _MEANS[config.task.name].predict
    return _score(config, lambda X: predict(network(torch.tensor(X)).numpy()))


class _TutorialModule(pl.LightningModule):
    """Module in the style of Lightning's introduction."""

    def __init__(self, network: nn.Module, loss: nn.Module, learning_rate: float) -> None:
        super().__init__()
        self.network, self.loss, self.learning_rate = network, loss, learning_rate

    def training_step(self, batch: list[torch.Tensor], batch_index: int) -> torch.Tensor:
        x, y = batch
        loss = self.loss(self.network(x), y)
        self.log("train_loss", loss)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), lr=self.learning_rate)


def _fit_lightning(config: RunConfig, n_threads: int | None = None) -> Result:
    training, data = config.training, _tensors(config)
    with _torch_threads(n_threads), warnings.catch_warnings():
        # Ignore advice on DataLoader workers, which cost more than they save for data in memory.
        warnings.filterwarnings("ignore", module="pytorch_lightning")
        start = time.perf_counter()
        network = _network(config)
        loader = DataLoader(TensorDataset(*data), batch_size=training.batch_size, shuffle=True)
        trainer = pl.Trainer(
            max_epochs=training.max_epochs,
            accelerator="cpu",
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        loss = _MEANS[config.task.name].torch_loss
        trainer.fit(_TutorialModule(network, loss, training.learning_rate), loader)
        seconds = time.perf_counter() - start
    return Result(seconds, _torch_score(network, config))


def _fit_torch(config: RunConfig, n_threads: int | None = None) -> Result:
    training, (X, y) = config.training, _tensors(config)
    with _torch_threads(n_threads):
        start = time.perf_counter()
        network, loss_of = _network(config), _MEANS[config.task.name].torch_loss
        optimizer = torch.optim.Adam(network.parameters(), lr=training.learning_rate, fused=True)
        for _ in range(training.max_epochs):
            order = torch.randperm(len(X)).split(training.batch_size)
            for rows in order:
                optimizer.zero_grad()
                loss_of(network(X[rows]), y[rows]).backward()
                optimizer.step()
        seconds = time.perf_counter() - start
    return Result(seconds, _torch_score(network, config))


@contextmanager
def _torch_threads(n_threads: int | None) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(n_threads or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _torch_default() -> str:
    return f"threads: {torch.get_num_threads()} (default)"


def _keras_default() -> str:
    return "threads: default of TensorFlow"


def _blas_default() -> str:
    pools = [pool["num_threads"] for pool in threadpoolctl.threadpool_info()]
    return f"threads: up to {max(pools, default=1)} (default)"


# Each library with default threads, and with the fastest number of threads.
PEERS: dict[str, Peer] = {
    "scikit-learn": Peer(_fit_scikit_learn, ("sklearn",), _blas_default),
    "Keras, TensorFlow": Peer(_fit_keras, ("keras", "tensorflow"), _keras_default),
    "Lightning": Peer(_fit_lightning, ("pytorch_lightning",), _torch_default),
    "Lightning, 1 thread": Peer(
        partial(_fit_lightning, n_threads=1), ("pytorch_lightning",), lambda: "threads: 1"
    ),
    "PyTorch": Peer(_fit_torch, ("torch",), _torch_default),
    "PyTorch, 1 thread": Peer(partial(_fit_torch, n_threads=1), ("torch",), lambda: "threads: 1"),
}
