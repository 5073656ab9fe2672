"""LightningModule of a stack of networks; a training step is an epoch or a slice of one."""

import warnings
from functools import cached_property
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from annlab.config import RunConfig
from annlab.datasets import TrainingData
from annlab.nn.class_weights import weighted, weights_of_classes
from annlab.nn.derived_features import network_inputs
from annlab.nn.losses import LOSSES
from annlab.runs.history import CLIPPED, GRADIENT_SAMPLES, history_columns
from annlab.training.epoch_slices import EpochSlices
from annlab.training.fused_step import Step
from annlab.training.kernels import FAST_TORCH
from annlab.training.measured_split import MeasuredSplit, in_pieces
from annlab.training.networks import Networks
from annlab.training.stack import Stack, generators
from annlab.training.update import SeparateUpdate, Update

# The filter is for the whole process, because `catch_warnings` is not thread-safe and a worker
# has two threads.
warnings.filterwarnings("ignore", "The given NumPy array is not writable")

# Above this number of features, each sample is contiguous in memory.
WIDE = 16


def _tensor_over(array: NDArray[Any]) -> Tensor:
    """Tensor that shares an array's memory (read-only), because images are large."""
    return torch.from_numpy(array)


def _by_network(samples: Tensor, n_seeds: int) -> Tensor:
    """Reshape the samples of all networks, (n, n_all), to (n_seeds, n, n_samples)."""
    return samples.unflatten(1, (n_seeds, -1)).transpose(0, 1)


def _select(samples: Tensor, rows: Tensor) -> Tensor:
    """Select rows (n_seeds, batch) of samples (n, n_samples): (n_seeds, n, batch)."""
    # `index_select` is several times faster than indexing.
    return samples.index_select(1, rows.flatten()).unflatten(1, rows.shape).transpose(0, 1)


