"""deploy/ says what is true: its variables are read, its programs exist, its placeholders are refused."""

import os
import re
import shlex
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import yaml
from django.conf import settings as project
from django.core.checks import run_checks

from lms.crypto import new_ring

ROOT = Path(project.BASE_DIR)
DEPLOY = ROOT / "deploy"
UNITS = ("web", "worker", "beat")
APP_SERVICES = ("web", "worker", "beat")
# Django itself reads this one.
READ_BY_DJANGO = {"DJANGO_SETTINGS_MODULE"}
PLACEHOLDER = "change-me"


def example() -> dict[str, str]:
    """The variables that deploy/example.env sets, as a program that is started with it gets them."""
    lines = (DEPLOY / "example.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z]", line))


def check(environment: dict[str, str]) -> "subprocess.Popen[str]":
    """``manage.py check --deploy``, with these variables and nothing else of this process that Amends reads."""
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=plain | environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def unit(name: str) -> dict[str, list[str]]:
    """The settings of a systemd unit: name → each value given."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / f"amends-{name}.service").read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            found.setdefault(key, []).append(value)
    return found


def compose_command(service: str) -> list[str]:
    """The command of a service, read as the list of quoted words that it is."""
    found = re.search(rf"^  {service}:\n(?:    .*\n)*?    command: \[(.*)\]$", compose_text(), re.M)
    assert found, service
    return shlex.split(found[1].replace('", "', '" "'))


def compose_text() -> str:
    return (DEPLOY / "compose.yaml").read_text()


def compose_block(name: str) -> str:
    """The lines that stand under a name, comments left out."""
    found = re.search(rf"^( *){name}:.*\n((?:\1  .*\n|\n)*)", compose_text(), re.M)
    assert found, name
    return re.sub(r"^ *#.*\n", "", found[2], flags=re.M)


# --- the example's variables -------------------------------------------------------------------


def test_every_variable_that_production_reads_is_in_the_example_and_the_other_way_round():
    settings_text = "".join((ROOT / "lms/settings" / f"{name}.py").read_text() for name in ("base", "production"))
    read = set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', settings_text))
    named = re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "example.env").read_text(), re.M)
    assert len(named) == len(set(named))
    assert set(named) == read | READ_BY_DJANGO


def test_systemd_compose_and_a_shell_read_the_example_alike():
    for name, value in example().items():
        assert shlex.split(value) == [value], name
        assert "$" not in value, name


def test_the_filled_in_example_passes_every_check_and_the_example_itself_is_refused(tmp_path):
    ring = tmp_path / "ring"
    ring.write_text(new_ring())
    own = {"KEY_RING_FILE": str(ring), "DATA_DIR": str(tmp_path)}
    secret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQR"
    as_it_is, filled_in = check(example() | own), check(
        {name: value.replace(PLACEHOLDER, secret) for name, value in example().items()} | own
    )  # fmt: skip
    said = filled_in.communicate(timeout=60)[0]
    assert (filled_in.returncode, said) == (0, "System check identified no issues (0 silenced).\n")
    said = as_it_is.communicate(timeout=60)[0]
    assert as_it_is.returncode == 1
    refused = [name for name, value in example().items() if PLACEHOLDER in value]
    assert sorted(re.findall(r"\(lms\.E004\) (\w+) still says", said)) == sorted(refused)


def test_collected_files_can_be_read_by_a_service_that_is_not_their_owner():
    code = "from django.core.files.storage import storages; print(storages['staticfiles'].file_permissions_mode)"
    plain = {"PATH": os.environ["PATH"], **example()}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=plain, capture_output=True, text=True, check=True)
    assert int(done.stdout) == 0o644


@pytest.mark.parametrize(
    "name, value",
    [
        ("SECRET_KEY", "change-me-to-fifty-random-characters-or-more"),
        ("SECRET_KEY_FALLBACKS", ["an old one", "change-me"]),
        ("KEY_RING", "1:change-me"),
        ("KEY_RING_FILE", Path("/change-me/ring")),
        ("SIGNING_KEY_FILE", Path("/change-me/reports.key.pem")),
        ("SIGNING_CERTIFICATE_FILE", Path("/change-me/reports.cert.pem")),
        ("SIGNING_AUTHORITY_FILE", Path("/change-me/reports.ca.pem")),
        ("CELERY_BROKER_URL", "amqp://amends:change-me@broker:5672//"),
        ("EMAIL_HOST_PASSWORD", "change-me"),
    ],
)
def test_a_placeholder_that_is_left_is_refused_by_its_name(settings, name, value):
    setattr(settings, name, value)
    # Playing with the example's words is allowed, serving people with them is not.
    assert [found for found in run_checks() if found.id == "lms.E004"] == []
    settings.DEVELOPMENT = False
    assert [found.msg for found in run_checks() if found.id == "lms.E004"] == [f"{name} still says “change-me”."]


# --- units -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_a_program_that_exists_in_the_environment_of_the_locked_packages(name):
    lines = unit(name)
    folder = Path(lines["WorkingDirectory"][0])
    (command,) = lines["ExecStart"]
    program, *arguments = shlex.split(command)
    assert Path(program).parent == folder / ".venv/bin"
    assert (Path(sys.executable).parent / Path(program).name).exists()
    (script,) = entry_points(group="console_scripts", name=Path(program).name)
    assert callable(script.load())
    assert "lms.wsgi:application" in arguments or arguments[:2] == ["--app", "lms"]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_checks_the_settings_first_and_ends_its_children_in_its_own_way(name):
    lines = unit(name)
    assert lines["ExecStartPre"] == ["/opt/amends/.venv/bin/python manage.py check --deploy"]
    assert lines["KillMode"] == ["mixed"]
    assert lines["EnvironmentFile"] == ["/etc/amends/amends.env"]
    assert lines["User"] == ["amends"]


def test_the_unit_of_beat_writes_where_it_may():
    state = f"/var/lib/{unit('beat')['StateDirectory'][0]}"
    schedule = shlex.split(unit("beat")["ExecStart"][0])[-1]
    assert Path(schedule).parent == Path(state) == Path(example()["DATA_DIR"])


# --- compose -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_a_container_runs_what_the_unit_runs(name):
    program, *arguments = shlex.split(unit(name)["ExecStart"][0])
    assert compose_command(name) == [Path(program).name, *arguments]


@pytest.mark.parametrize("name", APP_SERVICES)
def test_every_app_service_waits_for_the_finished_migration(name):
    assert "    prepare: {condition: service_completed_successfully}\n" in compose_block("x-amends")
    assert compose_block(name).startswith("    <<: *amends\n")
    assert "depends_on" not in compose_block(name)


def test_a_yaml_parser_reads_in_compose_what_we_read():
    services = yaml.safe_load(compose_text())["services"]
    assert "migrate" in services["prepare"]["command"][-1]
    assert {name for name, service in services.items() if service["image"] == "amends"} == {"prepare", *APP_SERVICES}
    for name in APP_SERVICES:
        assert services[name]["depends_on"] == {
            "prepare": {"condition": "service_completed_successfully"},
            "database": {"condition": "service_healthy"},
            "broker": {"condition": "service_healthy"},
        }


def test_what_the_image_copies_is_there_and_holds_all_that_runs():
    copied = re.findall(r"^COPY (?!--)(.*) \S+$", (DEPLOY / "Containerfile").read_text(), re.M)
    sources = {source for line in copied for source in line.split()}
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert {"manage.py", "pyproject.toml", "templates", "lms", "courses", "accountability", "court_reports"} <= sources


def test_only_the_web_server_is_published_and_only_to_this_host():
    published = re.findall(r"^    ports: (.*)$", compose_text(), re.M)
    assert published == ['["127.0.0.1:8000:8000"]']


def test_what_compose_reads_as_secret_is_kept_out_of_git_and_of_the_image():
    sources = re.findall(r"(?:\{file: |env_file: \[)(\w+/)", compose_text())
    assert set(sources) == {"secrets/"}
    for ignored in (".gitignore", ".containerignore", ".dockerignore"):
        assert "deploy/secrets" in (ROOT / ignored).read_text().replace("secrets/", "secrets").split()
