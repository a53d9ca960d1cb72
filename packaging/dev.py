"""
One door for whoever builds 工会法律保障工作台: set up, run, test, check, measure, lock.

Standard library only: this file must run on a fresh Python before anything is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:  # when it is loaded by path, as the tests do
    sys.path.insert(0, str(HERE))
from building.running import ROOT, DevError, run, run_or_stop  # noqa: E402

VENV = ROOT / ".venv"
PYPROJECT = ROOT / "pyproject.toml"
LOCK = ROOT / "packaging" / "requirements.lock"
STAMP = VENV / "union-desk.stamp"
OLDEST_PYTHON = (3, 11)
MOST_TESTERS = 4  # processes of the whole suite; each holds a window and a vault of the sample year

FONTS = ROOT / "resources" / "fonts"
N_FONTS = 5

# What Debian-like systems lack on a fresh install, and who needs it.
APT_PACKAGES = {
    "python3-venv": "makes the virtual environment (Debian takes ensurepip out of python3)",
    "age": "the tests open our packages with the standard program",
    "binutils": "the build reads what libraries a library needs",
    "fonts-wqy-zenhei": "printed sheets and the window need a Chinese font; Windows brings its own",
    "fonts-noto-cjk": "the titles of letters, where 小标宋 is not there",
    "fonts-lxgw-wenkai": "rare characters of people's names",
    "poppler-utils": "the tests ask another program which fonts a PDF holds",
    "libreoffice-writer-nogui": "the tests open a letter in the program an office has",
    "libreoffice-calc-nogui": "the tests open a workbook in the program an office has",
    "default-jre-headless": "the tests have a second judge of PDF/A, which is written in Java",
    "libjaxb-api-java": "that judge",
    "libpdfbox2-java": "that judge",
    "libglib2.0-0": "Qt",
    "libegl1": "Qt",
    "libgl1": "Qt",
    "libdbus-1-3": "Qt",
    "libfontconfig1": "Qt finds fonts with it",
    "libxkbcommon0": "Qt reads the keyboard with it",
    "libxcb-cursor0": "Qt opens a window with it",
    "libxcb-icccm4": "Qt opens a window with it",
    "libxcb-keysyms1": "Qt opens a window with it",
    "libxcb-shape0": "Qt opens a window with it",
    "libxkbcommon-x11-0": "Qt opens a window with it",
}
# Without these nothing can go on; the others cost a few failed tests.
APT_ESSENTIAL = frozenset({"python3-venv"})

# Arguments of the environment's Python; import-linter has no `-m` entry of its own.
CHECKS: Mapping[str, Sequence[str]] = {
    "format": ("-m", "ruff", "format", "--check"),
    "lint": ("-m", "ruff", "check"),
    "types": ("-m", "mypy"),
    "layers": ("-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"),
}


def python_in(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


# System packages


def missing_system_packages() -> list[str]:
    """Names from APT_PACKAGES this system lacks; empty where there is no apt."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-query")):
        return []
    return [name for name in APT_PACKAGES if not _has_system_package(name)]


def _has_system_package(name: str) -> bool:
    if name == "python3-venv":  # a Python not from Debian brings its own ensurepip
        spec = importlib.util.find_spec("ensurepip")
        return spec is not None and spec.origin is not None  # a folder left behind has no origin
    # Debian 13 gave libraries with a 64-bit time_t a suffix; apt-get still takes the old name.
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}\n", name, f"{name}t64"]
    answer = subprocess.run(query, capture_output=True, encoding="utf-8", errors="replace", check=False)
    return "installed" in answer.stdout.splitlines()


def apt_advice(missing: Sequence[str]) -> str:
    """What a user without root rights has to type, and why."""
    reasons = [f"  {name}: {APT_PACKAGES[name]}" for name in missing]
    command = f"sudo apt-get install -y --no-install-recommends {' '.join(missing)}"
    return "\n".join(["Missing system packages:", *reasons, "Install them with:", f"  {command}"])


def install_system_packages() -> None:
    """Install what is missing when root, else say how; stop only for what is essential."""
    missing = missing_system_packages()
    if not missing:
        return
    if is_root():
        _apt_install(missing)
    else:
        print(apt_advice(missing))
    if essential := APT_ESSENTIAL.intersection(missing_system_packages()):
        raise DevError(f"cannot go on without {', '.join(sorted(essential))}.")