class StackModule(pl.LightningModule):
    """Lightning module that trains a stack of networks.

    The data are buffers on the device of the weights, so an epoch transfers nothing.

    Parameters
    ----------
    config : RunConfig
        Settings that all networks share; its `n_seeds` is the number of networks.
    data : TrainingData
        Samples of the run.
    networks : Networks, optional
        Settings of each network; those of `config` by default.
    """

    X_train: Tensor
    target_train: Tensor
    factor: Tensor | None
    shift: Tensor | None
    target_unit: Tensor | None
    class_weights: Tensor | None

    def __init__(
        self, config: RunConfig, data: TrainingData, networks: Networks | None = None
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.config = config
        training = config.training
        self.networks = networks or Networks.of([config])
        self.stack = Stack(
            config.architecture,
            training.n_seeds,
            config.model.activation,
            config.output_activation,
            config.loss,
        )
        seeds, factors = self.networks.seeds, self.networks.values["init_scale"]
        self.stack.initialize(
            config.model.init, seeds, None if (factors == 1).all() else factors.tolist()
        )
        if config.model.initial_weights is not None:
            self.stack.start_from(config.model.initial_weights)
        self._orders = generators(seeds, "order")
        self._dropouts = generators(seeds, "dropout")
        self._keep = 1 - self.networks.values["dropout"]
        n_outputs = config.architecture.n_outputs
        # Samples of networks with their own data are concatenated.
        self._per_network = data.per_network
        self._n_train = data.n_samples["train"]
        self._splits = tuple(data.X)
        scales = data.preprocessing
        # Reading whole samples is cheaper with many features, and single features with few.
        self._wide = config.architecture.n_inputs > WIDE or data.factor is not None
        for split, X in data.X.items():
            inputs = network_inputs(X, config.model.features)
            # (n_inputs, n_samples of all)
            samples = _tensor_over(inputs).reshape(-1, inputs.shape[-1]).T
            if not self._wide:
                samples = samples.contiguous()
            self.register_buffer(f"X_{split}", samples)
            y = data.y[split]
            if config.task.scales_target:
                mean, scale = scales.target_mean, scales.target_scale
                y = (y - mean[:, None]) / scale[:, None]
            y = y.reshape(-1, y.shape[-1])  # (n_samples of all, n_targets)
            # Samples are the last axis here too, (n_outputs, n_samples), so that operations on
            # each sample are vectorized over samples.
            target = torch.tensor(config.task.encode(y, n_outputs)).T.contiguous()
            self.register_buffer(f"target_{split}", target)
        for name in ("factor", "shift"):
            array = getattr(data, name)
            self.register_buffer(name, None if array is None else torch.tensor(array)[:, None])
        self._scores = tuple(score.of_output for score in config.task.scores)
        # Scale from standardized targets to the target's own unit, for the scores.
        unit = None
        if (scales.target_scale != 1).any():
            unit = torch.tensor(scales.target_scale, dtype=torch.float32)[:, None]
        self.register_buffer("target_unit", unit)
        # One row if the networks share their samples, and with them the balanced weights.
        rows = data.y["train"] if self._per_network else data.y["train"][None]
        n_classes = len(config.dataset.class_names)
        every = [weights_of_classes(training.class_weights, y, n_classes) for y in rows]
        weights = None
        if every[0] is not None:
            weights = torch.tensor(np.array(every), dtype=torch.float32)[:, None]
        self.register_buffer("class_weights", weights)
        self.order = torch.empty(0)
        self.masks: list[Tensor] = []
        self._mask_scale: float | Tensor = 1.0
        self._step: Step = lambda: None

    def train_dataloader(self) -> EpochSlices:
        """Return the slices of an epoch."""
        training = self.config.training
        work = 6.0 * training.batch_size * self.config.n_parameters * training.n_seeds
        return EpochSlices(self._n_train, training.batch_size, work)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Build the optimizer of the flat vector, which is on its device by now."""
        self.stack.bind()
        if self.class_weights is not None:
            self.stack.loss = weighted(self.stack.loss, self.class_weights)
        made = Update if self.networks.share_their_step else SeparateUpdate
        self.update = made(self.stack, self.config.training, self.networks)
        return self.update.optimizer

    def on_train_start(self) -> None:
        """Bind the update to the parameters and gradients."""
        self._step = self.update.start()
        shared = self.networks.common("dropout")
        scale = torch.tensor(1 / self._keep, dtype=torch.float32, device=self.device)
        self._mask_scale = scale[:, None, None] if shared is None else 1 / (1 - shared)

    def on_train_epoch_start(self) -> None:
        """Set the learning rate, shuffle each network's rows and draw its dropout masks."""
        self.update.start_epoch(self.current_epoch)
        n = self._n_train
        orders = [torch.randperm(n, generator=generator) for generator in self._orders]
        order = torch.stack(orders)
        if self._per_network:
            order += n * torch.arange(len(orders))[:, None]
        self.order = order.to(self.device)  # (n_seeds, n_samples)
        if (self._keep < 1).any():
            self.masks = []  # frees the masks of the epoch before
            for size in self.config.model.hidden_sizes:
                mask = torch.empty(len(orders), size, n, dtype=torch.bool)
                for k, generator in enumerate(self._dropouts):
                    drawn = torch.empty(size, n)
                    mask[k] = drawn.bernoulli_(float(self._keep[k]), generator=generator)
                self.masks.append(mask.to(self.device))  # (n_seeds, n_units, n_samples)

    # Inference mode saves a tenth of a step, and PyTorch differentiates nothing here. The optimizer
    # creates its state in this mode, so only code in this mode can write to the state.
    @torch.inference_mode()
    def training_step(self, batch: tuple[int, int], batch_index: int) -> None:
        """Train on the batches of one slice of the epoch."""
        first, end = batch
        rows = self.order[:, first:end]
        size = self.config.training.batch_size
        xs = self._gather_inputs(rows).split(size, dim=2)  # each (n_seeds, n_inputs, batch)
        targets = _select(self.target_train, rows).split(size, dim=2)
        scale = self._mask_scale
        masks = [mask[..., first:end].split(size, dim=2) for mask in self.masks]
        backward, step = self.stack.backward, self._step
        for i, (x, target) in enumerate(zip(xs, targets, strict=True)):
            backward(x, target, [mask[i] * scale for mask in masks])
            step()

    def _gather_inputs(self, rows: Tensor) -> Tensor:
        """Gather the inputs of rows (n_seeds, n), as (n_seeds, n_inputs, n)."""
        if not self._wide:
            return _select(self.X_train, rows)
        samples = self.X_train.T.index_select(0, rows.flatten()).T
        return self._as_numbers(samples).unflatten(1, rows.shape).transpose(0, 1)

    def _as_numbers(self, samples: Tensor) -> Tensor:
        """Convert samples (n_inputs, n) of pixel bytes to floats; leave others unchanged."""
        if self.factor is None:
            return samples
        features = samples.float().mul_(self.factor)
        return features if self.shift is None else features.add_(self.shift)

    @torch.inference_mode()
    def measure(self) -> Tensor:
        """Measure loss and scores of every network on whole splits, without dropout.

        Returns
        -------
        Tensor of float32, shape (n_columns, n_seeds)
            In the order of `columns`.
        """
        rows = [self._measure_split(split) for split in self._measured]
        if self.config.training.record_gradients:
            rows += self._measure_gradients()
        if CLIPPED in self.columns:
            rows.append(self.update.clipped_share[None])
        return torch.cat(rows) if len(rows) > 1 else rows[0]

    @torch.inference_mode()
    def training_loss(self, every: int = 1) -> Tensor:
        """Measure the loss of every network on each n-th training sample: shape (n_seeds,)."""
        X, target, *_ = self._measured[0]
        piece = in_pieces(X[..., ::every], target[..., ::every], self.stack)
        return self._measure_split(piece)[0]

    @cached_property
    def columns(self) -> list[str]:
        """Names of the rows that `measure` returns."""
        return history_columns(self.config)

    @cached_property
    def _measured(self) -> list[MeasuredSplit]:
        """Splits to measure, on the device of the training."""
        splits = [
            (getattr(self, f"X_{split}"), getattr(self, f"target_{split}"))
            for split in self._splits
        ]
        if self._per_network:
            n_seeds = self.stack.n_seeds
            splits = [(_by_network(X, n_seeds), _by_network(y, n_seeds)) for X, y in splits]
        return [in_pieces(X, target, self.stack) for X, target in splits]

    def _measure_gradients(self) -> list[Tensor]:
        """Gradient norm of each layer's weights, and share of inactive units of each layer."""
        stack = self.stack
        X, y, *_ = self._measured[0]
        every = -(-self._n_train // GRADIENT_SAMPLES)
        x, target = self._as_numbers(X[..., ::every]), y[..., ::every]
        hidden = stack.backward(
            x.expand(stack.n_seeds, *x.shape[-2:]),
            target.expand(stack.n_seeds, *target.shape[-2:]),
        )
        rows = [gradient.flatten(1).norm(dim=1)[None] for gradient in stack.weight_gradients]
        for z, a in hidden:
            slope = stack.activation.torch.backward(torch.ops.aten, torch.ones_like(z), z, a)
            inactive = slope.abs().amax(dim=2) < stack.activation.inactive_below
            rows.append(inactive.float().mean(dim=1)[None])
        return rows

    def _measure_split(self, split: MeasuredSplit) -> Tensor:
        X, target, rows, networks = split
        n, n_seeds = target.shape[-1], self.stack.n_seeds
        if rows == n and networks == n_seeds:
            return self._sample_values(self._as_numbers(X), target).mean(-1)
        groups = [slice(k, k + networks) for k in range(0, n_seeds, networks)]
        totals = []
        for some, y in zip(X.split(rows, dim=-1), target.split(rows, dim=-1), strict=True):
            x = self._as_numbers(some)
            sums = [self._sample_values(x, y, group).sum(-1) for group in groups]
            totals.append(torch.cat(sums, dim=1))
        return sum(totals[1:], totals[0]) / n

    def _sample_values(self, x: Tensor, target: Tensor, networks: slice | None = None) -> Tensor:
        """Loss and scores of every sample: shape (n_columns, n_networks, batch)."""
        stack = self.stack
        if self._per_network and networks is not None:
            x, target = x[networks], target[networks]
        target = target.mT
        logits, output = stack.forward(x, networks)
        loss = stack.loss
        if self.class_weights is not None and networks is not None and len(self.class_weights) > 1:
            loss = weighted(LOSSES[self.config.loss], self.class_weights[networks])
        values = [loss.value(torch, target, output, logits)]
        if self.target_unit is not None:
            # Scores are in the target's own unit; its mean cancels in every difference.
            separate = networks is not None and len(self.target_unit) > 1
            unit = self.target_unit[networks] if separate else self.target_unit
            target, output = target * unit, output * unit
        values += [score(FAST_TORCH, target, output) for score in self._scores]
        return torch.stack(values)
