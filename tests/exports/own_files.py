"""Files of one's own for tests: bytes in many dialects, and the table that they hold."""

import csv
import gzip
import hashlib
import io
from typing import Any

import numpy as np

from annlab.datasets.own.own_data import OwnColumn, OwnData
from annlab.datasets.own.recipe import ColumnRecipe, Dialect, TableRecipe
from annlab.datasets.own.table import Table

USUAL = Dialect()
PLAIN = {
    **{name: name for name in ("size", "weight", "color", "kind", "farm")},
    "other": "price",
    "yes": "ja",
}
# Texts that end strings, fields, lines and formats, and parts of templates.
HOSTILE = {
    "size": "'''\\\"\"\"#",
    "weight": "{weight} ${data} %s \\n",
    "color": "a'b\"c\\",
    "kind": "exec('1/0')",
    "farm": '"; import os #',
    "red": "{0}'\"\\",
    "other kind": 'b"""; raise SystemExit',
    "other": "TARGET + {name}'",
    "yes": '{text}"#',
}
CLASSES = ("binary", "multiclass")
NUMBERS = ("regression", "multioutput_regression")
SEVERAL = ("multioutput_regression", "multilabel")
CODECS = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "cp1252": "cp1252"}


def written_number(value: float, dialect: Dialect) -> str:
    text = f"{value:,.4f}".replace(",", "T").replace(".", dialect.decimal)
    return text.replace("T", dialect.thousands)


def own_file(
    dialect: Dialect = USUAL,
    *,
    names: dict[str, str] = PLAIN,
    title: str = "mixed.csv",
    groups: bool = False,
    task: str = "multiclass",
    gaps: bool = True,
    seed: int = 0,
) -> tuple[bytes, Table]:
    """Bytes of a file with gaps, rare values, useless rows, and the table that they hold."""
    rng = np.random.default_rng(seed)
    n = 150
    sizes, weights = rng.normal(50_000, 20_000, n).round(4), rng.normal(size=n).round(4)
    colors = rng.integers(0, 5, n)  # the last two are rare values
    color_names = [names.get("red", "red"), "green ", "blau\u00df"]
    kinds = ["one", names.get("other kind", "two"), "three"][: 2 if task == "binary" else 3]
    farms = rng.integers(0, 25, n)
    scores = (sizes / 1e4 + weights).round(4)
    prices = (scores**2).round(4)
    codes = rng.integers(0, len(kinds), n)
    has_target = rng.random(n) < 0.9
    has_other = np.arange(n) % 11 != 3
    several = task in SEVERAL
    pairs = [("nein", names["yes"]), ("0", "1")]
    are_yes = np.stack([codes == 1, scores > 5], axis=1)
    gap = (rng.random((n, 2)) < 0.15) & gaps
    marks = [*dialect.missing, ""]
    X = np.stack([sizes, weights, np.minimum(colors, len(color_names)).astype(float)], axis=1)
    X[:, 1:][gap] = np.nan
    rows: list[list[str]] = []
    for k in range(n):
        mark = marks[k % len(marks)]
        shown = [*color_names, "rare", "rarer"][colors[k]]
        target, other = kinds[codes[k]], "left out"
        if task in NUMBERS:
            target = written_number(scores[k], dialect)
            other = written_number(prices[k], dialect)
        if task == "multilabel":
            target, other = (pair[int(yes)] for pair, yes in zip(pairs, are_yes[k], strict=True))
        rows.append(
            [
                f" {written_number(sizes[k], dialect)} ",
                mark if gap[k, 0] else written_number(weights[k], dialect),
                (other if has_other[k] else mark) if several else "left out",
                mark if gap[k, 1] else shown,
                target if has_target[k] else mark,
                "" if farms[k] == 24 else f"farm {farms[k]} ",
            ]
        )
    kind_of_target = "number" if task in NUMBERS else "category"
    roles = [
        (names["size"], "number", "feature"),
        (names["weight"], "number", "feature"),
        (names["other"], kind_of_target, "target") if several else ("useless", "text", "ignored"),
        (names["color"], "category", "feature"),
        (names["kind"], kind_of_target, "target"),
        (names["farm"], "category", "group" if groups else "ignored"),
    ]
    keep = np.flatnonzero(has_target & has_other if several else has_target)
    labels = [f"row {k}" if farms[k] == 24 else str(farms[k]) for k in keep]
    first = {label: labels.index(label) for label in labels}
    order = sorted(first, key=first.__getitem__)
    indices = np.array([order.index(label) for label in labels])
    data = _file(rows, [name for name, _, _ in roles], dialect, packed=title.endswith(".gz"))
    recipe = TableRecipe(
        dialect=dialect,
        columns=tuple(ColumnRecipe(name=a, type=b, role=c) for a, b, c in roles),
    )
    facts: dict[str, Any] = {"target_name": names["kind"]}
    y: Any = scores[keep]
    if several:
        facts = {"target_names": (names["other"], names["kind"])}
        y = np.stack([prices, scores], axis=1)[keep]
    if task == "multilabel":
        # In the order of the file.
        facts["label_values"] = tuple(pairs[::-1])
        y = are_yes[keep, ::-1].astype(np.int64)
    if task in CLASSES:
        ordered = sorted(kinds)
        y = np.array([ordered.index(kinds[codes[k]]) for k in keep])
        facts |= {"class_names": tuple(ordered), "class_counts": tuple(np.bincount(y).tolist())}
    own = OwnData(
        source="file",
        title=title,
        content=hashlib.sha256(repr((data, groups, task)).encode()).hexdigest(),
        file=hashlib.sha256(data).hexdigest(),
        recipe=recipe,
        task=task,
        n_rows=len(keep),
        columns=(
            OwnColumn(name=names["size"]),
            OwnColumn(name=names["weight"], has_missing=gaps),
            OwnColumn(
                name=names["color"], values=tuple(color_names), has_other=True, has_missing=gaps
            ),
        ),
        group_sizes=tuple(np.bincount(indices).tolist()) if groups else (),
        **facts,
    )
    return data, Table(own, X[keep], y, indices if groups else None)


def _file(rows: list[list[str]], header: list[str], dialect: Dialect, *, packed: bool) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=dialect.delimiter)
    above: list[list[str]] = [["A title"], []] if dialect.n_title_rows else []
    head = [header] if dialect.has_header else []
    below = [["Total", *[""] * 4, "x"]] * dialect.n_footer_rows
    middle = len(rows) // 2
    unreadable = [["too", "few"], [*map(str, range(9))], [], ["", "", ""]]
    writer.writerows([*above, *head, *rows[:middle], *unreadable, *rows[middle:], *below])
    data = text.getvalue().encode(CODECS[dialect.encoding])
    return gzip.compress(data) if packed else data
