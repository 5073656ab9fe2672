"""Section with which an exported script splits and prepares data of one's own."""

from string import Template

from annlab.config import DatasetConfig
from annlab.datasets.own.groups import take_groups
from annlab.datasets.own.own_data import OwnData
from annlab.exports.section import Section, printed

_GROUPS = Template("""
# A group's rows stay together; groups are numbered in the order of their first rows.
$groups


$take_groups


sizes = np.bincount(groups)
order = np.random.RandomState($seed).permutation(len(sizes)).tolist()
""")
_ONE_SPLIT = Template("""\
held_out = take_groups(order, sizes, $fraction)
order = [group for group in order if group not in held_out]
splits["$split"] = X[np.isin(groups, held_out)], y[np.isin(groups, held_out)]
""")
_TRAIN = """\
splits["train"] = X[np.isin(groups, order)], y[np.isin(groups, order)]
"""
_GROUPS_OF_A_FILE = """\
groups = [text.strip() for text in table[GROUP]]
# A row without a group is one by itself.
groups = [row if text in MISSING else text for row, text in enumerate(groups)]
groups, _ = pd.factorize(pd.Series(groups, dtype=object))"""
_GROUPS_OF_ARRAYS = """\
_, first, groups = np.unique(np.load("groups.npy"), return_index=True, return_inverse=True)
groups = np.argsort(np.argsort(first))[groups]"""

_PREPARATION = """

def preparation_of(name):
    \"\"\"One input per value of a category; else the median and an input that marks gaps.\"\"\"
    if name in CATEGORIES:
        codes = [*range(len(CATEGORIES[name]) + (name in WITH_OTHERS))]
        known = [*codes, np.nan] if name in WITH_GAPS else codes
        return OneHotEncoder(categories=[known], sparse_output=False)
    if name not in WITH_GAPS:
        return "passthrough"
    imputer = SimpleImputer(strategy="median", keep_empty_features=True)
    return FeatureUnion([("median", imputer), ("gap", MissingIndicator(features="all"))])


# Medians are those of the training samples.
preparation = ColumnTransformer(
    [(str(k), preparation_of(name), [k]) for k, name in enumerate(FEATURES)],
    sparse_threshold=0,
).fit(splits["train"][0])
splits = {name: (preparation.transform(X), y) for name, (X, y) in splits.items()}
"""
_PREPARATION_IMPORTS = (
    "from sklearn.compose import ColumnTransformer",
    "from sklearn.impute import MissingIndicator, SimpleImputer",
    "from sklearn.pipeline import FeatureUnion",
    "from sklearn.preprocessing import OneHotEncoder",
)


def split_of_groups(config: DatasetConfig) -> Section:
    """Section that splits ``X`` and ``y`` so that the rows of one group stay together."""
    assert config.own
    of_file = config.own.source == "file"
    taking = printed(take_groups)
    text = _GROUPS.substitute(
        groups=_GROUPS_OF_A_FILE if of_file else _GROUPS_OF_ARRAYS,
        take_groups=taking.text,
        seed=config.split_seed,
    )
    for split in ("test", "validation"):
        if fraction := getattr(config, f"{split}_fraction"):
            text += _ONE_SPLIT.substitute(split=split, fraction=fraction)
    return Section(text + _TRAIN, (*taking.imports, "import numpy as np"))


def preparation(own: OwnData | None) -> Section:
    """Section that turns the features of ``splits`` into inputs; empty if they are the inputs."""
    if own is None or not own.is_prepared:
        return Section("", ())
    return Section(_PREPARATION, _PREPARATION_IMPORTS)
