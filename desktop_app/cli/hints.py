"""What a refusal means on the command line: the option that answers it. The sentence itself is the window's too."""

from __future__ import annotations

_HINTS: dict[str, str] = {
    "record.sealed": "用 --note 写明理由",
    "record.needs_reason": "用 --note 写明理由",
    "period.empty": "零报告用 --nil",
    "period.names": "用 --filler 和 --leader 写明",
    "package.chain": "给所有县区写回执用 receipt --all",
    "excel.no_headings": "表头在第几行用 --header 指明",
    "excel.other_ledger": "逐列指定用 --column 列=字段",
    "excel.heading_twice": "逐列指定用 --column 列=字段，不要的一列写 列=",
    "excel.no_year": "年份用 --year 指明",
}


def with_hint(code: str, sentence: str) -> str:
    """The sentence of a code, and behind it which option helps, if one does."""
    hint = _HINTS.get(code)
    return f"{sentence}（{hint}）" if hint else sentence
