"""
The season by commands.

M01 declared, looked at, returned, mended, accepted; conflicts by a rule; the log with its reports; a key stopped
M02 a folder is taken in whole, and its other files are counted
"""

from datetime import UTC, datetime
from pathlib import Path

from tests.end2end.test_command_line import Terminal, made, pair, terminal  # noqa: F401 fixtures

YEAR = str(datetime.now(UTC).year - 1)
PETITION = ["records", "add", "petition"]


def line(summary: str) -> str:
    return (
        f'{{"登记日期": "{YEAR}-03-05", "来源渠道": "来访", "来件人": "张三", "事项类别": "申诉求决",'
        f' "事项主题": "工资", "摘要": "{summary}"}}'
    )


def packages(terminal: Terminal, kind: str) -> list[str]:  # noqa: F811
    return sorted(str(one) for one in Path(terminal.stick).glob(f"*{kind}*"))


def carry(terminal: Terminal, sender: str, receiver: str) -> None:  # noqa: F811
    kind = "receipt" if sender == "city" else "submission"
    terminal.json(sender, "export", "--to", terminal.stick)
    terminal.json(receiver, "import", packages(terminal, kind)[-1])


def told(terminal: Terminal, *words: str) -> str:  # noqa: F811
    status, out, err = terminal.run(*words)
    assert status == 0, err
    return out


def test_m01_the_season(pair: Terminal, tmp_path: Path) -> None:  # noqa: F811
    one, two = pair.json("county", *PETITION, given=f"{line('一')}\n{line('二')}")["ids"]
    names = ["--filler", "张三", "--leader", "李四"]
    declared = pair.json("county", "export", "--to", pair.stick, "--period", YEAR, *names)["declared"]
    pair.json("city", "import", packages(pair, "submission")[-1])
    shown = pair.json("city", "periods", "show", "620421", YEAR)
    assert (shown["check_code"], shown["code_here"]) == (declared["check_code"], declared["check_code"])
    assert "一致" in told(pair, "city", "periods", "show", "620421", YEAR)
    pair.json("city", "periods", "return", "620421", YEAR, "--opinion", "缺摘要", "--reply-by", "2099-02-10")
    pair.json("city", "returns", "add", one, "--comment", "写明金额", "--field", "summary")
    carry(pair, "city", "county")
    sent = pair.json("county", "status")["sent"][0]
    assert sent["answer"] == "returned"
    assert "写明金额" in sent["reason"]
    assert "写明金额" in told(pair, "county", "status")
    for vault, text in (("county", "县"), ("city", "市")):
        pair.json(vault, "records", "edit", one, f"summary={text}")
        pair.json(vault, "records", "edit", two, f"summary={text}")
    carry(pair, "county", "city")
    assert len(pair.json("city", "conflicts", "list")) == 2
    assert pair.json("city", "conflicts", "decide-all", "newest", status=3)["error"]["code"] == "conflict.unknown_rule"
    assert pair.json("city", "conflicts", "decide-all", "owner")["decided"] == 2
    assert "已裁决 0 处" in told(pair, "city", "conflicts", "decide-all", "owner")
    assert pair.json("city", "records", "show", one)["values"]["summary"] == "县"

    newest = pair.json("city", "packages", "list")[0]
    assert (newest["direction"], newest["kind"]) == ("in", "submission")
    file = tmp_path / "报告.pdf"
    assert pair.json("city", "packages", "show", newest["name"], "--out", str(file))["report"]["outcome"] == "imported"
    assert file.read_bytes().startswith(b"%PDF")
    error = pair.json("city", "packages", "show", newest["name"], "--out", str(file), status=3)["error"]
    assert error["code"] == "record.file_exists"
    assert newest["name"] in told(pair, "city", "packages", "list")
    assert "冲突 2" in told(pair, "city", "packages", "show", newest["name"])
    assert pair.json("city", "packages", "show", "620499", status=3)["error"]["code"] == "package.not_logged"

    assert "停用" in told(pair, "city", "offices", "revoke", "620421")
    pair.json("county", "export", "--to", pair.stick)
    late = packages(pair, "submission")[-1]
    assert pair.json("city", "import", late, status=3)["error"]["code"] == "package.retired_signer"


def test_m02_a_folder_of_other_files(pair: Terminal) -> None:  # noqa: F811
    pair.json("county", *PETITION, given=line("一"))
    pair.json("county", "export", "--to", pair.stick)
    for at in range(3):
        (Path(pair.stick) / f"照片{at}.jpg").write_bytes(b"x")
    out = told(pair, "city", "import", pair.stick)
    assert "新增 1" in out
    assert "另有 3 个文件" in out
