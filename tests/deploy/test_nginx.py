"""nginx in front of web processes: limits, headers, and one process per browser."""

import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import threading
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.nginx import CONFIG, command, render, serving

ROOT = CONFIG.parents[1]
needs_nginx = pytest.mark.skipif(
    shutil.which("nginx") is None and not os.environ.get("TESTS_REQUIRE_NGINX"),
    reason="there is no nginx",
)


def test_the_upload_limit_is_that_of_streamlit() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    megabytes = settings["server"]["maxUploadSize"]  # of 2^20 bytes in both
    assert re.findall(r"client_max_body_size (.+);", CONFIG.read_text()) == [f"{megabytes}m"]


@needs_nginx
def test_nginx_takes_the_configuration(tmp_path: Path) -> None:
    config = render(tmp_path, [8501, 8502], 8080, 8443)
    done = subprocess.run([*command(config), "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


class _Echo(BaseHTTPRequestHandler):
    """Answers with the headers of the request, and with the port that it reached."""

    def do_GET(self) -> None:
        said = json.dumps(
            {**self.headers, "port": self.connection.getsockname()[1], "path": self.path}
        )
        self.send_response(200)
        self.end_headers()
        self.wfile.write(said.encode())

    do_PUT = do_GET  # noqa: N815 - the name is http.server's

    def log_message(self, *_: Any) -> None:
        """Keep silent."""


@contextmanager
def _echo() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """Ports of nginx for HTTP and HTTPS, in front of two echoes."""
    with ExitStack() as stack:
        echoes = [stack.enter_context(_echo()) for _ in range(2)]
        yield stack.enter_context(serving(tmp_path_factory.mktemp("nginx"), echoes))


def _ask(port: int, path: str = "/annlab/", method: str = "GET", **headers: str) -> Any:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=10)
    connection.request(method, path, headers=headers)
    answer: Any = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer


@needs_nginx
def test_plain_http_leads_to_https(ports: tuple[int, int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", ports[0], timeout=10)
    connection.request("GET", "/annlab/compare?run=1", headers={"Host": "example.org"})
    answer = connection.getresponse()
    assert answer.status == 301
    assert answer.headers["Location"] == "https://example.org/annlab/compare?run=1"
    connection.close()


@needs_nginx
def test_the_top_leads_to_the_subpath(ports: tuple[int, int]) -> None:
    for path in ("/", "/annlab"):
        answer = _ask(ports[1], path)
        assert answer.status == 302
        assert answer.headers["Location"].endswith("/annlab/")
    assert _ask(ports[1], "/elsewhere").status == 404


@needs_nginx
def test_a_browser_stays_on_its_process(ports: tuple[int, int]) -> None:
    first = _ask(ports[1])
    cookie, *attributes = first.headers["Set-Cookie"].split("; ")
    assert {"Secure", "HttpOnly", "Path=/annlab/"} <= {*attributes}
    again = [_ask(ports[1], Cookie=cookie) for _ in range(3)]
    assert len({json.loads(answer.body)["port"] for answer in again}) == 1
    assert all("Set-Cookie" not in answer.headers for answer in again)
    # Without cookies, the address decides: it is always the same here.
    assert len({json.loads(_ask(ports[1]).body)["port"] for _ in range(3)}) == 1
    # Many browsers use both.
    answers = [_ask(ports[1], Cookie=f"annlab_server={k}") for k in range(12)]
    assert len({json.loads(answer.body)["port"] for answer in answers}) == 2


@needs_nginx
def test_what_streamlit_has_to_know_goes_through(ports: tuple[int, int]) -> None:
    said = json.loads(_ask(ports[1], Host="example.org:444", Upgrade="websocket").body)
    assert said["Host"] == "example.org:444"
    assert (said["Upgrade"], said["Connection"]) == ("websocket", "upgrade")
    assert (said["X-Forwarded-Proto"], said["X-Forwarded-For"]) == ("https", "127.0.0.1")
    assert said["path"] == "/annlab/"
    assert json.loads(_ask(ports[1]).body)["Connection"] == "close"


@needs_nginx
def test_no_other_site_may_frame_a_page(ports: tuple[int, int]) -> None:
    headers = _ask(ports[1]).headers
    assert headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"]


@needs_nginx
def test_a_larger_upload_is_refused(ports: tuple[int, int]) -> None:
    assert _ask(ports[1], method="PUT", **{"Content-Length": str(20 * 2**20 + 1)}).status == 413
