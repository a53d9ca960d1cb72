"""An import in words: for the command line, the window and the printed report alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from desktop_app.actions.importing import Imported, Skipped
from desktop_app.base.clock import local_text, millis
from desktop_app.reports.plain_sheet import Part, draw_parts
from desktop_app.storage.vault import Vault
from desktop_app.sync.header import KIND_LABELS

COUNTS = {
    "new": "新增",
    "changed": "修改",
    "deleted": "删除",
    "same": "相同",
    "merged": "合并",
    "conflict": "冲突",
    "held": "等待",
}
"""What happened to records, in the order in which it is told."""
CHANGE_KINDS = {"new": "新增", "changed": "修改", "deleted": "删除", "restored": "恢复", "conflict": "冲突"}
_NOTES = {"explain": "请核对", "hint": "提示"}


def told_counts(counts: Mapping[str, int]) -> str:
    """`新增 3，冲突 1`."""
    return "，".join(f"{COUNTS[what]} {counts[what]}" for what in COUNTS if counts.get(what)) or "没有变化"


def told_import(one: Imported, labels: Mapping[str, str]) -> list[str]:
    """What one package came to; `labels` is ledger key → label. The first line is of the package as a whole."""
    if one.outcome == "adopted":
        return [f"{one.file}：参数包已更新"]
    if one.outcome == "registered":
        return [f"{one.file}：{one.sender} 登记完成，核对码 {one.short_code}，请与该单位电话核对"]
    if one.outcome == "repeated":
        return [f"{one.file}：此前已于 {one.first_import} 接收，没有变化"]
    lines = [f"{one.file}：{KIND_LABELS[one.kind]}，{one.n_revisions} 次修改"]
    lines += [f"{labels.get(key, key)}：{told_counts(counts)}" for key, counts in one.ledgers.items()]
    return lines + [f"{_NOTES[note.level]}：{note.message}" for note in one.notes]


def ledger_labels(vault: Vault) -> dict[str, str]:
    """Ledger key → label."""
    return {key: ledger.label for key, ledger in vault.pack.ledgers.items()}


def import_report(vault: Vault, done: Sequence[Imported], skipped: Iterable[Skipped], *, at: str = "") -> bytes:
    """
    What an import came to as PDF, to be printed and filed.

    Args:
        at: When it was, as a clerk reads it; now when it is left out.

    Raises:
        KnownError: font.missing, font.missing_glyph.
    """
    labels = ledger_labels(vault)
    parts = [Part(head, tuple(rest)) for head, *rest in (told_import(one, labels) for one in done)]
    parts += [Part(f"{one.file}：未接收", (one.message,)) for one in skipped]
    at = at or local_text(millis(vault.clock.now()))
    above = f"{vault.owner.name}　接收时间：{at}　经办人：{vault.actor}"
    return draw_parts("数据包接收报告", above, parts, author=vault.owner.name)
