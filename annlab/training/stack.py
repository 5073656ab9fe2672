"""Stack of networks of one architecture that train together, with forward and backward pass.

All weights of one layer are one tensor (n_seeds, n_out, n_in), so a layer of fifty networks
is one batched matrix product. All parameters are views of one flat vector, and so are their
gradients, so an optimizer step is a single fused kernel over two vectors.

Internally, samples are the last axis: (n_seeds, n_units, batch). Layers are often narrower than
a batch, and matrix products are faster along the longer side. Outputs have samples first.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from annlab.nn.activations import ACTIVATIONS
from annlab.nn.architecture import Architecture
from annlab.nn.initializers import INITIALIZERS
from annlab.nn.losses import LOSSES
from annlab.training.kernels import activate, activate_in_place, backpropagate, linear

# Independent random number streams of one network.
STREAMS = {"init": 0, "order": 1, "dropout": 2}


def generators(seeds: Iterable[int], stream: str) -> list[torch.Generator]:
    """Create a random generator for each network's seed, independent of all other draws."""
    made = []
    for seed in seeds:
        state = np.random.SeedSequence([seed, STREAMS[stream]]).generate_state(1)
        made.append(torch.Generator().manual_seed(int(state[0])))
    return made


def _first_sums(W: Tensor, b: Tensor, x: Tensor) -> Tensor:
    """Sums of units that receive the inputs, for samples shared by all networks or of each."""
    return linear(W, b, x) if x.dim() == 2 else torch.bmm(W, x).add_(b)


