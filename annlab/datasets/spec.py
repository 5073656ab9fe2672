"""DatasetSpec: registry entry of a data set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from annlab.nn.tasks import TaskName
from annlab.validation import Range

Array = NDArray[Any]

UNIT = Range(0.0, 1.0)


def numbered_features(n_features: int) -> tuple[str, ...]:
    """Names of features that have none of their own: "x1", "x2" and so on."""
    return tuple(f"x{i + 1}" for i in range(n_features))


@dataclass(frozen=True)
class DatasetSpec:
    """Registry entry of a data set: how to make its samples, and facts about them.

    Attributes
    ----------
    name, label : str
        Name in configs, and display name.
    task : str
        Name of the task.
    make : callable
        Takes the names in `defaults` as keywords; returns X of shape (n_samples,
        n_features) and y of shape (n_samples,) or (n_samples, n_targets), and the same two of a
        published test split. It does its own imports and calls only `helpers`, because exported
        scripts contain its source.
    n_features : int
        Number of columns of X.
    defaults : mapping
        Published values of the settings that apply to the data set, out of ``n_samples``,
        ``noise``, ``n_classes``, ``function``, ``gap``, ``outliers``, ``rare_fraction`` and
        ``seed``.
    suggested : mapping
        Fields of a DatasetConfig that a page sets when a user chooses the data set.
    noise_meaning : str
        Effect of `noise`, in a few words.
    noise_range : Range
        Allowed values of `noise`.
    n_rows : int
        Number of samples of a fixed data set (0 for generated samples).
    n_test_rows : int
        Number of additional samples in a published test split (0 without one).
    class_names : tuple of str
        Empty for regression; numbers if `n_classes` is a setting.
    feature_names : callable
        Returns the names of the columns of X.
    target_name : str
        Name and unit of y; empty for classes, and for several targets.
    target_names : tuple of str
        Names of the columns of y with their units, or of the labels; empty for one target.
    image_shape : tuple of int or None
        Height and width of an image data set in pixels; a row of X is one image.
    max_pixel_value : int
        Pixel value that maps to 1.0 (255 for byte images); 0 if `make` returns floats.
    lookups : mapping of str to mapping
        Functions by name, for settings that name a function. `make` takes the function.
    truth : callable or None
        Features of shape (n_samples, n_features) to the targets without noise, of shape
        (n_samples, n_targets); None if nobody knows them.
    helpers : tuple of callable
        Functions that `make` calls; each does its own imports.
    missing_message : str
        Error message for people if the files are missing and cannot be downloaded.
    only_noise_is_random : bool
        Whether a new seed changes only the noise and the order, so that without noise every
        seed gives the same samples.
    equal_classes : bool
        Whether all classes have the same size, so that `n_samples` is rounded down to a
        multiple of the number of classes.
    files_digest : callable or None
        Returns a hash of the files that `make` reads, for files that a user can replace.
    has_groups : bool
        Whether samples belong to groups that a split keeps together.
    description, source : str
        One sentence about the data, and the source of the definition.
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
    target_names: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None
    max_pixel_value: int = 0
    lookups: Mapping[str, Mapping[str, Callable[..., Any]]] = field(default_factory=dict)
    truth: Callable[[Array], Array] | None = None
    helpers: tuple[Callable[..., Any], ...] = ()
    missing_message: str = ""
    only_noise_is_random: bool = False
    equal_classes: bool = False
    files_digest: Callable[[], str] | None = None
    has_groups: bool = False

    def arguments(self, config: Any) -> dict[str, Any]:
        """Keyword arguments of `make`, from a DatasetConfig."""
        values = {name: getattr(config, name) for name in self.defaults}
        return values | {name: known[values[name]] for name, known in self.lookups.items()}

    @property
    def n_targets(self) -> int:
        """Number of targets of a sample."""
        return max(1, len(self.target_names))

    def names_of_targets(self) -> tuple[str, ...]:
        """Names of the targets; one empty name for a classification."""
        return self.target_names or (self.target_name,)

    def names_of_features(self) -> tuple[str, ...]:
        """Names of the columns of X."""
        return self.feature_names() if self.feature_names else numbered_features(self.n_features)

    def names_of_classes(self, n_classes: int | None) -> tuple[str, ...]:
        """Names of the classes; empty for regression."""
        return self.class_names or tuple(f"class {k}" for k in range(n_classes or 0))
