"""
Users, passphrases, codes and the audit by commands (end2end/test_command_line.py has the rest).

L05 users are listed, added, given a role, disabled, reset; the role holds for every command
L06 a passphrase is changed; a recovery code is made anew, printed, checked, and leads to a new passphrase
L07 the city opens what a county put into its escrow, once
L08 the audit is listed, searched, printed
L09 private values are masked unless asked for, which is noted; a person's data are found and printed
"""

import json
from pathlib import Path

import pdfplumber
import pytest

from desktop_app.actions.program_place import Place
from tests.end2end.test_command_line import PASSPHRASE, Terminal, made, pair, terminal

__all__ = ["made", "pair", "terminal"]

OTHER, NEW = "other-passphrase", "new-passphrase-1"
NEW_FROM = "UNION_DESK_NEW_PASSPHRASE"


class Clerk:
    """Enters with a passphrase of one's own."""

    def __init__(self, pair: Terminal, patch: pytest.MonkeyPatch) -> None:
        self._pair = pair
        self._patch = patch

    def enter(self, secret: str, user: str = "") -> None:
        self._patch.setenv("UNION_DESK_PASSPHRASE", secret)
        self._patch.setenv("UNION_DESK_USER", user)

    def new(self, secret: str) -> None:
        self._patch.setenv(NEW_FROM, secret)

    def refused(self, *words: str, given: str = "", vault: str = "county") -> str:
        return str(self._pair.json(vault, *words, given=given, status=3)["error"]["code"])


