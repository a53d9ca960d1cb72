"""Who may do what: roles of the users of one vault, and what each is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Permission = Literal["", "enter", "exchange", "approve", "direct", "administer"]
Role = Literal["reader", "entry", "approver", "city", "administrator"]

LABELS: Mapping[Role, str] = {
    "reader": "只读",
    "entry": "录入",
    "approver": "审批",
    "city": "市级业务",
    "administrator": "管理员",
}
ALLOWED: Mapping[Role, frozenset[Permission]] = {
    "reader": frozenset({""}),
    "entry": frozenset({"", "enter", "exchange"}),
    "approver": frozenset({"", "enter", "exchange", "approve"}),
    "city": frozenset({"", "enter", "exchange", "approve", "direct"}),
    "administrator": frozenset({"", "enter", "exchange", "approve", "direct", "administer"}),
}
WHAT: Mapping[Permission, str] = {
    "": "查看",
    "enter": "录入和修改",
    "exchange": "上报、接收和回执",
    "approve": "审核、签发、作废和裁决冲突",
    "direct": "登记县区、退回记录、接收期段和下发参数包",
    "administer": "管理用户和单位设置、恢复备份、更新程序",
}
"""What a permission is for; the empty one, such as for a user's own colours, everybody has."""
