"""Generated data sets, with the seeds of the published figures.

Each function does its own imports, because exported scripts contain its source.
"""

from annlab.datasets.spec import Array, DatasetSpec
from annlab.validation import Range


def n_rare(n_samples: int, rare_fraction: float) -> int:
    """Number of samples of the second class, rounded and at least one."""
    import math

    return max(1, math.ceil(rare_fraction * n_samples - 0.5))


def make_linear(n_samples: int, noise: float, seed: int) -> tuple[Array, Array]:
    import numpy as np
    from sklearn.datasets import make_classification

    X, y = make_classification(
        n_samples=n_samples,
        n_features=2,
        n_redundant=0,
        n_informative=2,
        n_clusters_per_class=1,
        random_state=seed,
    )
    return X + noise * np.random.RandomState(seed).randn(*X.shape), y


def make_moons(
    n_samples: int, noise: float, seed: int, rare_fraction: float = 0.5
) -> tuple[Array, Array]:
    from sklearn import datasets

    n = n_rare(n_samples, rare_fraction)
    # scikit-learn itself halves an odd number.
    sizes = n_samples if rare_fraction == 0.5 else (n_samples - n, n)
    return datasets.make_moons(sizes, noise=noise, random_state=seed)


def make_circles(n_samples: int, noise: float, seed: int) -> tuple[Array, Array]:
    from sklearn import datasets

    return datasets.make_circles(n_samples, noise=noise, factor=0.3, random_state=seed)


def make_xor(n_samples: int, noise: float, seed: int) -> tuple[Array, Array]:
    import numpy as np

    random = np.random.RandomState(seed)
    X = random.uniform(-1, 1, size=(n_samples, 2))
    y = (X[:, 0] * X[:, 1] < 0).astype(int)
    return X + noise * random.randn(n_samples, 2), y


def make_gaussians(
    n_samples: int, noise: float, seed: int, rare_fraction: float = 0.5
) -> tuple[Array, Array]:
    import numpy as np

    random = np.random.RandomState(seed)
    y = np.diff(np.floor(rare_fraction * np.arange(n_samples + 1))).astype(int)
    # `floor` drops the last rare sample where `n_rare` rounds up.
    y[-1] |= y.sum() < n_rare(n_samples, rare_fraction)
    centers = np.where(y == 0, -1.0, 1.0)[:, None]
    return centers + noise * random.randn(n_samples, 2), y


def make_sine(n_samples: int, noise: float, seed: int) -> tuple[Array, Array]:
    import numpy as np

    x = np.linspace(-3 * np.pi, 3 * np.pi, n_samples)
    u = np.sin(x)
    u = u + np.sign(u) * np.abs(noise * np.random.RandomState(seed).randn(n_samples) + noise)
    quarter = np.arange(n_samples) * 12 // n_samples
    return np.column_stack([x + 0.3 * quarter, u]), quarter % 2


def make_random_labels(n_samples: int, seed: int) -> tuple[Array, Array]:
    import numpy as np

    random = np.random.RandomState(seed)
    return random.rand(n_samples, 10), random.randint(0, 2, n_samples)


def make_spirals(n_samples: int, noise: float, n_classes: int, seed: int) -> tuple[Array, Array]:
    import numpy as np

    random = np.random.RandomState(seed)
    n = n_samples // n_classes
    r = np.linspace(0, 1, n)
    arms = []
    for j in range(n_classes):
        t = np.linspace(4 * j, 4 * (j + 1), n) + noise * random.randn(n)
        arms.append(np.column_stack([r * np.sin(t), r * np.cos(t)]))
    return np.concatenate(arms), np.repeat(np.arange(n_classes), n)


def make_blobs(n_samples: int, noise: float, n_classes: int, seed: int) -> tuple[Array, Array]:
    from sklearn import datasets

    return datasets.make_blobs(n_samples, centers=n_classes, cluster_std=noise, random_state=seed)


_BINARY = ("class 0", "class 1")

