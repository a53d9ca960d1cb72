"""
B40 A process of the program leaves no core file, whichever face it has.
"""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="core files are of other systems")
ROOT = Path(__file__).parents[3]
_CHECK = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
sys.argv = ["union-desk", "--version"]
from desktop_app.__main__ import main
try:
    main()
except SystemExit:
    pass
print(resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_b40_no_core_file__ok() -> None:
    command = [sys.executable, "-X", "utf8", "-c", _CHECK]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.splitlines()[-1] == "(0, 0)", done.stderr
