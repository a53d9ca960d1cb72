"""The kinds of lines in the audit, as they are called on screen and paper."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "login": "登录",
    "login_failed": "登录失败",
    "passphrase_changed": "本人修改口令",
    "user_added": "添加用户",
    "user_role": "调整角色",
    "user_disabled": "停用用户",
    "user_reset": "重设口令",
    "recovery_code": "换新恢复码",
    "escrow_on": "设立市级代管",
    "escrow_off": "取消市级代管",
    "escrow_opened": "打开县区代管文件",
    "key_exported": "导出解密钥匙",
    "unmask": "查看隐私内容",
    "person": "查找个人资料",
    "removed": "清理到期资料",
    "export": "写出数据包",
    "file": "导出文件",
    "excel.private": "导出不公开内容",
    "import": "接收数据包",
    "undo": "撤销接收",
    "decide": "裁决冲突",
    "enrolled": "写出入网文件",
    "revoked": "停用县区钥匙",
    "forms": "启用参数包",
    "restored": "恢复备份",
    "backup_place": "设置备份存放处",
    "moved": "搬到另一台电脑",
    "repaired": "修复密库",
    "letterhead": "修改发文设置",
    "lock_minutes": "设置自动锁定",
    "audit_cut": "说明审计缺行",
}
DETAILS: Mapping[str, str] = {
    "user": "用户",
    "role": "角色",
    "how": "方式",
    "file": "文件",
    "office": "单位",
    "ledger": "台账",
    "record": "记录",
    "records": "条数",
    "fields": "字段",
    "words": "线索",
    "version": "版本",
    "backup": "备份",
    "source": "原密库",
    "unreadable": "读不出的页",
    "lost": "丢失的修改",
    "place": "位置",
    "minutes": "分钟",
    "line": "从哪一行起",
    "why": "事由",
}


def told(detail: Mapping[str, str]) -> str:
    """What a line concerned, in words."""
    return "；".join(f"{DETAILS.get(key, key)} {value}" for key, value in detail.items() if value)
