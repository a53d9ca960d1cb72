"""
Writes the notices of what a build brings along: `python notices.py FILE`, with the Python that builds.

Names, versions and licences are those of the installed packages that the project needs, and of what these need.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LICENCE = re.compile(r"(^|/)(licen[cs]es?|copying|notice)[^/]*(/[^/]+)*$", re.IGNORECASE)
_RULE = "=" * 100


def needed(asked: list[str]) -> dict[str, Distribution]:
    """The installed packages behind the names asked for, and all that they need here, by name."""
    from packaging.requirements import Requirement  # noqa: PLC0415 a tool of the build, not of the standard library

    found: dict[str, Distribution] = {}
    waiting = [Requirement(one) for one in asked]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        for extra in ("", *sorted(wanted.extras)):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            found.setdefault(name, importlib.metadata.distribution(wanted.name))
            inner = [Requirement(one) for one in found[name].requires or ()]
            waiting += [one for one in inner if one.marker is None or one.marker.evaluate({"extra": extra})]
    return dict(sorted(found.items()))


def notices(asked: list[str]) -> Iterator[str]:
    """The text, package by package."""
    yield f"Python {sys.version.split()[0]}\n{_RULE}\n{_python_licence()}\n"
    for name, package in needed(asked).items():
        data = {key: package.metadata[key] for key in package.metadata}
        licence = data.get("License-Expression") or _short(data.get("License")) or "; ".join(_classified(package))
        yield f"{_RULE}\n{name} {package.version}\n{licence}\n{_RULE}"
        for file in sorted(str(one) for one in package.files or () if _LICENCE.search(str(one))):
            if (path := Path(str(package.locate_file(file)))).is_file() and "dist-info" in file:
                yield f"--- {Path(file).name}\n{path.read_text(encoding='utf-8', errors='replace').strip()}\n"


def _short(licence: str | None) -> str:
    return licence if licence and "\n" not in licence else ""


def _classified(package: Distribution) -> list[str]:
    found = package.metadata.get_all("Classifier") or []
    return [one.rpartition(" :: ")[2] for one in found if one.startswith("License ::")]


def _python_licence() -> str:
    prefix, name = Path(sys.base_prefix), f"python{sys.version_info[0]}.{sys.version_info[1]}"
    places = (
        prefix / "LICENSE.txt",
        prefix / "lib" / name / "LICENSE.txt",
        Path("/usr/share/doc") / name / "copyright",
    )
    return next((one.read_text(encoding="utf-8", errors="replace") for one in places if one.is_file()), "PSF-2.0")


def main(target: Path) -> None:
    """Writes the file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(notices(project["project"]["dependencies"])), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