def is_root() -> bool:
    """Whether we may call apt-get ourselves; never on Windows, which has no such user id."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _apt_install(missing: Sequence[str]) -> None:
    print(f"Installing system packages: {' '.join(missing)}")
    run(["apt-get", "update"])  # a failure here shows in the install below
    install = ["apt-get", "install", "-y", "--no-install-recommends"]

    def failed(*names: str) -> bool:
        return run([*install, *names], DEBIAN_FRONTEND="noninteractive") != 0

    # One name that this release of Debian does not know stops all the others: then each is tried alone.
    if failed(*missing) and (unknown := [name for name in missing if failed(name)]):
        print(f"apt-get could not install: {' '.join(unknown)}")
    importlib.invalidate_caches()


# The virtual environment


def home_digest() -> str:
    """Changes when the environment must be made anew: another Python, or the folder was moved."""
    place = f"{platform.python_implementation()} {platform.python_version()} {platform.machine()} {ROOT}"
    return hashlib.sha256(place.encode("utf-8")).hexdigest()


def content_digest() -> str:
    """Changes when something has to be installed: lock, project file, system packages."""
    digest = hashlib.sha256(repr(APT_PACKAGES).encode("utf-8"))
    for path in (LOCK, PYPROJECT):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def read_stamp() -> list[str]:
    """The digests the environment was finished with; empty when it never was."""
    try:
        return STAMP.read_text(encoding="utf-8").split()
    except OSError:
        return []


def _write_stamp(*digests: str) -> None:
    STAMP.write_text("\n".join(digests), encoding="utf-8")


def is_ready() -> bool:
    """Whether `.venv` is what lock, project and this Python ask for."""
    return read_stamp() == [home_digest(), content_digest()] and python_in(VENV).exists()


def ensure_ready() -> None:
    """Bring `.venv` up to date; does nothing when it is."""
    if is_ready():
        return
    install_system_packages()
    _make_environment()
    _install_from_lock()
    _make_fonts()
    _write_stamp(home_digest(), content_digest())


def _make_environment() -> None:
    # In place when only the content changed: a colleague's running program keeps its interpreter.
    if read_stamp()[:1] == [home_digest()] and python_in(VENV).exists():
        return
    if Path(sys.prefix).resolve() == VENV.resolve():
        raise DevError("the environment must be made anew: call dev.py with the system's Python.")
    print(f"Making the virtual environment for Python {platform.python_version()}")
    venv.EnvBuilder(clear=True, with_pip=True, symlinks=os.name != "nt").create(VENV)
    _write_stamp(home_digest())  # if installing fails, the next try goes on from here


def _make_fonts() -> None:
    """The free fonts of letters; Windows has its own but for the title's, which the build brings along."""
    if not shutil.which("apt-get") or len(list(FONTS.glob("*.ttf"))) >= N_FONTS:
        return
    print("Making the fonts of letters")
    if run([python_in(VENV), ROOT / "packaging" / "fonts.py", FONTS]):
        print("The fonts of letters could not be made; letters use what the system has.")


def _install_from_lock() -> None:
    pip = [str(python_in(VENV)), "-m", "pip", "--disable-pip-version-check"]
    install = [*pip, "install", "--quiet", "--no-deps"]
    print("Installing the locked packages")
    run_or_stop([*install, "--require-hashes", "-r", str(LOCK)], "Installing from the lock")
    run_or_stop([*install, "--no-build-isolation", "--editable", str(ROOT)], "Installing the project")
    run_or_stop([*pip, "check"], "Checking that the lock is complete")


# Commands: each takes the rest of the command line and gives the exit code


def command_setup(rest: Sequence[str]) -> int:
    """Make or refresh .venv from the lock; nothing to do when it is up to date."""
    _refuse_arguments("setup", rest)
    ensure_ready()
    print("Ready: .venv matches the lock.")
    return 0


def command_run(rest: Sequence[str]) -> int:
    """Start the program; the arguments are the program's."""
    ensure_ready()
    # The caller's directory stays, so that relative paths mean what the caller sees.
    own = rest[1:] if rest[:1] == ["--"] else rest  # habit of other tools; the program knows no such word
    return run([python_in(VENV), "-m", "desktop_app", *own], cwd=None)


