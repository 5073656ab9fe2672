"""The same training by others: same layers, loss, Adam, learning rate, batches and epochs.

Each peer is given the points before its clock starts, while `train()` makes its own, records
the loss and accuracy of every epoch and keeps checkpoints within its time. None stops early.
"""

import importlib.util
import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import pytorch_lightning as pl
import threadpoolctl
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from annlab import RunConfig, evaluate, load_dataset, train

_TORCH_ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU}


@dataclass(frozen=True)
class Result:
    """Seconds of a training, and the accuracy that shows that the same was learned."""

    seconds: float
    accuracy: float


Fit = Callable[[RunConfig], Result]


@dataclass(frozen=True)
class Peer:
    """Another way to train: the module it needs, and on how many threads it computes."""

    fit: Fit
    module: str
    threads: Callable[[], str]

    @property
    def installed(self) -> bool:
        """Whether it can be measured here."""
        return importlib.util.find_spec(self.module) is not None


def fit_annlab(config: RunConfig) -> Result:
    start = time.perf_counter()
    run = train(config)
    seconds = time.perf_counter() - start
    part = "test" if config.dataset.test_fraction else "train"
    return Result(seconds, float(np.mean(evaluate(run, split=part).accuracy)))


def _fit_scikit_learn(config: RunConfig) -> Result:
    training, points = config.training, load_dataset(config.dataset)
    start = time.perf_counter()
    model = MLPClassifier(
        config.model.hidden_sizes,
        activation=config.model.activation,
        solver="adam",
        alpha=0.0,
        batch_size=training.batch_size,
        learning_rate_init=training.learning_rate,
        max_iter=training.max_epochs,
        # Otherwise it stops once its loss no longer falls.
        n_iter_no_change=training.max_epochs + 1,
        tol=0.0,
        shuffle=True,
        random_state=training.seed,
    )
    with warnings.catch_warnings():
        # It holds that it has not converged; to stop after max_iter is what is wanted.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(points.X_train, points.y_train)
    seconds = time.perf_counter() - start
    return Result(seconds, float(model.score(*points.part(points.held_out))))


def _fit_keras(config: RunConfig) -> Result:
    # Keras asks for TensorFlow unless told otherwise; whoever has only torch means that.
    if importlib.util.find_spec("tensorflow") is None:
        os.environ.setdefault("KERAS_BACKEND", "torch")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # or it talks about the processor
    import keras

    training, points = config.training, load_dataset(config.dataset)
    keras.utils.set_random_seed(training.seed)
    start = time.perf_counter()
    # Glorot-uniform weights and zero biases are the default of its layers.
    layers = [keras.layers.Dense(n, config.model.activation) for n in config.model.hidden_sizes]
    model = keras.Sequential(
        [
            keras.Input((points.X_train.shape[1],)),
            *layers,
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(training.learning_rate),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(
        points.X_train,
        points.y_train.astype(np.float32),
        batch_size=training.batch_size,
        epochs=training.max_epochs,
        shuffle=True,
        verbose=0,
    )
    seconds = time.perf_counter() - start
    X, y = points.part(points.held_out)
    predicted = model.predict(X, verbose=0)[:, 0] > 0.5
    keras.utils.clear_session()
    return Result(seconds, float(np.mean(predicted == y)))


def _network(config: RunConfig) -> nn.Sequential:
    torch.manual_seed(config.training.seed)
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(config.layer_sizes):
        linear = nn.Linear(n_in, n_out)
        nn.init.xavier_uniform_(linear.weight)
        nn.init.zeros_(linear.bias)
        layers += [linear, _TORCH_ACTIVATIONS[config.model.activation]()]
    return nn.Sequential(*layers[:-1])  # logits


def _tensors(config: RunConfig, part: str) -> tuple[torch.Tensor, torch.Tensor]:
    X, y = load_dataset(config.dataset).part(part)
    return torch.tensor(X), torch.tensor(y, dtype=torch.float32)[:, None]


@torch.no_grad()
def _accuracy(network: nn.Module, config: RunConfig) -> float:
    X, y = _tensors(config, "test" if config.dataset.test_fraction else "train")
    return float(((network(X) > 0) == (y > 0.5)).float().mean())


class _TutorialModule(pl.LightningModule):
    """As Lightning's own introduction writes it."""

    def __init__(self, network: nn.Module, learning_rate: float) -> None:
        super().__init__()
        self.network, self.learning_rate = network, learning_rate

    def training_step(self, batch: list[torch.Tensor], batch_index: int) -> torch.Tensor:
        x, y = batch
        loss = nn.functional.binary_cross_entropy_with_logits(self.network(x), y)
        self.log("train_loss", loss)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), lr=self.learning_rate)


def _fit_lightning(config: RunConfig, n_threads: int | None = None) -> Result:
    training, data = config.training, _tensors(config, "train")
    with _torch_threads(n_threads), warnings.catch_warnings():
        # About DataLoader workers: for points in memory they cost more than they bring.
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
        trainer.fit(_TutorialModule(network, training.learning_rate), loader)
        seconds = time.perf_counter() - start
    return Result(seconds, _accuracy(network, config))


def _fit_torch(config: RunConfig, n_threads: int | None = None) -> Result:
    training, (X, y) = config.training, _tensors(config, "train")
    with _torch_threads(n_threads):
        start = time.perf_counter()
        network = _network(config)
        loss_of = nn.BCEWithLogitsLoss()
        optimizer = torch.optim.Adam(network.parameters(), lr=training.learning_rate, fused=True)
        for _ in range(training.max_epochs):
            order = torch.randperm(len(X)).split(training.batch_size)
            for rows in order:
                optimizer.zero_grad()
                loss_of(network(X[rows]), y[rows]).backward()
                optimizer.step()
        seconds = time.perf_counter() - start
    return Result(seconds, _accuracy(network, config))


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
    import keras

    return f"threads: default of {keras.backend.backend()}"


def _blas_default() -> str:
    pools = [pool["num_threads"] for pool in threadpoolctl.threadpool_info()]
    return f"threads: up to {max(pools, default=1)} (default)"


# Each library as it comes, and once more with the number of threads that suits it here.
PEERS: dict[str, Peer] = {
    "scikit-learn": Peer(_fit_scikit_learn, "sklearn", _blas_default),
    "Keras": Peer(_fit_keras, "keras", _keras_default),
    "Lightning": Peer(_fit_lightning, "pytorch_lightning", _torch_default),
    "Lightning, 1 thread": Peer(
        partial(_fit_lightning, n_threads=1), "pytorch_lightning", lambda: "threads: 1"
    ),
    "PyTorch": Peer(_fit_torch, "torch", _torch_default),
    "PyTorch, 1 thread": Peer(partial(_fit_torch, n_threads=1), "torch", lambda: "threads: 1"),
}