SYNTHETIC = (
    DatasetSpec(
        name="linear",
        label="Linear",
        task="binary",
        make=make_linear,
        n_features=2,
        defaults={"n_samples": 1000, "noise": 0.0, "seed": 7},
        class_names=_BINARY,
        description="Two clouds. As published, one straight line separates all samples but one.",
        source="scikit-learn, make_classification",
    ),
    DatasetSpec(
        name="moons",
        label="Moons",
        task="binary",
        make=make_moons,
        helpers=(n_rare,),
        only_noise_is_random=True,
        n_features=2,
        defaults={"n_samples": 1000, "noise": 0.05, "seed": 0, "rare_fraction": 0.5},
        class_names=_BINARY,
        description="Two half circles that reach into each other. As published, the best "
        "straight line gets 89 % right.",
        source="scikit-learn, make_moons",
    ),
    DatasetSpec(
        name="circles",
        label="Circles",
        task="binary",
        make=make_circles,
        only_noise_is_random=True,
        n_features=2,
        defaults={"n_samples": 1000, "noise": 0.05, "seed": 0},
        class_names=_BINARY,
        description="A ring inside a ring. As published, the best straight line gets 69 % "
        "right, and guessing 50 %.",
        source="scikit-learn, make_circles with factor 0.3",
    ),
    DatasetSpec(
        name="xor",
        label="XOR",
        task="binary",
        make=make_xor,
        n_features=2,
        defaults={"n_samples": 1000, "noise": 0.05, "seed": 0},
        class_names=("same signs", "different signs"),
        description="A checkerboard of four squares. As published, the best straight line "
        "gets 68.5 % right.",
        source="Minsky & Papert (1969), Perceptrons; points uniform over [-1, 1]²",
    ),
    DatasetSpec(
        name="gaussians",
        label="Two Gaussians",
        task="binary",
        make=make_gaussians,
        helpers=(n_rare,),
        n_features=2,
        defaults={"n_samples": 1000, "noise": 0.7, "seed": 0, "rare_fraction": 0.5},
        noise_meaning="standard deviation of each cloud; the centers are (-1, -1) and (1, 1)",
        noise_range=Range(0.05, 3.0),
        class_names=_BINARY,
        description="Two overlapping round clouds of equal width: no boundary beats a straight "
        "line.",
        source="normal distributions around (-1, -1) and (1, 1)",
    ),
    DatasetSpec(
        name="rare",
        label="Rare class",
        task="binary",
        make=make_gaussians,
        helpers=(n_rare,),
        n_features=2,
        defaults={"n_samples": 4000, "noise": 1.2, "seed": 0, "rare_fraction": 0.05},
        noise_meaning="standard deviation of each cloud; the centers are (-1, -1) and (1, 1)",
        noise_range=Range(0.05, 3.0),
        class_names=("common", "rare"),
        description="Two overlapping round clouds. As published, one sample in twenty is rare, so "
        "always saying “common” gets 95 % right.",
        source="normal distributions around (-1, -1) and (1, 1)",
    ),
    DatasetSpec(
        name="sine",
        label="Sine wave",
        task="binary",
        make=make_sine,
        only_noise_is_random=True,
        n_features=2,
        defaults={"n_samples": 2400, "noise": 0.1, "seed": 0},
        noise_meaning="scale of the push away from zero; its mean is 1.17 times as large",
        class_names=_BINARY,
        description="Twelve quarter waves of a sine, of alternating class.",
        source="sine over [-3π, 3π] in twelve shifted quarters of alternating class",
    ),
    DatasetSpec(
        name="random_labels",
        label="Random labels",
        task="binary",
        make=make_random_labels,
        n_features=10,
        defaults={"n_samples": 1000, "seed": 0},
        class_names=_BINARY,
        description="Coin flips for labels: the ten features say nothing about them.",
        source="uniform numbers in [0, 1) with labels drawn independently of them",
    ),
    DatasetSpec(
        name="spirals",
        label="Spirals",
        task="multiclass",
        make=make_spirals,
        only_noise_is_random=True,
        n_features=2,
        defaults={"n_samples": 1500, "noise": 0.2, "n_classes": 3, "seed": 0},
        equal_classes=True,
        noise_meaning="standard deviation of the angle, in radians",
        description="Arms that wind around each other, one for each class.",
        source="the spiral of Karpathy's CS231n notes, with arms of angle 4",
    ),
    DatasetSpec(
        name="blobs",
        label="Blobs",
        task="multiclass",
        make=make_blobs,
        n_features=2,
        defaults={"n_samples": 1000, "noise": 1.0, "n_classes": 4, "seed": 0},
        noise_meaning="standard deviation of each blob",
        noise_range=Range(0.05, 5.0),
        description="Round clouds, one for each class.",
        source="scikit-learn, make_blobs",
    ),
)
