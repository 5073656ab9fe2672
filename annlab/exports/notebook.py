"""A run as a Jupyter notebook: the Lightning script in cells, and its learning curve."""

import re

from annlab.config import RunConfig
from annlab.exports.lightning import lightning_script

_LOGGING = """logger=pl.loggers.CSVLogger("."),
log_every_n_steps=1,"""
_METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
}
_MORE_IMPORTS = ("import matplotlib.pyplot as plt", "import pandas as pd")

_CURVE = """\
history = pd.read_csv(f"{trainer.logger.log_dir}/metrics.csv").groupby("epoch").mean()
history.filter(like="loss").plot(ylabel="loss")
plt.show()"""


def notebook(config: RunConfig) -> str:
    """Write the notebook that trains one network of a run and shows its score and its curve.

    Parameters
    ----------
    config : RunConfig
        What the notebook shall do.

    Returns
    -------
    str
        JSON of a notebook without outputs: the cells of the Lightning script, and one that
        draws the losses. Lightning keeps these in a folder ``lightning_logs`` beside it.
    """
    # Imported late: only this needs it, and it takes half a second.
    from nbformat import v4, writes

    script = lightning_script(config, logging=_LOGGING, more_imports=_MORE_IMPORTS)
    start, *sections = re.split(r"^# --- (\w+) ---\n", script, flags=re.MULTILINE)
    _, docstring, imports = start.split('"""')
    title, needs = docstring.split(".\n\n")
    text = [f"# {title}\n\n{needs.strip()} The learning curve needs pandas and matplotlib."]
    code = [imports]
    for heading, lines in zip(sections[::2], sections[1::2], strict=True):
        text.append(f"## {heading}")
        code.append(lines)
    text.append("## Learning curve")
    code.append(_CURVE)
    cells = []
    for i, (above, below) in enumerate(zip(text, code, strict=True)):
        # With ids of their own, or they would be drawn by chance.
        cells += [
            v4.new_markdown_cell(above, id=f"text-{i}"),
            v4.new_code_cell(below.strip(), id=f"code-{i}"),
        ]
    return writes(v4.new_notebook(cells=cells, metadata=_METADATA)) + "\n"
