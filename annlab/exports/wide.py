"""Code of exported scripts in which the inputs also go straight to the last layer."""

from collections.abc import Sequence

from annlab.nn.architecture import Architecture

_TORCH_LOGITS = """\
    def logits(self, x):
        # Wide and deep: the inputs also go straight to the last layer.
        return self.last(torch.cat([self.hidden(x), x], dim=1))

"""


def torch_parts(architecture: Architecture) -> dict[str, str]:
    """Parts of a Lightning network that differ for wide and deep ones, by their placeholders."""
    if not architecture.has_skip:
        return {
            "hidden": "layers",
            "last": "",
            "linears": "self.layers",
            "logits": "",
            "of_inputs": "layers",
        }
    last = architecture.layers[-1]
    return {
        "hidden": "hidden",
        "last": f"        self.last = nn.Linear({last.n_in}, {last.n_out})\n",
        "linears": "[*self.hidden, self.last]",
        "logits": _TORCH_LOGITS,
        "of_inputs": "logits",
    }


def keras_layers(layers: Sequence[str], n_inputs: int) -> str:
    """Lines that build the layers with Keras's functional API.

    Parameters
    ----------
    layers : sequence of str
        Expression of each layer, the last layer last.
    n_inputs : int
    """
    *hidden, last = layers
    calls = [f"hidden = {layer}({'hidden' if k else 'inputs'})" for k, layer in enumerate(hidden)]
    return "\n".join(
        (
            f"inputs = keras.Input(shape=({n_inputs},))",
            *calls,
            "# Wide and deep: the inputs also go straight to the last layer.",
            "both = keras.layers.concatenate([hidden, inputs])",
            f"layers = keras.Model(inputs, {last}(both))",
            "",
        )
    )
