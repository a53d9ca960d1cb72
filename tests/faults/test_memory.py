"""
M01 Memory does not grow with the size of a package: at most 64 MiB over an idle desk, page cache apart, each way.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.child import ROOT
from tests.faults.rig import Rig, opened
from tests.faults.weight import CACHE_KIB, write_many
from tests.helpers.desks import CITY, COUNTY

MIB = 1024 * 1024
LIMIT_BYTES = 64 * MIB + CACHE_KIB * 1024
BASE_BYTES = 24 * MIB + CACHE_KIB * 1024
BYTES_PER_REVISION = (LIMIT_BYTES - BASE_BYTES) // 200_000
"""Batches have their size whatever the package has; with 200,000 revisions the whole limit is reached."""


def weighed(action: str, vault: Path, other: Path) -> dict[str, Any]:
    """One action in a fresh process."""
    command = [sys.executable, "-X", "utf8", "-m", "tests.faults.weight", action, str(vault), str(other)]
    done = subprocess.run([*command, str(CACHE_KIB)], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.long
def test_m01_memory_of_a_large_package__ok(
    rig: Rig, sweep: Callable[[int, int], int], record_property: Callable[[str, object], None]
) -> None:
    """In CI a part of the 200,000 revisions has a part of the room, so that what grows with them is seen too."""
    n_revisions = sweep(30_000, 1_000_000)
    limit = BASE_BYTES + min(n_revisions * BYTES_PER_REVISION, LIMIT_BYTES - BASE_BYTES)
    here = rig.copy(COUNTY, CITY)
    with opened(here / COUNTY) as county:
        write_many(county, n_revisions)
    out = weighed("export", here / COUNTY, here / "stick")
    assert out["n"] >= n_revisions
    into = weighed("import", here / CITY, Path(out["file"]))
    assert (into["n"], into["file"]) == (out["n"], "imported")
    for way, found in (("export", out), ("import", into)):
        record_property(f"{way}_idle_mib", found["idle"] >> 20)
        record_property(f"{way}_growth_mib", found["growth"] >> 20)
        assert found["growth"] <= limit, (way, found)
    rig.drop(here)
