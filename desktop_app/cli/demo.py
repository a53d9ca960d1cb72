"""The demo command: the sample year played through, its figures beside the summary's."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from desktop_app.actions.demo import PASSPHRASE, Circle, run_circle
from desktop_app.base.errors import KnownError
from desktop_app.cli.session import aligned, print_lines, say

NARRATIVE = "annual.txt"

_HELP = (
    "用样例年度演示全过程：建库、录入、上报、汇总、回执、年度数据和文稿。\n\n"
    "要自己动手试，请打开窗口，在登录页点“练习”：同样的样例数据，怎样改都可以，退出后全部删除。"
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("demo", help=_HELP)(demo)


def demo(
    out: Annotated[Path | None, typer.Option(help="密库、数据包和文稿留在这个新文件夹；不给则用后即删")] = None,
    scenario: Annotated[
        Path | None, typer.Option(help="另一个样例年度的 TOML 文件，同一文件夹里要有 words.toml")
    ] = None,
) -> None:
    """Exit status 3 when a figure is not the summary's."""
    if out is not None:
        if out.exists() and any(out.iterdir()):
            raise KnownError("vault.exists", path=out)
        circle = run_circle(out, scenario, say=say)
        (out / NARRATIVE).write_text(circle.narrative, encoding="utf-8")
        say(f"密库、数据包和 {NARRATIVE} 在 {out}；各密库口令 {PASSPHRASE}")
    else:
        with tempfile.TemporaryDirectory(prefix="union-desk-") as folder:
            circle = run_circle(Path(folder) / "circle", scenario, say=say)
    print_lines(list(_told(circle)))
    if circle.differences():
        raise typer.Exit(3)


def _told(circle: Circle) -> Iterator[str]:
    report = circle.report
    assert report is not None
    names = [name.removesuffix("总工会") for name in report.offices.values()]
    head = ["指标", *names, "合计", "单位", "总结"]
    rows = [
        [
            row.indicator.label,
            *("—" if value is None else f"{value:g}" for value in row.by_office.values()),
            row.text,
            row.unit,
            _mark(circle, row.indicator.key, row.text),
        ]
        for row in report.listed()
    ]
    yield from aligned([head, *rows])
    yield ""
    yield circle.narrative
    total = sum(circle.n_records.values())
    yield f"记录 {total} 条：" + "，".join(f"{report.offices[code]} {n}" for code, n in circle.n_records.items())
    yield "用时：" + "，".join(f"{label} {seconds:.1f} 秒" for label, seconds in circle.seconds.items())
    wrong = circle.differences()
    if circle.expected:
        yield f"与总结不符的指标：{'、'.join(wrong)}" if wrong else f"与总结一致：{len(circle.expected)} 项指标全部相符"


def _mark(circle: Circle, key: str, text: str) -> str:
    expected = circle.expected.get(key)
    if expected is None:
        return ""
    return f"{expected} ✓" if expected == text else f"{expected} ✗"
