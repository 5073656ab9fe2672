"""Start the app: ``python -m annlab``, with the options of ``streamlit run``."""

import sys
from pathlib import Path

from annlab.environment import check_environment
from annlab.host.log import set_up_log
from annlab.host.metrics import METRICS

# A wheel contains the pages inside the package; a checkout has them beside the package.
_PACKAGE = Path(__file__).resolve().parent
_FOLDERS = (_PACKAGE / "app", _PACKAGE.parent)


def main() -> None:
    """Serve the app until interrupted, with the arguments of ``streamlit run``.

    A wrong ``ANNLAB_*`` variable ends the process with exit code 1 before the server starts.
    """
    log = set_up_log()
    try:
        METRICS.serve_once(check_environment().metrics_port)
    except ValueError as error:
        log.critical("%s", error)
        sys.exit(1)
    from streamlit.web import cli

    script = next(path for path in (f / "streamlit_app.py" for f in _FOLDERS) if path.exists())
    cli.main(["run", str(script), *sys.argv[1:]], prog_name="streamlit")


if __name__ == "__main__":
    main()
