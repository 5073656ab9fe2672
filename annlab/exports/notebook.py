"""Export of a run as a Jupyter notebook: installation, Lightning script, learning curve."""

import re

from annlab.config import RunConfig
from annlab.exports import script
from annlab.exports.lightning import lightning_script

_LOGGING = """logger=pl.loggers.CSVLogger("."),
log_every_n_steps=1,"""
_METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
}
_MORE_IMPORTS = ("import matplotlib.pyplot as plt", "import pandas as pd")

# Earlier Lightning releases include malicious uploads, or run code from untrusted checkpoints.
_INSTALL = '%pip install --quiet "pytorch-lightning>=2.6.6" {}'
_ABOUT_INSTALLING = """\
## Installation

On Colab, and wherever a package is missing, run this cell first. It changes nothing where all \
packages are there."""
_ABOUT_MEASURING = """\
## Learning curve

annlab measures after each epoch, with dropout switched off, on all samples of a split. {}"""
_SAME = "So does the curve `{}` here. "
_RUNNING_MEAN = """\
Lightning's `train_loss` is the mean over the steps of an epoch: measured while the network still \
learns{}. It is usually higher than annlab's training loss, most of all in the first epochs."""

_CURVE = """\
history = pd.read_csv(f"{trainer.logger.log_dir}/metrics.csv").groupby("epoch").mean()
history.filter(like="loss").plot(ylabel="loss")
plt.show()"""


def notebook(config: RunConfig) -> str:
    """Return a notebook that trains one network of a run and shows score and learning curve.

    Parameters
    ----------
    config : RunConfig
        Config of the run.

    Returns
    -------
    str
        JSON of a notebook without outputs: a cell that installs packages (for Colab), the cells
        of the Lightning script, and a cell that plots the losses, which Lightning logs to the
        folder ``lightning_logs`` beside the notebook.
    """
    # Only this function needs nbformat, whose import takes half a second.
    from nbformat import v4, writes

    script = lightning_script(config, logging=_LOGGING, more_imports=_MORE_IMPORTS)
    start, *sections = re.split(r"^# --- (\w+) ---\n", script, flags=re.MULTILINE)
    _, docstring, imports = start.split('"""')
    title, needs = docstring.split(".\n\n")
    about = f"# {title}\n\n{needs.strip()} The learning curve needs pandas and matplotlib."
    text = [f"{about}\n\n{_ABOUT_INSTALLING}", "## Imports and seed"]
    code = [_INSTALL.format(_packages(imports)), imports]
    for heading, lines in zip(sections[::2], sections[1::2], strict=True):
        text.append(f"## {heading}")
        code.append(lines)
    text.append(_about_measuring(config))
    code.append(_CURVE)
    cells = []
    for i, (above, below) in enumerate(zip(text, code, strict=True)):
        # Fixed cell ids, because random ids would make the file irreproducible.
        cells += [
            v4.new_markdown_cell(above, id=f"text-{i}"),
            v4.new_code_cell(below.strip(), id=f"code-{i}"),
        ]
    return writes(v4.new_notebook(cells=cells, metadata=_METADATA)) + "\n"


def _packages(imports: str) -> str:
    """Packages for pip that the cells need besides Lightning."""
    known = {"sklearn": "scikit-learn"}
    found = {known.get(name, name) for name in script.imported(imports)}
    return " ".join(sorted(found - {"pytorch_lightning"} | {"scikit-learn"}))


def _about_measuring(config: RunConfig) -> str:
    """Text on the difference between the learning curves of annlab and Lightning."""
    training, dropout = config.training, config.model.dropout
    same = ""
    if config.has_validation or training.early_stopping_patience:
        same = _SAME.format(script.watched_name(config))
    return _ABOUT_MEASURING.format(
        same + _RUNNING_MEAN.format(", with dropout switched on" if dropout else "")
    )
