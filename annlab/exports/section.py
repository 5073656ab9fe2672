"""Sections of a script: lines with their imports, and the source of our own functions."""

import ast
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Section:
    """Lines of a script, and the import lines that they need."""

    text: str
    imports: tuple[str, ...]


def printed(function: Callable[..., Any]) -> Section:
    """Source of a function without annotations, which refer to annlab types."""
    source = inspect.getsource(function).rstrip()
    tree = ast.parse(source).body[0]
    assert isinstance(tree, ast.FunctionDef)
    lines = source.split("\n")
    if tree.returns:
        line = lines[tree.returns.lineno - 1]
        arrow = line.rindex(" -> ", 0, tree.returns.col_offset)
        lines[tree.returns.lineno - 1] = line[:arrow] + line[tree.returns.end_col_offset :]
    for argument in reversed(tree.args.args):
        if argument.annotation:
            line, name_ends = lines[argument.lineno - 1], argument.col_offset + len(argument.arg)
            rest = re.sub("^ = ", "=", line[argument.annotation.end_col_offset :])
            lines[argument.lineno - 1] = line[:name_ends] + rest
    inside = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    if inside:  # local imports come first, followed by an empty line
        del lines[inside[0].lineno - 1 : (inside[-1].end_lineno or 0) + 1]
    if len(lines) > 2 and lines[2] == "):" and not lines[1].endswith(","):  # now fits one line
        lines[:3] = [f"{lines[0]}{lines[1].strip()}):"]
    return Section("\n".join(lines), tuple(ast.unparse(node) for node in inside))
