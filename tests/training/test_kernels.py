"""Fast kernels against PyTorch's default operations."""

import pytest
import torch

from annlab.nn.activations import ACTIVATIONS
from annlab.training import kernels
from annlab.training.kernels import FAST_TORCH, activate, activate_in_place, backpropagate, linear

MANY = kernels._MANY_FOR_TANH
TANH = ACTIVATIONS["tanh"]


@pytest.mark.parametrize("slow", [False, True])
@pytest.mark.parametrize("n", [MANY, MANY + 1])
def test_tanh_by_sigmoid_matches_tanh(monkeypatch, slow, n):
    monkeypatch.setattr(kernels, "_SLOW_TANH", slow)
    z = torch.linspace(-12, 12, n, dtype=torch.float64).view(1, 1, n)
    torch.testing.assert_close(activate(TANH, z), torch.tanh(z), rtol=1e-12, atol=1e-15)
    single = activate(TANH, z.float())
    torch.testing.assert_close(single.double(), torch.tanh(z), rtol=0, atol=5e-7)


def test_tanh_by_sigmoid_is_for_many_numbers_on_slow_processors(monkeypatch):
    asked = []
    monkeypatch.setattr(torch, "sigmoid", lambda z: asked.append(z.numel()) or z)
    for slow in (False, True):
        monkeypatch.setattr(kernels, "_SLOW_TANH", slow)
        for n in (MANY, MANY + 1):
            activate(TANH, torch.zeros(n))
            activate(ACTIVATIONS["relu"], torch.zeros(n))
    assert asked == [MANY + 1]


@pytest.mark.parametrize("slow", [False, True])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_in_place_matches_activation(monkeypatch, name, slow):
    monkeypatch.setattr(kernels, "_SLOW_TANH", slow)
    z = torch.randn(2, 3, MANY, generator=torch.Generator().manual_seed(0))
    expected = activate(ACTIVATIONS[name], z)
    assert torch.equal(activate_in_place(ACTIVATIONS[name], z.clone()), expected)


@pytest.mark.parametrize("slow", [False, True])
@pytest.mark.parametrize("name", ["tanh", "relu", "sigmoid", "gelu", "step"])
def test_activation_in_place_reuses_memory(monkeypatch, name, slow):
    monkeypatch.setattr(kernels, "_SLOW_TANH", slow)
    z = torch.randn(2, 3, MANY, generator=torch.Generator().manual_seed(0))
    a = activate_in_place(ACTIVATIONS[name], z)
    assert a.data_ptr() == z.data_ptr()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradients_in_place_match_gradients(name):
    entry = ACTIVATIONS[name]
    random = torch.Generator().manual_seed(0)
    z, gradient = (torch.randn(2, 3, 50, generator=random) for _ in range(2))
    z[..., :4] = torch.tensor([-30.0, -0.0, 0.0, 30.0])
    a = activate(entry, z)
    expected = entry.torch.backward(torch.ops.aten, gradient, z, a)
    transposed = gradient.mT.contiguous().mT
    torch.testing.assert_close(backpropagate(entry, transposed, z, a), expected)
    delta = backpropagate(entry, gradient, z, a)
    assert torch.equal(delta, expected)
    # Softmax has no such operator, and a step has no slope to multiply with.
    if name not in ("softmax", "step"):
        assert delta.data_ptr() == gradient.data_ptr()


@pytest.mark.parametrize("n_features", [3, kernels._LONG_SUM + 1])
@pytest.mark.parametrize("samples_lie_whole", [False, True])
@pytest.mark.parametrize(
    ("n_networks", "n_samples"), [(1, 10), (1, kernels._MANY_NUMBERS), (4, 10)]
)
def test_linear_layer_matches_across_matrix_products(
    n_networks, n_samples, n_features, samples_lie_whole
):
    random = torch.Generator().manual_seed(0)
    W = torch.randn(n_networks, 2, n_features, generator=random)
    b = torch.randn(n_networks, 2, 1, generator=random)
    x = torch.randn(n_features, n_samples, generator=random)
    expected = W.double() @ x.double() + b.double()
    x = x.T.contiguous().T if samples_lie_whole else x
    z = linear(W, b, x)
    assert z.shape == (n_networks, 2, n_samples)
    torch.testing.assert_close(z.double(), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("apart", [False, True])
def test_fast_argmax_returns_the_first_maximum(apart):
    values = torch.randint(0, 3, (2, 50, 4), generator=torch.Generator().manual_seed(0)).float()
    values = values.mT.contiguous().mT if apart else values
    assert (values == values.amax(-1, keepdim=True)).sum(-1).max() > 1  # there are ties
    assert torch.equal(FAST_TORCH.argmax(values, -1), torch.from_numpy(values.numpy().argmax(-1)))
