"""The nginx configuration of ``deploy/`` on ports of this machine."""

import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from annlab.jobs.keys import write_key
from tests.started import free_port

CONFIG = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
_STOP_TIMEOUT_SECONDS = 10


def render(folder: Path, web_ports: Sequence[int], http_port: int, https_port: int) -> Path:
    """Write the configuration for web processes on the loopback, with a new certificate.

    Returns
    -------
    Path
        The file. All that is not an address, a port or a path is as in ``deploy/``.
    """
    certificate = folder / "certificate.pem"
    write_key(str(certificate))
    text = CONFIG.read_text()
    servers = re.findall(r"server web-\d+:8501;", text)
    assert len(servers) == len(web_ports)
    for line, port in zip(servers, web_ports, strict=True):
        text = text.replace(line, f"server 127.0.0.1:{port};")
    for old, new in {
        "listen 80;": f"listen 127.0.0.1:{http_port};",
        "listen 443 ssl;": f"listen 127.0.0.1:{https_port} ssl;",
        "/etc/nginx/certificates/fullchain.pem": str(certificate),
        "/etc/nginx/certificates/privkey.pem": str(certificate),
    }.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "nginx.conf"
    path.write_text(text)
    return path


def command(config: Path) -> list[str]:
    """Command line of nginx that writes only into the folder of its configuration."""
    folder = config.parent
    return [
        *("nginx", "-p", str(folder), "-c", str(config), "-e", str(folder / "nginx.log")),
        *("-g", f"pid {folder / 'nginx.pid'}; daemon off;"),
    ]


@contextmanager
def serving(folder: Path, web_ports: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Run nginx in front of web processes; yield its ports for HTTP and HTTPS."""
    http_port, https_port = free_port(), free_port()
    config = render(folder, web_ports, http_port, https_port)
    process = subprocess.Popen(command(config))
    try:
        while not (folder / "nginx.pid").exists():
            assert process.poll() is None, (folder / "nginx.log").read_text()
            time.sleep(0.05)
        yield http_port, https_port
    finally:
        process.terminate()
        process.wait(_STOP_TIMEOUT_SECONDS)
