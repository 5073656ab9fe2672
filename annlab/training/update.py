"""Update of all networks of a stack by their gradients: L1, clipping, schedule, optimizer step."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from annlab.config import TrainingConfig
from annlab.nn.clipping import CLIP_EPSILON
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.schedules import rate_factors
from annlab.training.fused_step import BoundStep, has_fused_kernel
from annlab.training.networks import Networks
from annlab.training.stack import Stack


class Update:
    """Update of a stack whose networks share all settings of an optimizer step.

    Parameters
    ----------
    stack : Stack
        On its device, and bound.
    training : TrainingConfig
        Settings that all networks share.
    networks : Networks
        Settings of each network.

    Attributes
    ----------
    optimizer : torch.optim.Optimizer
        Makes the steps.
    """

    def __init__(self, stack: Stack, training: TrainingConfig, networks: Networks) -> None:
        self.stack, self.networks = stack, networks
        self._training = training
        self._entry = OPTIMIZERS[training.optimizer]
        self._factors = rate_factors(training)
        self._clipped, self._n_steps = torch.zeros(()), 0
        self._before: list[Callable[[], object]] = []
        if networks.values["l1"].any():
            self._before.append(self._l1())
        if networks.values["clip_norm"].any():
            self._before.append(self._clipping())
        self._gradients: list[tuple[Tensor, Tensor]] = []
        self.optimizer = self._made()
        self._step = BoundStep(self.optimizer)

    def start(self) -> Callable[[], object]:
        """Give the optimizer its gradients, and return the update as a function."""
        for parameter, gradient in self._gradients:
            parameter.grad = gradient  # Lightning clears it
        return self._update if self._before or type(self) is not Update else self._step

    def start_epoch(self, epoch: int) -> None:
        """Set the learning rate of an epoch, counted from 0."""
        self._clipped, self._n_steps = torch.zeros_like(self._clipped), 0
        if epoch == 0 or self._factors[epoch] != self._factors[epoch - 1]:
            self.set_factor(float(self._factors[epoch]))

    @property
    def clipped_share(self) -> Tensor:
        """Share of this epoch's steps whose gradient was clipped, shape (n_networks,)."""
        return self._clipped / max(1, self._n_steps)

    def _made(self) -> torch.optim.Optimizer:
        """Build the optimizer of the parameters."""
        stack, training = self.stack, self._training
        rate, decay = self.networks.values["learning_rate"], self.networks.values["weight_decay"]
        # L2 applies to the weights only. Without L2, one group needs only one kernel.
        n = stack.n_weights if decay[0] else stack.flat.numel()
        groups = []
        for part, strength in ((slice(0, n), float(decay[0])), (slice(n, None), 0.0)):
            values, gradient = stack.flat.data[part], stack.flat_gradient[part]
            if values.numel():
                groups.append(self._group(values, gradient, strength))
        momentum = float(self.networks.values["momentum"][0])
        return self._optimizer(
            groups,
            training.model_copy(update={"learning_rate": float(rate[0]), "momentum": momentum}),
        )

    def _group(self, values: Tensor, gradient: Tensor, weight_decay: float) -> dict[str, Any]:
        parameter = torch.nn.Parameter(values, requires_grad=False)
        self._gradients.append((parameter, gradient))
        return {"params": [parameter], "weight_decay": weight_decay}

    def _optimizer(
        self, groups: list[dict[str, Any]], training: TrainingConfig
    ) -> torch.optim.Optimizer:
        optimizer_class = getattr(torch.optim, self._entry.torch_class)
        fused = has_fused_kernel(optimizer_class, self.stack.flat.device)
        options = {**self._entry.arguments(training), **({"fused": True} if fused else {})}
        made: torch.optim.Optimizer = optimizer_class(groups, **options)
        return made

    def set_factor(self, factor: float) -> None:
        """Set the learning rate to a share of the configured one."""
        self._step.set_learning_rate(factor * float(self.networks.values["learning_rate"][0]))

    def _update(self) -> None:
        for change in self._before:
            change()
        self._step()

    def _vector(self, name: str) -> Tensor:
        """Setting of each network, shape (n_networks,)."""
        flat = self.stack.flat
        return torch.tensor(self.networks.values[name], dtype=flat.dtype, device=flat.device)

    def _l1(self) -> Callable[[], object]:
        n = self.stack.n_weights
        weights, gradients = self.stack.flat.data[:n], self.stack.flat_gradient[:n]
        strengths = self.stack.spread(self._vector("l1"))[:n]
        return lambda: gradients.addcmul_(weights.sign(), strengths)

    def _clipping(self) -> Callable[[], object]:
        most = self._vector("clip_norm")
        most = torch.where(most > 0, most, torch.inf)
        self._clipped = torch.zeros_like(most)

        def clip() -> None:
            factors = most / (self.stack.gradient_norms() + CLIP_EPSILON)
            self._clipped += factors < 1
            self._n_steps += 1
            self.stack.scale_gradients(factors.clamp_(max=1.0))

        return clip


class SeparateUpdate(Update):
    """Update of a stack whose networks differ in learning rate, L2 or momentum.

    No optimizer of PyTorch has a rate for each number of a tensor. But a step depends on the
    gradients alone once L2 has been added to them, and is proportional to the rate. So the
    optimizer steps from zero at rate 1, and each network takes its own share of that step.
    """

    def _made(self) -> torch.optim.Optimizer:
        stack = self.stack
        self._moved = torch.zeros_like(stack.flat.data)
        self._rates = stack.spread(self._vector("learning_rate"))
        self._rate = self._rates
        # In PyTorch's order.
        if self.networks.values["weight_decay"].any():
            self._before.append(self._with_decay())
        if "momentum" in self._entry.settings:
            self._before.append(self._with_momentum())
        plain = self._training.model_copy(update={"learning_rate": 1.0, "momentum": 0.0})
        return self._optimizer([self._group(self._moved, stack.flat_gradient, 0.0)], plain)

    def set_factor(self, factor: float) -> None:
        """Set each network's learning rate to a share of its configured one."""
        self._rate = self._rates if factor == 1 else self._rates * factor

    def _update(self) -> None:
        super()._update()
        self.stack.flat.data.addcmul_(self._moved, self._rate)
        self._moved.zero_()

    def _with_decay(self) -> Callable[[], object]:
        values, gradient = self.stack.flat.data, self.stack.flat_gradient
        strengths = self.stack.spread(self._vector("weight_decay"), to_biases=False)
        if self._entry.decouples_weight_decay:
            return lambda: values.addcmul_(values, self._rate * strengths, value=-1)
        return lambda: gradient.addcmul_(values, strengths)

    def _with_momentum(self) -> Callable[[], object]:
        gradient = self.stack.flat_gradient
        kept = self.stack.spread(self._vector("momentum"))
        velocity = torch.zeros_like(gradient)
        looks_ahead = bool(self._entry.options.get("nesterov"))

        def add() -> None:
            velocity.mul_(kept).add_(gradient)
            if looks_ahead:
                gradient.addcmul_(velocity, kept)
            else:
                gradient.copy_(velocity)

        return add