def command_demo(rest: Sequence[str]) -> int:
    """Start the program with the sample year in a throw-away vault."""
    return command_run(["demo", *rest])


def command_test(rest: Sequence[str]) -> int:
    """Run the tests; --long runs the long sweeps whole, other arguments are pytest's."""
    ensure_ready()
    is_whole = not set(rest) - {"--long"}
    # A file stays in one process: its fixtures are made once, and its order is the one it was written in.
    spread = ["-n", str(min(os.cpu_count() or 1, MOST_TESTERS)), "--dist", "loadfile"] if is_whole else []
    # With warnings as errors this makes every open() without an encoding a failed test.
    return run([python_in(VENV), "-m", "pytest", *spread, *rest], PYTHONWARNDEFAULTENCODING="1")


def command_check(rest: Sequence[str]) -> int:
    """Format, lint, types and layers; all of them run, even if one fails."""
    _refuse_arguments("check", rest)
    ensure_ready()
    failed = [name for name, tool in CHECKS.items() if _run_check(name, tool)]
    print("\n" + "\n".join(f"{'FAILED' if name in failed else 'ok':<7}{name}" for name in CHECKS))
    return 1 if failed else 0


def _run_check(name: str, tool: Sequence[str]) -> int:
    print(f"\n== {name}")
    return run([python_in(VENV), *tool])


def command_bench(rest: Sequence[str]) -> int:
    """Measure the targets of the design; the arguments are the benchmark's."""
    ensure_ready()
    return run([python_in(VENV), "-m", "tests.bench", *rest])


def command_build(rest: Sequence[str]) -> int:
    """Build the program into dist/ and run its self-test; --windows in the rig with its installer, --deb, --twice."""
    from building.command import build  # noqa: PLC0415 the other commands do without

    return build(rest, prepare=ensure_ready, python=python_in(VENV))


def command_release(rest: Sequence[str]) -> int:
    """Make a release key, or pack and sign a built program as an update file."""
    ensure_ready()
    return run([python_in(VENV), HERE / "building" / "release.py", *rest], cwd=None)


def command_lock(rest: Sequence[str]) -> int:
    """Write requirements.lock anew, keeping pins that still fit; --upgrade takes the newest."""
    with tempfile.TemporaryDirectory(prefix="union-desk-lock-") as folder:
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(folder)
        python = python_in(Path(folder))
        run_or_stop([python, "-m", "pip", "install", "--quiet", "uv"], "Installing uv")
        run_or_stop([python, "-m", "uv", *lock_arguments(), *rest], "Locking")
    print(f"Wrote {LOCK.relative_to(ROOT)}")
    return 0


def lock_arguments() -> list[str]:
    """uv's arguments; paths are relative to ROOT, because uv writes them into the lock."""
    scope = ["--extra", "dev", "--group", "install", "--universal"]
    oldest = ".".join(str(part) for part in OLDEST_PYTHON)
    output = ["--output-file", LOCK.relative_to(ROOT).as_posix(), "--quiet"]
    header = ["--custom-compile-command", "python packaging/dev.py lock"]
    return [
        "pip",
        "compile",
        "pyproject.toml",
        *scope,
        "--python-version",
        oldest,
        "--generate-hashes",
        *header,
        *output,
    ]


def _refuse_arguments(command: str, rest: Sequence[str]) -> None:
    if rest:
        raise DevError(f"{command} takes no arguments, got: {' '.join(rest)}")


COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "setup": command_setup,
    "demo": command_demo,
    "run": command_run,
    "test": command_test,
    "check": command_check,
    "bench": command_bench,
    "build": command_build,
    "release": command_release,
    "lock": command_lock,
}


def _parser() -> argparse.ArgumentParser:
    lines = [f"  {name:<9}{command.__doc__}" for name, command in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog="dev.py",
        usage="dev.py [-h] command [arguments of the command]",
        description="One door: set up, run, test, check, measure, lock.",
        epilog="\n".join(["commands:", *lines]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command", help="one of the commands below")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Exit code of the command; whatever follows its name is handed on untouched."""
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        print(f"Python {oldest} or newer is needed, this is {platform.python_version()}.")
        return 1
    command = COMMANDS[_parser().parse_args(arguments[:1]).command]
    try:
        return command(arguments[1:])
    except DevError as problem:
        print(f"dev.py: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