@pytest.fixture
def clerk(pair: Terminal, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    return Clerk(pair, monkeypatch)


def text_of(path: Path) -> str:
    with pdfplumber.open(path) as pdf:
        return "\n".join(page.extract_text() for page in pdf.pages)


def test_l05_users(pair: Terminal, clerk: Clerk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("desktop_app.cli.updates.installed_place", lambda: Place(tmp_path))
    clerk.new(OTHER)
    pair.json("county", "users", "add", "王小红", "录入")
    assert pair.json("county", "users", "list") == [
        {"name": "王小红", "role": "entry", "is_active": True, "has_passphrase": True},
        {"name": "经办人", "role": "administrator", "is_active": True, "has_passphrase": True},
    ]
    clerk.enter(OTHER, "王小红")
    assert clerk.refused("users", "add", "李四", "录入") == "role.not_allowed"
    assert clerk.refused("audit", "list") == "role.not_allowed"
    clerk.enter(PASSPHRASE)
    pair.json("county", "users", "role", "王小红", "reader")
    clerk.enter(OTHER)
    assert clerk.refused("records", "add", "petition", given="{}") == "role.not_allowed"
    assert clerk.refused("export", "--to", pair.stick) == "role.not_allowed"
    assert clerk.refused("update", "--back") == "role.not_allowed"
    assert pair.json("county", "records", "list", "petition") == []
    clerk.enter(PASSPHRASE)
    assert clerk.refused("update", "--back") == "update.nothing_before"
    pair.json("county", "users", "disable", "王小红")
    assert "已停用" in pair.run("county", "users", "list")[1]
    clerk.enter(OTHER)
    assert clerk.refused("records", "list", "petition") == "vault.wrong_passphrase"
    clerk.enter(PASSPHRASE)
    clerk.new(NEW)
    pair.json("county", "users", "reset", "王小红")
    clerk.enter(NEW, "王小红")
    assert pair.json("county", "records", "list", "petition") == []
    clerk.enter(NEW, "没有人")
    assert clerk.refused("records", "list", "petition") == "user.unknown"


def test_l06_passphrase_and_recovery_code(pair: Terminal, clerk: Clerk) -> None:
    assert clerk.refused("passphrase") == "vault.no_new_passphrase"
    clerk.new(OTHER)
    assert pair.json("county", "passphrase") == {"user": "经办人"}
    clerk.enter(OTHER)
    pdf = pair.folder / "恢复码.pdf"
    made = pair.json("county", "recovery", "new", "--pdf", str(pdf))
    code = made["recovery_code"]
    assert clerk.refused("recovery", "new", "--pdf", str(pdf)) == "record.file_exists"
    printed = text_of(pdf)
    assert all(group in printed for group in code.split("-"))
    assert "靖远县总工会" in printed
    assert pair.json("county", "recovery", "check", given=code.lower()) == {"matches": True}
    assert clerk.refused("recovery", "check", given="B" * 5 + code[5:]) in ("vault.code_typo", "vault.wrong_passphrase")
    assert clerk.refused("recovery", "check", given=OTHER) == "recovery.not_a_code"
    clerk.enter(code)
    clerk.new(NEW)
    assert clerk.refused("passphrase") == "user.by_code"
    pair.json("county", "users", "reset", "经办人")
    clerk.enter(NEW)
    lines = pair.json("county", "audit", "list")["lines"]
    assert [(one["what"], one["actor"]) for one in lines[:3]] == [
        ("login", "经办人"),
        ("user_reset", "恢复码"),
        ("login", "恢复码"),
    ]


def test_l07_escrow(pair: Terminal, clerk: Clerk) -> None:
    assert clerk.refused("escrow", "copy", "--to", pair.stick) == "escrow.none"
    assert clerk.refused("escrow", "on", vault="city") == "office.county_only"
    assert pair.json("county", "escrow", "on") == {"escrow": True}
    assert pair.json("county", "escrow", "status") == {"escrow": True}
    clerk.enter("forgotten-passphrase")
    path = pair.json("county", "escrow", "copy", "--to", pair.stick)["file"]
    clerk.enter(PASSPHRASE)
    assert PASSPHRASE.encode() not in Path(path).read_bytes()
    assert clerk.refused("escrow", "open", path) == "office.city_only"
    found = pair.json("city", "escrow", "open", path)
    assert found["name"] == "靖远县总工会"
    assert pair.json("city", "audit", "list", "--what", "打开县区代管文件")["lines"][0]["actor"] == "经办人"
    clerk.enter(found["code"])
    clerk.new(NEW)
    pair.json("county", "users", "reset", "经办人")
    assert clerk.refused("records", "list", "petition") == "vault.wrong_passphrase", "it opens once"
    clerk.enter(NEW)
    assert pair.json("county", "escrow", "status") == {"escrow": False}
    spoilt = Path(path).read_bytes()
    Path(path).write_bytes(spoilt[:-1] + bytes([spoilt[-1] ^ 1]))
    clerk.enter(PASSPHRASE)
    assert clerk.refused("escrow", "open", path, vault="city") == "escrow.unreadable"


def test_l07_escrow_ends(pair: Terminal, clerk: Clerk) -> None:
    pair.json("county", "escrow", "on")
    path = pair.json("county", "escrow", "copy", "--to", pair.stick)["file"]
    code = pair.json("city", "escrow", "open", path)["code"]
    assert pair.json("county", "escrow", "off") == {"escrow": False}
    clerk.enter(code)
    assert clerk.refused("records", "list", "petition") == "vault.wrong_passphrase"


def test_l08_audit(pair: Terminal, clerk: Clerk) -> None:
    pair.json("county", "export", "--to", pair.stick)
    clerk.enter("wrong-passphrase")
    assert clerk.refused("records", "list", "petition") == "vault.wrong_passphrase"
    clerk.enter(PASSPHRASE)
    found = pair.json("county", "audit", "list")
    assert found["broken_line"] == 0
    assert [one["what"] for one in found["lines"]][:4] == ["login", "login_failed", "export", "login"]
    assert [one["kind"] for one in pair.json("county", "audit", "list", "--what", "export")["lines"]] == ["写出数据包"]
    assert len(pair.json("county", "audit", "list", "--words", "submission", "--limit", "5")["lines"]) == 1
    assert clerk.refused("audit", "list", "--what", "没有这类") == "audit.unknown_kind"
    out = pair.folder / "审计.pdf"
    assert pair.json("county", "audit", "print", "--out", str(out))["lines"] >= 4
    printed = text_of(out)
    assert "登录失败" in printed
    assert "各行首尾相接" in printed
    assert clerk.refused("audit", "print", "--out", str(out)) == "record.file_exists"


def test_l09_private_values(pair: Terminal, clerk: Clerk) -> None:
    record = {"来源渠道": "来访", "来件人": "张三丰", "事项类别": "申诉求决", "事项主题": "工资", "摘要": "欠薪三个月"}
    given = json.dumps(record, ensure_ascii=False)
    (one,) = pair.json("county", "records", "add", "petition", given=given)["ids"]
    for words in (("show", one), ("list", "petition"), ("history", one)):
        assert "张三丰" not in pair.run("county", "records", *words)[1]
        assert "张三丰" not in str(pair.json("county", "records", *words))
    assert "张三丰" in pair.run("county", "records", "show", one, "--unmask")[1]
    assert "张三丰" in str(pair.json("county", "records", "list", "petition", "--unmask"))
    noted = pair.json("county", "audit", "list", "--what", "unmask")["lines"]
    assert len(noted) == 2
    assert all("张三丰" not in line["detail"] for line in noted)
    assert [found["id"] for found in pair.json("county", "person", "find", "张三丰")] == [one]
    out = pair.folder / "本人.pdf"
    assert pair.json("county", "person", "print", "张三丰", "--out", str(out))["records"] == 1
    assert "张三丰" in text_of(out)
    assert pair.json("county", "retention", "list") == []
    assert pair.json("county", "retention", "print", "--out", str(pair.folder / "清单.pdf"))["records"] == 0
