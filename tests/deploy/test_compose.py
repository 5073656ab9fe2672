"""The compose file: pinned images, commands and variables that exist, secrets from outside."""

import re
import shlex
import subprocess
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

import yaml
from streamlit import config

from annlab.environment import Environment

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
TEXTS = {path.name: path.read_text() for path in DEPLOY.iterdir() if path.is_file()}


def _command(service: str) -> list[str]:
    command = SERVICES[service]["command"]
    # Compose replaces ${NAME:-default}.
    parts = command if isinstance(command, list) else shlex.split(command)
    return [re.sub(r"\$\{\w+:-(.*)\}", r"\1", part) for part in parts]


def test_foreign_images_are_pinned_and_ours_is_built() -> None:
    for name, service in SERVICES.items():
        if "build" in service:
            assert (DEPLOY / service["build"]["context"]).resolve() == ROOT
            assert (ROOT / service["build"]["dockerfile"]).is_file()
        else:
            assert re.fullmatch(r"\w+:\d+\.\d+(\.\d+)?-\w+", service["image"]), name


def test_services_wait_for_services_that_say_when_they_are_healthy() -> None:
    image_checks = {name for name, service in SERVICES.items() if "build" in service}
    for service in SERVICES.values():
        for other, on in service.get("depends_on", {}).items():
            assert on == {"condition": "service_healthy"}
            assert other in image_checks or "healthcheck" in SERVICES[other]
            assert not SERVICES[other].get("healthcheck", {}).get("disable")
            assert {*service["networks"]} & {*SERVICES[other]["networks"]}
    assert {name for service in SERVICES.values() for name in service["networks"]} == {
        *COMPOSE["networks"]
    }


def test_dask_takes_the_command_of_the_scheduler() -> None:
    from distributed.cli.dask_scheduler import main

    dask, command, *options = _command("scheduler")
    assert (dask, command) == ("dask", "scheduler")
    main.make_context("scheduler", options)  # refuses an option that does not exist


def test_annlab_takes_the_command_of_the_workers() -> None:
    python, option, module, _, n_workers = _command("worker")
    assert (python, option) == ("python", "-m")
    assert signature(import_module(module).main).bind("address", int(n_workers))


def test_only_the_scheduler_is_named_as_scheduler() -> None:
    port = _command("scheduler")[_command("scheduler").index("--port") + 1]
    address = f"tcp://scheduler:{port}"
    assert _command("worker")[3] == address
    for web in ("web-1", "web-2"):
        assert SERVICES[web]["environment"]["ANNLAB_SCHEDULER"] == address
    # Whoever reaches it can run code on it.
    assert not {"front"} & {*SERVICES["scheduler"]["networks"], *SERVICES["worker"]["networks"]}
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]


def test_nginx_knows_every_web_process() -> None:
    webs = {name for name in SERVICES if name.startswith("web-")}
    assert {*re.findall(r"server (web-\d+):8501;", TEXTS["nginx.conf"])} == webs
    assert {*SERVICES["nginx"]["depends_on"]} == webs
    path = SERVICES["web-1"]["environment"]["STREAMLIT_SERVER_BASE_URL_PATH"]
    assert f"location /{path}/ " in TEXTS["nginx.conf"]
    assert f"--server.baseUrlPath {path}\n" in TEXTS["annlab.service"]


def test_secrets_come_from_a_file_that_is_not_committed() -> None:
    named = {*re.findall(r"\$\{(\w+)", TEXTS["compose.yaml"])}
    example = dict(re.findall(r"^(\w+)=(.*)$", TEXTS[".env.example"], re.M))
    assert {*example} == named
    assert example["POSTGRES_PASSWORD"] == example["COOKIE_SECRET"] == ""
    for name in ("deploy/.env", "deploy/certificates/privkey.pem"):
        ignored = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False)
        assert ignored.returncode == 0, name


def test_every_variable_of_annlab_exists_and_is_documented() -> None:
    named = {name for text in TEXTS.values() for name in re.findall(r"\bANNLAB_[A-Z_]*[A-Z]", text)}
    assert "ANNLAB_DATABASE_URL" in named
    assert named <= {f"ANNLAB_{name.upper()}" for name in Environment.model_fields}
    documented = (ROOT / "docs" / "hosting.md").read_text()
    assert all(f"`{name}`" in documented for name in named)


def test_every_variable_of_streamlit_exists() -> None:
    named = {name for text in TEXTS.values() for name in re.findall(r"\bSTREAMLIT_[A-Z_]+", text)}
    assert "STREAMLIT_SERVER_BASE_URL_PATH" in named
    known = {option.env_var for option in config.get_config_options().values()}
    assert named <= known
