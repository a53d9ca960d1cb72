"""
The one table of messages: stable code → Chinese sentence that says where, what and what to do.

Codes are what tests and other programs rely on and never change; wording may improve at any time.
The part before the dot says whose message it is.
"""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    # form: the parameter pack
    "form.invalid": "参数包有 {n} 处错误，未载入；请按下列提示修改后重试。",
    "form.toml": "不是正确的 TOML 文本：{detail}。请改正该行的书写。",
    "form.missing_file": "缺少文件“{name}”，请补上。",
    "form.unknown_key": "不认识的键“{name}”{hint}。请改正或删除。",
    "form.missing_key": "缺少必需的键“{name}”，请补上。",
    "form.wrong_type": "“{name}”应为{wanted}，现在是{found}。请改正。",
    "form.bad_value": "“{name}”的值“{value}”不在允许范围内{hint}；可用：{allowed}。",
    "form.bad_key": "键“{name}”只能用小写英文字母、数字和下划线，并以字母开头。请改名。",
    "form.file_name": "文件名应与其中的 key“{name}”相同，请改为 {name}.toml。",
    "form.reserved_key": "字段名“{name}”由程序保留，请换一个。",
    "form.shadows": "“{name}”与公共定义同名，请换一个。",
    "form.unknown_field": "没有名为“{name}”的字段{hint}。请改正引用。",
    "form.unknown_choices": "没有名为“{name}”的选项字典{hint}。请改正引用或先定义它。",
    "form.unknown_choice": "选项字典“{choices}”里没有代码“{name}”{hint}。请改正。",
    "form.unknown_ledger": "没有名为“{name}”的台账{hint}。请改正引用。",
    "form.unknown_state": "没有名为“{name}”的状态{hint}。请改正或在 states 中定义。",
    "form.unknown_step": "没有名为“{name}”的环节{hint}。请改正引用。",
    "form.unknown_indicator": "没有名为“{name}”的指标{hint}。请改正引用。",
    "form.duplicate_indicator": "指标“{name}”已在台账“{other}”中定义，请换一个名称。",
    "form.indicator_cycle": "指标“{name}”直接或间接引用了自己，请改正。",
    "form.not_in_section": "字段“{name}”没有放进任何分区，录入页将看不到它。请写入 [sections]。",
    "form.in_two_sections": "字段“{name}”出现在分区“{first}”和“{second}”中，只能保留一处。",
    "form.state_unreachable": "没有任何环节能到达状态“{name}”，请增加环节或删除该状态。",
    "form.clause_shape": '条件“{name}”应写成一个 field 和一个运算符，如 {{ field = "x", in = ["a"] }}。',
    "form.clause_operator": "运算符“{operator}”不能用于{type}字段“{name}”。可用：{allowed}。",
    "form.clause_value": "条件中的值“{value}”不适合字段“{name}”：{detail}",
    "form.bad_check": "规则缺少“{name}”：每条规则要有条件、级别和提示语。",
    "form.bad_derive": "字段“{name}”的 derive 写法不对：{detail}。",
    "form.bad_measure": "指标“{name}”的口径写法不对：{detail}。",
    "form.bad_template": "“{value}”中的占位符“{name}”没有对应的字段{hint}。",
    "form.private_shown": "字段“{name}”是不公开字段，不能用在“{where}”里。",
    "form.bad_narrative": "文稿中“{value}”的写法不对：{detail}。",
    "form.moved_target": "[moved] 指向的新键“{name}”不存在{hint}。",
    "form.moved_in_use": "键“{name}”已在 [moved] 中停用，不能再次使用。",
    "form.needs_source": "“{name}”含法定数字，必须写明出处 source。",
    # value: one value of one field
    "value.required": "“{label}”必须填写。",
    "value.unknown_field": "台账“{ledger}”没有字段“{name}”{hint}。",
    "value.type": "“{label}”应填{wanted}，现在是“{value}”。",
    "value.number": "“{label}”的“{value}”不是整数，请填写阿拉伯数字。",
    "value.negative": "“{label}”不能小于 0，现在是 {value}。",
    "value.too_large": "“{label}”的“{value}”过大，请核对。",
    "value.money": "“{label}”的“{value}”不是金额；请填元，最多两位小数，如 1234.50 或 12.5万元。",
    "value.date": "“{label}”的“{value}”不是存在的日期，请按 2025-03-05 填写。",
    "value.date_range": "“{label}”的“{value}”超出 1949 年至 2100 年，请核对年份。",
    "value.period": "“{label}”的“{value}”不是期段，请填 2025、2025-Q1 或 2025-03。",
    "value.choice": "“{label}”没有选项“{value}”{hint}；可选：{allowed}。",
    "value.too_long": "“{label}”最多 {max_chars} 个字，现在有 {n} 个，请缩短。",
    "value.control_character": "“{label}”含有看不见的控制字符，请重新输入。",
    "value.uscc_format": "“{label}”的“{value}”不是 18 位统一社会信用代码，请核对。",
    "value.uscc_check": "“{label}”的“{value}”校验位不符；个别单位的真实代码如此，请核对证照后可以保留。",
    "value.resident_id": "“{label}”不是有效的身份证号（{detail}），请核对。",
    "value.phone": "“{label}”的“{value}”不是手机号（11 位）或带区号的座机号，请核对。",
    "value.doc_no": "“{label}”的“{value}”不是发文字号，应如 白区工监提〔2025〕1号。",
    "value.region": "“{label}”没有行政区划“{value}”{hint}。",
    "value.pair": "“{label}”应写成 分子/分母，如 19/23，且分子不大于分母、分母大于 0；现在是“{value}”。",
    "value.reference_id": "“{label}”的“{value}”不是记录编号。",
    "value.reference_missing": "“{label}”所指的{ledger}“{value}”不存在，请先登记它。",
    "value.derived": "“{label}”由程序计算，不能填写。",
    "value.attachment": "“{label}”的附件清单写法不对，请用附件功能添加。",
    # record: a whole record, a step, a batch
    "record.invalid": "有 {n} 处需要改正，没有写入任何内容：",
    "record.not_json": "不是一条 JSON 对象：{detail}",
    "record.not_found": "没有编号为“{id}”的记录，请核对编号。",
    "record.ambiguous_id": "编号开头“{id}”对应 {n} 条记录，请多写几位。",
    "record.deleted": "记录“{title}”已删除，请先恢复。",
    "record.not_deleted": "记录“{title}”没有被删除，不需要恢复。",
    "record.not_owner": "记录“{title}”由{owner}登记，本单位不能修改；请退回该单位更正。",
    "record.unknown_ledger": "没有台账“{name}”{hint}。",
    "record.parent_required": "“{ledger}”是“{parent}”的附表，必须用 parent 指明所属记录。",
    "record.parent_missing": "所属的{parent}“{id}”不存在。",
    "record.no_workflow": "台账“{ledger}”没有办理环节。",
    "record.unknown_step": "台账“{ledger}”没有环节“{name}”{hint}。",
    "record.step_not_open": "记录现在是“{state}”，不能办理“{step}”；现在可办：{open}。",
    "record.explain": "{message} 请在“情况说明”中写明原因。",
    "record.assignment": "“{value}”应写成 字段=值。",
    "record.not_attachments": "台账“{ledger}”的“{name}”不是附件字段。",
    "record.attachment_too_large": "附件“{name}”有 {found} 字节，超过上限 {limit} 字节，请压缩或拆分后再添加。",
    "record.file_exists": "“{path}”已经存在，为免覆盖没有写入；请换一个文件夹。",
    "record.no_attachment": "这条记录没有名为“{name}”的附件。",
    # ledger: checks written in the forms
    "ledger.check": "{message}",
    # vault: the encrypted database and its key slots
    "vault.not_found": "“{path}”里没有密库，请先用 init 建立或核对文件夹。",
    "vault.exists": "“{path}”里已经有密库，为免覆盖，没有改动；请换一个文件夹。",
    "vault.wrong_passphrase": "口令不对，请核对大小写和输入法后重试。",
    "vault.no_passphrase": "没有给出口令；请设置 UNION_DESK_PASSPHRASE、--passphrase-file，或在提示处输入。",
    "vault.short_passphrase": "口令至少 {n} 个字符，请换一个长一些的。",
    "vault.slots_damaged": "钥匙文件“{path}”已损坏：{detail}。请从备份恢复该文件。",
    "vault.slots_weak": "钥匙文件“{path}”的口令参数低于安全下限，可能被改动过，已拒绝打开。请从备份恢复该文件。",
    "vault.damaged": "密库“{path}”已损坏或不属于这把钥匙，请从备份恢复。",
    "vault.too_new": "密库“{path}”由更新的程序建立（密库版本 {found}，本程序支持到 {known}）；请安装新版程序。",
    "vault.disk_full": "磁盘空间不足，没有写入任何内容；请清理“{path}”所在磁盘后重试。",
    "vault.locked": "密库“{path}”正被另一个程序写入，请关闭它后重试。",
    "vault.io": "读写“{path}”失败：{detail}。请检查磁盘后重试。",
    "vault.pack_too_new": "密库“{path}”的参数包不能由本程序读取：{detail}",
    # office: who is who
    "office.bad_code": "单位代码“{code}”应为 6 位数字。",
    "office.exists": "单位 {code} 已经登记为“{name}”。",
    "office.unknown": "没有代码为 {code} 的单位，请先用 offices add 登记。",
    "office.city_only": "只有市级密库可以做这件事。",
    "office.county_only": "只有县级密库可以做这件事。",
    "office.not_paired": "{name}还没有完成登记；请先导入它的登记文件。",
    # package: files on the stick
    "package.not_a_package": "“{name}”不是本程序的数据包，请核对文件。",
    "package.empty": "“{name}”是空文件，请重新拷贝。",
    "package.truncated": "“{name}”不完整（应有 {wanted} 字节，实有 {found} 字节），请重新拷贝。",
    "package.tampered": "“{name}”的内容被改动或损坏（{detail}），已拒绝；请让发送单位重新导出。",
    "package.too_new": "“{name}”由更新的程序写成（格式 {found}，本程序支持到 {known}）；请先升级到 {program} 或更新的版本。",
    "package.unknown_sender": "“{name}”的发送单位 {sender} 没有在本密库登记，已拒绝；请先完成入网登记。",
    "package.wrong_signer": "“{name}”不是由{sender}现用的钥匙签发，已拒绝；请与该单位核对。",
    "package.not_for_us": "“{name}”是发给 {recipient} 的，本单位是 {office}；请转交该单位。",
    "package.wrong_kind": "“{name}”是{kind}文件，不能在这里使用。",
    "package.mismatch": "“{name}”里外所写的{what}不一致，可能是被人冒名转发，已拒绝。",
    "package.payload": "“{name}”第 {line} 行内容不合格式（{detail}），已拒绝；请让发送单位重新导出。",
    "package.too_large": "“{name}”解开后超过上限 {limit}，已拒绝。",
    "package.chain": "“{name}”中{office}的修订 {seq} 与前一条衔接不上，已拒绝；请让发送单位重新导出。",
    "package.already_enrolled": "“{name}”：本密库已经入网，不能再用另一份入网文件。",
    "package.token": "“{name}”的登记码与发出的入网文件不符，已拒绝；请核对是否拿错文件。",
    "package.none_found": "“{path}”里没有数据包（看过 {n} 个文件）。",
    "package.exists": "“{path}”已经存在，为免覆盖没有写入；请换一个文件夹。",
    "package.write": "写“{path}”失败：{detail}。没有留下半个文件；请检查 U 盘后重试。",
    "package.read": "读“{path}”失败：{detail}。请检查 U 盘后重试。",
    "package.no_space": "“{path}”所在磁盘空间不足（需要 {wanted} 字节，可用 {found} 字节），没有写入。",
    "package.read_back": "“{path}”写入后读回不一致，已删除；请换一个 U 盘重试。",
    # report
    "report.unknown_indicator": "没有指标“{name}”{hint}。",
    "report.unknown_narrative": "没有文稿“{name}”{hint}。",
    # cli
    "cli.file": "读不到文件“{path}”：{detail}",
    "cli.usage": "命令写法不对：{detail} 用 --help 查看写法。",
    "cli.no_vault": "没有指明密库文件夹，请用 --vault 给出。",
    "cli.folder": "“{path}”不是文件夹，请核对。",
    # bug
    "bug.unexpected": "程序遇到意外错误（{detail}），已停止这一步；数据没有写入。请把这段文字发给维护人员。",
}


def sentence(code: str, /, **context: object) -> str:
    """
    The sentence of a code with its places filled.

    Raises:
        KeyError: No such code, or a place of the sentence is not in `context`.
    """
    return SENTENCES[code].format(**context)
