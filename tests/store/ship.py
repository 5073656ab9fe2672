"""Train the runs that come with annlab: ``python -m tests.store.ship``."""

from annlab import train
from annlab.datasets.serialize import bytes_for_display
from annlab.lessons.experiments import DEFAULTS
from annlab.store.shipped import FOLDER, data_file, run_file


def main() -> None:
    """Train what the pages open with, and replace the files of the folder."""
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        path.unlink()
    for entry in DEFAULTS.values():
        for config in entry.runs:
            run_file(config).write_bytes(train(config).to_bytes())
            data_file(config).write_bytes(bytes_for_display(config))
            print(f"{entry.name}: {config.digest}")


if __name__ == "__main__":
    main()