class Stack(torch.nn.Module):
    """`n_seeds` networks of the same architecture.

    Parameters
    ----------
    architecture : Architecture
        Layer shapes of each network.
    n_seeds : int
        Number of networks.
    activation, output_activation, loss : str
        Names in the registries.
    """

    def __init__(
        self,
        architecture: Architecture,
        n_seeds: int,
        activation: str,
        output_activation: str,
        loss: str,
    ) -> None:
        super().__init__()
        self.architecture = architecture
        self._has_skip = architecture.has_skip
        self.n_seeds = n_seeds
        self.activation = ACTIVATIONS[activation]
        self.output_activation = ACTIVATIONS[output_activation]
        self.loss = LOSSES[loss]
        self.n_weights = n_seeds * sum(n_in * n_out for n_in, n_out in architecture.layers)
        n_biases = n_seeds * sum(layer.n_out for layer in architecture.layers)
        # All weights come before all biases, because weight decay applies to the weights only.
        self.flat = torch.nn.Parameter(torch.zeros(self.n_weights + n_biases), requires_grad=False)
        self.bind()

    def bind(self) -> None:
        """Create the layers' views of the flat vector; call again after moving the vector."""
        self.flat_gradient = torch.zeros_like(self.flat.data)
        self.weights, self.biases = self._views(self.flat.data)
        # Weights through which errors go back. Behind those of the last layer are the weights of
        # inputs that skip the hidden layers.
        self._to_units = list(self.weights)
        if self._has_skip:
            n_units = self.architecture.hidden_sizes[-1]
            self._to_units[-1] = self.weights[-1][..., :n_units]
        self.weight_gradients, self.bias_gradients = self._views(self.flat_gradient)

    def _views(self, flat: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        weights, biases = [], []
        w, b = 0, self.n_weights
        for n_in, n_out in self.architecture.layers:
            n = self.n_seeds * n_in * n_out
            weights.append(flat[w : w + n].view(self.n_seeds, n_out, n_in))
            w += n
            n = self.n_seeds * n_out
            biases.append(flat[b : b + n].view(self.n_seeds, n_out, 1))
            b += n
        return weights, biases

    def initialize(
        self, init: str, seeds: Sequence[int], scales: Sequence[float] | None = None
    ) -> None:
        """Draw initial weights, with one generator for each network.

        Parameters
        ----------
        init : str
            Name in the registry.
        seeds : sequence of int, length n_seeds
        scales : sequence of float, length n_seeds, optional
            Factor of all numbers of each network; 1 by default.
        """
        initializer = INITIALIZERS[init]
        for k, generator in enumerate(generators(seeds, "init")):
            for W, b in zip(self.weights, self.biases, strict=True):
                n_out, n_in = W.shape[1:]
                scale = initializer.scale(n_in, n_out)
                for tensor in [W[k], b[k]] if initializer.draws_biases else [W[k]]:
                    drawn = torch.empty(tensor.T.shape)
                    if initializer.distribution == "normal":
                        drawn.normal_(0.0, scale, generator=generator)
                    else:
                        drawn.uniform_(-scale, scale, generator=generator)
                    tensor.copy_(drawn.T)
        for tensor in (*self.weights, *self.biases) if scales is not None else ():
            tensor.mul_(torch.tensor(scales, dtype=tensor.dtype)[:, None, None])

    def start_from(self, weights: Sequence[float]) -> None:
        """Give every network the same weights and biases.

        Parameters
        ----------
        weights : sequence of float, length n_parameters
            In the order of `annlab.nn.config.ModelConfig.initial_weights`.
        """
        values = torch.tensor(weights)
        sizes = [n for W in self.weights for n in (W[0].numel(), W.shape[1])]
        parts = iter(values.split(sizes))
        for W, b in zip(self.weights, self.biases, strict=True):
            n_out, n_in = W.shape[1:]
            W.copy_(next(parts).view(n_in, n_out).T)
            b.copy_(next(parts)[:, None])

    def forward(self, x: Tensor, networks: slice | None = None) -> tuple[Tensor, Tensor]:
        """Compute logits and output of networks, without dropout.

        Parameters
        ----------
        x : Tensor, shape (n_features, batch) or (n_networks, n_features, batch)
            Samples shared by all networks, or samples of each network.
        networks : slice, optional
            Networks to compute; all by default.

        Returns
        -------
        logits, output : Tensor, shape (n_networks, batch, n_outputs)
        """
        weights, biases = self.weights, self.biases
        if networks is not None:
            weights = [W[networks] for W in weights]
            biases = [b[networks] for b in biases]
        if self._has_skip:
            # What comes straight from the inputs is added as the biases are.
            W, n_units = weights[-1], self.architecture.hidden_sizes[-1]
            biases = [*biases[:-1], _first_sums(W[..., n_units:], biases[-1], x)]
            weights = [*weights[:-1], W[..., :n_units]]
        z = _first_sums(weights[0], biases[0], x)
        for W, b in zip(weights[1:], biases[1:], strict=True):
            z = torch.bmm(W, activate_in_place(self.activation, z)).add_(b)
        return z.mT, activate(self.output_activation, z).mT

    def backward(
        self, x: Tensor, target: Tensor, masks: Sequence[Tensor] = ()
    ) -> list[tuple[Tensor, Tensor]]:
        """Write the gradient of every network's mean loss over a batch into `flat_gradient`.

        Parameters
        ----------
        x : Tensor, shape (n_seeds, n_features, batch)
        target : Tensor, shape (n_seeds, n_outputs, batch)
        masks : sequence of Tensor, shape (n_seeds, n_units, batch), one for each hidden layer
            Dropout: 0 where a unit is off, 1 / (1 - dropout) where it is on.

        Returns
        -------
        list of (Tensor, Tensor), shapes (n_seeds, n_units, batch)
            Pre-activations and activations of each hidden layer; the activations twice if the
            gradient does not need the pre-activations.
        """
        activate_hidden = activate if self.activation.torch.needs_z else activate_in_place
        inputs, zs, activations = [x], [], []  # one for each layer; one for each hidden layer
        for layer, (W, b) in enumerate(zip(self.weights[:-1], self.biases[:-1], strict=True)):
            # `baddbmm` is a little slower, because it fills its result with the biases first.
            z = torch.bmm(W, inputs[-1]).add_(b)
            a = activate_hidden(self.activation, z)
            zs.append(z)
            activations.append(a)
            inputs.append(a * masks[layer] if masks else a)
        if self._has_skip:
            inputs[-1] = torch.cat((inputs[-1], x), 1)
        logits = torch.bmm(self.weights[-1], inputs[-1]).add_(self.biases[-1])
        output = activate(self.output_activation, logits)

        gradient = self.loss.gradient(torch, target.mT, output.mT, logits.mT)
        delta = gradient.mT * (1.0 / x.shape[2])  # d(mean loss) / d(logits or output)
        if self.loss.canonical is None:
            delta = backpropagate(self.output_activation, delta, logits, output)
        for layer in reversed(range(len(self.weights))):
            torch.bmm(delta, inputs[layer].mT, out=self.weight_gradients[layer])
            torch.sum(delta, 2, keepdim=True, out=self.bias_gradients[layer])
            if layer:
                gradient = torch.bmm(self._to_units[layer].mT, delta)
                if masks:
                    gradient.mul_(masks[layer - 1])
                delta = backpropagate(
                    self.activation, gradient, zs[layer - 1], activations[layer - 1]
                )
        return list(zip(zs, activations, strict=True))

    def of_network(self, k: int, flat: Tensor | None = None) -> list[Tensor]:
        """Views of one network's weights and biases in a flat vector, for each layer.

        Parameters
        ----------
        k : int
            Index of the network.
        flat : Tensor, optional
            Vector to use instead of the current one, such as that of an earlier epoch.
        """
        weights, biases = (self.weights, self.biases) if flat is None else self._views(flat)
        return [tensor[k] for tensor in (*weights, *biases)]

    def spread(self, values: Tensor, *, to_biases: bool = True) -> Tensor:
        """Repeat a number of each network for all its parameters.

        Parameters
        ----------
        values : Tensor, shape (n_seeds,)
        to_biases : bool
            Whether biases have the number too; else they have 0.

        Returns
        -------
        Tensor
            Vector with the layout of `flat`.
        """
        flat = torch.zeros_like(self.flat.data)
        weights, biases = self._views(flat)
        for view in (*weights, *biases) if to_biases else weights:
            view.copy_(values[:, None, None].expand_as(view))
        return flat

    def gradient_norms(self) -> Tensor:
        """Norm of each network's whole gradient, shape (n_seeds,)."""
        views = (*self.weight_gradients, *self.bias_gradients)
        return torch.stack([view.flatten(1).square().sum(1) for view in views]).sum(0).sqrt()

    def scale_gradients(self, factors: Tensor) -> None:
        """Multiply each network's gradient by a factor of its own, shape (n_seeds,)."""
        for view in (*self.weight_gradients, *self.bias_gradients):
            view.mul_(factors[:, None, None])

    def copy_networks(self, which: Tensor, source: Tensor, target: Tensor) -> None:
        """Copy the weights and biases of some networks from one flat vector into another.

        Parameters
        ----------
        which : Tensor of bool, shape (n_seeds,)
        source, target : Tensor
            Vectors with the layout of `flat`.
        """
        pairs = zip(self._views(source), self._views(target), strict=True)
        for tensors in pairs:
            for one, other in zip(*tensors, strict=True):
                other[which] = one[which]

    def arrays(self, flat: Tensor | None = None) -> list[tuple[Any, Any]]:
        """Copy all weights and biases to NumPy arrays.

        Parameters
        ----------
        flat : Tensor, optional
            Vector to use instead of the current one.

        Returns
        -------
        list of (weights, biases)
            For each layer, of shapes (n_seeds, n_in, n_out) and (n_seeds, n_out).
        """
        weights, biases = (self.weights, self.biases) if flat is None else self._views(flat)
        return [
            (W.transpose(1, 2).cpu().numpy().copy(order="C"), b[..., 0].cpu().numpy().copy())
            for W, b in zip(weights, biases, strict=True)
        ]
