"""What can be chosen as a data set, before its samples have been made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from annlab.nn.tasks import TaskName
from annlab.validation import Range

Array = NDArray[Any]

UNIT = Range(0.0, 1.0)


def _numbered_features(n_features: int) -> Callable[[], tuple[str, ...]]:
    return lambda: tuple(f"x{i + 1}" for i in range(n_features))


@dataclass(frozen=True)
class DatasetSpec:
    """A data set that can be chosen.

    Attributes
    ----------
    name, label : str
        Name in configs and for people.
    task : str
        Name of the task that it poses.
    make : callable
        Takes the names in `defaults` as keywords; returns X of shape (n_samples,
        n_features) and y of shape (n_samples,), and the same two of the test split where
        one is published. It stands on its own but for `helpers`, imports included, because
        its source is also printed into exported scripts.
    n_features : int
        Number of columns of X.
    defaults : mapping
        What can be varied, with the published values: of ``n_samples``, ``noise``,
        ``n_classes``, ``function``, ``gap``, ``outliers`` and ``seed``. What is missing here
        does not apply.
    suggested : mapping
        Fields of a DatasetConfig that a page sets when this data set is chosen.
    noise_meaning : str
        What `noise` does, in a few words.
    noise_range : Range
        The noise that makes sense.
    n_rows : int
        Number of samples, where it cannot be varied (0 otherwise).
    n_test_rows : int
        Number of samples beside these in a published test split (0: there is none).
    class_names : tuple of str
        Empty for regression; numbered where `n_classes` can be varied.
    feature_names : callable
        Returns the names of the columns of X.
    target_name : str
        What y is, with its unit; empty for classes.
    image_shape : tuple of int or None
        Rows and columns of the picture that a row of X is.
    max_pixel_value : int
        Pixel value that maps to 1.0 (255 for byte images); 0 if `make` returns numbers.
    lookups : mapping of str to mapping
        For settings that name a function: the functions by name. `make` takes the function.
    helpers : tuple of callable
        Functions that `make` calls; each stands on its own like it.
    missing_message : str
        Error message for people if the files are missing and cannot be downloaded.
    only_noise_is_random : bool
        Whether another seed moves nothing but the noise (and the order), so that without noise
        all samples are the same.
    equal_classes : bool
        Whether all classes have as many samples, so that `n_samples` is rounded down to a
        multiple of their number.
    files_digest : callable or None
        Returns a hash of the files that `make` reads, where others may lie in their place.
    description, source : str
        One sentence on what is to be seen, and where the definition comes from.
    """

    name: str
    label: str
    task: TaskName
    make: Callable[..., tuple[Array, ...]]
    n_features: int
    description: str
    source: str
    defaults: Mapping[str, Any] = field(default_factory=dict)
    suggested: Mapping[str, Any] = field(default_factory=dict)
    noise_meaning: str = "standard deviation of the jitter added to every sample"
    noise_range: Range = UNIT
    n_rows: int = 0
    n_test_rows: int = 0
    class_names: tuple[str, ...] = ()
    feature_names: Callable[[], tuple[str, ...]] | None = None
    target_name: str = ""
    image_shape: tuple[int, int] | None = None
    max_pixel_value: int = 0
    lookups: Mapping[str, Mapping[str, Callable[..., Any]]] = field(default_factory=dict)
    helpers: tuple[Callable[..., Any], ...] = ()
    missing_message: str = ""
    only_noise_is_random: bool = False
    equal_classes: bool = False
    files_digest: Callable[[], str] | None = None

    def arguments(self, config: Any) -> dict[str, Any]:
        """What `make` is called with, by name, from a DatasetConfig."""
        values = {name: getattr(config, name) for name in self.defaults}
        return values | {name: known[values[name]] for name, known in self.lookups.items()}

    def names_of_features(self) -> tuple[str, ...]:
        """The names of the columns of X."""
        return (self.feature_names or _numbered_features(self.n_features))()

    def names_of_classes(self, n_classes: int | None) -> tuple[str, ...]:
        """The names of the classes; empty for regression."""
        return self.class_names or tuple(f"class {k}" for k in range(n_classes or 0))
