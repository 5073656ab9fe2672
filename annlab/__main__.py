"""Start the app: ``python -m annlab``, with the options of ``streamlit run``."""

import os
import sys
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path

from annlab.environment import check_environment
from annlab.host.log import set_up_log
from annlab.host.metrics import METRICS

# A wheel contains the pages inside the package; a checkout has them beside the package.
_PACKAGE = Path(__file__).resolve().parent
_FOLDERS = (_PACKAGE / "app", _PACKAGE.parent)
_ADDRESS = "--server.address"


def with_address(arguments: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """Complete arguments of ``streamlit run``: without an address, only this machine is served.

    Streamlit alone would listen on every address of the machine.

    Parameters
    ----------
    arguments : sequence of str
        Options, and after ``--`` those of the script, which are not looked at.
    environment : mapping of str to str
        Environment variables, of which ``STREAMLIT_SERVER_ADDRESS`` names an address too. An
        empty one counts as not set.
    """
    options = takewhile(lambda argument: argument != "--", arguments)
    named = any(option.partition("=")[0] == _ADDRESS for option in options)
    if named or environment.get("STREAMLIT_SERVER_ADDRESS"):
        return list(arguments)
    return [_ADDRESS, "127.0.0.1", *arguments]


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
    arguments = with_address(sys.argv[1:], os.environ)
    cli.main(["run", str(script), *arguments], prog_name="streamlit")


if __name__ == "__main__":
    main()
