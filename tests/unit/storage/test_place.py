"""
P01 a vault is made on the PC's own disk only; the refusal says what kind of drive it is and what to do
"""

from pathlib import Path

import pytest

from desktop_app.actions.desk import NewDesk, init_city
from desktop_app.base.errors import VaultError
from desktop_app.storage import place
from desktop_app.storage.slots import LIGHT

MOUNTS = """\
/dev/sda2 / ext4 rw 0 0
/dev/sdb1 /media/U\\040disk vfat rw 0 0
//server/share /mnt/share cifs rw 0 0
proc /proc proc rw 0 0
"""


@pytest.fixture
def drives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PC with a disk, a stick and a share."""
    (tmp_path / "mounts").write_text(MOUNTS, encoding="utf-8")
    for disk, removable in (("sda", "0"), ("sdb", "1")):
        partition = tmp_path / "devices" / disk / f"{disk}{2 if disk == 'sda' else 1}"
        partition.mkdir(parents=True)
        (partition.parent / "removable").write_text(f"{removable}\n", encoding="ascii")
        blocks = tmp_path / "block"
        blocks.mkdir(exist_ok=True)
        (blocks / partition.name).symlink_to(partition, target_is_directory=True)
    monkeypatch.setattr(place, "_MOUNTS", tmp_path / "mounts")
    monkeypatch.setattr(place, "_BLOCKS", tmp_path / "block")


@pytest.mark.skipif("os.name == 'nt'", reason="mounts are how Linux tells; Windows is asked by GetDriveTypeW")
@pytest.mark.usefixtures("drives")
@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/a/vault", "own"),
        ("/media/U disk/vault", "removable"),
        ("/media/U disk", "removable"),
        ("/media/other", "own"),
        ("/mnt/share/a/b", "network"),
    ],
)
def test_p01_kinds__ok(folder: str, kind: str) -> None:
    assert place.drive_kind(Path(folder)) == kind


def test_p01_own_disk__ok(tmp_path: Path) -> None:
    assert place.drive_kind(tmp_path) == "own"


@pytest.mark.parametrize(("kind", "word"), [("removable", "U盘"), ("network", "网络盘")])
def test_p01_no_vault_on_a_stick__error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: place.DriveKind, word: str
) -> None:
    monkeypatch.setattr(place, "drive_kind", lambda _: kind)
    with pytest.raises(VaultError) as caught:
        init_city(NewDesk(tmp_path / "v", "pass-phrase-1", cost=LIGHT), office="620400", name="白银市总工会")
    assert caught.value.code == "vault.bad_place"
    assert word in str(caught.value)
    assert not (tmp_path / "v").exists()
