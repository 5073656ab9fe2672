"""Data sets with several targets: numbers, or labels.

Each function does its own imports, because exported scripts contain its source.
"""

from annlab.datasets.spec import Array, DatasetSpec


def figure_eight(t: Array) -> Array:
    """Points (u, v) of a figure eight at times t: shape (n_samples, 1) to (n_samples, 2)."""
    import numpy as np

    return np.concatenate([np.sin(t), np.sin(2 * t)], axis=1)


def make_plane_curve(n_samples: int, noise: float, seed: int) -> tuple[Array, Array]:
    """Draw times, and noisy points of a figure eight."""
    import numpy as np

    random = np.random.RandomState(seed)
    t = random.uniform(-np.pi, np.pi, n_samples)[:, None]
    return t, figure_eight(t) + noise * random.randn(n_samples, 2)


def load_linnerud() -> tuple[Array, Array]:
    """Load exercises and measurements of 20 men."""
    from sklearn import datasets

    return datasets.load_linnerud(return_X_y=True)


def make_labels(n_samples: int, noise: float, seed: int) -> tuple[Array, Array]:
    """Draw points with up to three labels."""
    import numpy as np
    from sklearn import datasets

    X, y = datasets.make_multilabel_classification(
        n_samples=n_samples, n_features=2, n_classes=3, n_labels=2, random_state=seed
    )
    # The features are whole numbers, so many points would coincide without jitter.
    return X + noise * np.random.RandomState(seed).uniform(-1, 1, X.shape), y


SEVERAL_TARGETS = (
    DatasetSpec(
        name="plane_curve",
        label="Figure eight",
        task="multioutput_regression",
        make=make_plane_curve,
        n_features=1,
        defaults={"n_samples": 200, "noise": 0.05, "seed": 0},
        truth=figure_eight,
        helpers=(figure_eight,),
        noise_meaning="standard deviation of the noise added to both coordinates of every point",
        feature_names=lambda: ("t",),
        target_names=("u", "v"),
        description="Each time t gives a point in the plane. As t grows, the point draws a figure "
        "eight.",
        source="Lissajous curve u = sin t, v = sin 2t, with t uniform over [-π, π]",
    ),
    DatasetSpec(
        name="linnerud",
        label="Linnerud",
        task="multioutput_regression",
        make=load_linnerud,
        n_features=3,
        n_rows=20,
        suggested={
            "test_fraction": 0.2,
            "scaling": "standard",
            "target_scaling": "standard",
            "resample": "split",
        },
        feature_names=lambda: ("chin-ups", "sit-ups", "jumps"),
        target_names=("weight (lb)", "waist (in)", "pulse (per minute)"),
        description="Three exercises of 20 men: what are their weight, waist and pulse? Too few "
        "men for a good answer.",
        source="Tenenhaus (1998), La régression PLS; measured by A. C. Linnerud",
    ),
    DatasetSpec(
        name="labels",
        label="Three labels",
        task="multilabel",
        make=make_labels,
        n_features=2,
        defaults={"n_samples": 500, "noise": 0.5, "seed": 6},
        noise_meaning="largest jitter added to both features, which are counts from 0 to about 50",
        suggested={"test_fraction": 0.2, "scaling": "standard"},
        target_names=("label 1", "label 2", "label 3"),
        description="Each point has zero to three labels, and the regions of the labels overlap.",
        source="scikit-learn, make_multilabel_classification",
    ),
)
