"""Weight figures of one network: graph, and first-layer weights as images."""

import plotly.graph_objects as go

from annlab import figures
from annlab.datasets import Dataset
from annlab.figures import ThemeName
from annlab.figures.base.plain_text import plain_texts
from annlab.figures.of_run.one_network import one_network
from annlab.nn.derived_features import input_names
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch


def network_graph(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw one network as a graph of units, weights and biases.

    Parameters
    ----------
    run, dataset, epoch, network, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    one = one_network(run, dataset, epoch, network)
    outputs = one.quantities
    inputs = input_names(one.dataset.feature_names, one.config.model.features)
    return figures.network_graph(one.layers, plain_texts(inputs), plain_texts(outputs), theme=theme)


def weight_images(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the weights of each unit of the first layer as an image.

    Parameters
    ----------
    run, dataset, epoch, network, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the samples of the run are not images.
    """
    spec = run.config.dataset.spec
    if not spec.image_shape:
        raise ValueError(f"weight_images needs images; {spec.name} has none")
    one = one_network(run, dataset, epoch, network)
    # Without hidden layers, the first-layer units are the outputs.
    names = () if run.config.model.hidden_sizes else plain_texts(one.quantities)
    return figures.weight_images(one.layers[0][0], spec.image_shape, names=names, theme=theme)
