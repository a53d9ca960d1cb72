"""Commands about the vault itself: init, offices, forms check."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from desktop_app.actions.desk import DEFAULT_USER, NewDesk, init_city, write_age_identity
from desktop_app.actions.pairing import add_office, enrol_again, init_county, revoke_office
from desktop_app.base.errors import KnownError
from desktop_app.base.paths import forms_dir
from desktop_app.cli.session import Json, print_json, print_lines, session
from desktop_app.schema.load import load_pack, read_files
from desktop_app.storage.packages import offices as known_offices


class Role(StrEnum):
    """Whose vault is made."""

    city = "city"
    county = "county"


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("init", help="建立密库：市级直接建立；县级用市里发的入网文件建立，并写出登记文件。")(init)
    offices = typer.Typer(help="单位：登记县区、查看名单。", no_args_is_help=True)
    offices.command("add", help="登记一个县区，写出它的入网文件。")(add)
    offices.command("repair", help="县区换了电脑：写出新的入网文件，登记后旧钥匙停用。")(repair)
    offices.command("revoke", help="立即停用一个县区的钥匙，如电脑被盗。")(revoke)
    offices.command("list", help="已知单位及登记情况。")(list_offices)
    app.add_typer(offices, name="offices")
    keys = typer.Typer(help="本单位的钥匙。", no_args_is_help=True)
    keys.command("export", help="写出解密钥匙（age 格式），用标准程序 age 也能打开发给本单位的包。")(export_key)
    app.add_typer(keys, name="keys")
    forms = typer.Typer(help="参数包。", no_args_is_help=True)
    forms.command("check", help="检查参数包的全部文件，一次列出所有错误。")(check_forms)
    app.add_typer(forms, name="forms")


def init(
    context: typer.Context,
    role: Annotated[Role, typer.Option(help="city 市级，county 县级")],
    office: Annotated[str, typer.Option(help="市级单位代码，6 位")] = "",
    name: Annotated[str, typer.Option(help="市级单位名称")] = "",
    enrolment: Annotated[Path | None, typer.Option(help="县级：入网文件")] = None,
    out: Annotated[Path | None, typer.Option(help="县级：登记文件写到哪个文件夹")] = None,
    user: Annotated[str, typer.Option(help="经办人姓名，记入每次修改")] = DEFAULT_USER,
    escrow: Annotated[
        bool, typer.Option("--escrow", help="县级：同时设立市级代管，口令和恢复码都丢了可请市里打开")
    ] = False,
    as_json: Json = False,
) -> None:
    """Makes a vault; the recovery code is printed once and kept nowhere."""
    one = session(context)
    if role is Role.city:
        if not office or not name:
            raise typer.BadParameter("市级密库要给出 --office 和 --name。")
        if escrow:
            raise typer.BadParameter("--escrow 只用于县级密库。")
        vault, code = init_city(NewDesk(one.folder(), one.passphrase(), user), office=office, name=name)
        found = {"office": office, "recovery_code": code}
    else:
        if enrolment is None or out is None:
            raise typer.BadParameter("县级密库要给出 --enrolment 和 --out。")
        desk = NewDesk(one.folder(), one.passphrase(), user)
        vault, paired = init_county(desk, enrolment=enrolment, out=_folder(out), escrow=escrow)
        found = {
            "office": paired.office,
            "recovery_code": paired.recovery_code,
            "registration": str(paired.file),
            "short_code": paired.short_code,
        }
    vault.close()
    if as_json:
        print_json(found)
        return
    print_lines(
        [f"密库已建立：{one.folder()}", f"恢复码（请抄写或打印后妥善保管，不再显示）：{found['recovery_code']}"]
    )
    if role is Role.county:
        print_lines([f"登记文件：{found['registration']}", f"核对码（请与市级电话核对）：{found['short_code']}"])
        print_lines(["市级代管已设立。"] if escrow else ["没有设立市级代管；以后可用 escrow on 设立。"])


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise KnownError("cli.folder", path=path)
    return path


def add(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="单位代码，6 位")],
    name: Annotated[str, typer.Argument(help="单位名称")],
    out: Annotated[Path, typer.Option(help="入网文件写到哪个文件夹")],
    as_json: Json = False,
) -> None:
    """Enters a county and writes its enrolment file."""
    with session(context).open() as vault:
        path = add_office(vault, code=code, name=name, out=_folder(out))
    if as_json:
        print_json({"office": code, "enrolment": str(path)})
    else:
        print_lines([f"入网文件：{path}"])


def repair(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="单位代码，6 位")],
    out: Annotated[Path, typer.Option(help="入网文件写到哪个文件夹")],
    as_json: Json = False,
) -> None:
    """A new enrolment for an office that is known."""
    with session(context).open() as vault:
        path = enrol_again(vault, code=code, out=_folder(out))
    if as_json:
        print_json({"office": code, "enrolment": str(path)})
    else:
        print_lines([f"入网文件：{path}"])


def revoke(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="单位代码，6 位")],
    as_json: Json = False,
) -> None:
    """What the office sent before stays."""
    with session(context).open() as vault:
        revoke_office(vault, code=code)
    if as_json:
        print_json({"office": code})
    else:
        print_lines([f"{code} 的钥匙已停用，它写的包不再接收；换好电脑后用 offices repair 重新入网。"])


def export_key(
    context: typer.Context,
    to: Annotated[Path, typer.Option(help="写到哪个文件；不得已经存在")],
    as_json: Json = False,
) -> None:
    """Whoever has the file can read every package sent to this office."""
    with session(context).open() as vault:
        recipient = write_age_identity(vault, to)
    if as_json:
        print_json({"file": str(to), "recipient": recipient})
    else:
        print_lines([f"{to}：谁拿到它就能读本单位收到的包，请妥善保管，用完删除。"])


def list_offices(context: typer.Context, as_json: Json = False) -> None:
    """The offices this vault knows."""
    with session(context).open() as vault, vault.read() as connection:
        found = known_offices(connection)
    if as_json:
        print_json([{"code": o.code, "name": o.name, "role": o.role, "paired": o.is_paired} for o in found])
    else:
        print_lines([f"{o.code} {o.name} {'已登记' if o.is_paired else '未登记'}" for o in found])


def check_forms(
    folder: Annotated[Path | None, typer.Argument(help="参数包文件夹，默认为程序自带")] = None,
    as_json: Json = False,
) -> None:
    """Loads a parameter pack and says what is in it."""
    try:
        files = read_files(_folder(folder or forms_dir()))
    except (OSError, UnicodeDecodeError) as error:
        raise KnownError("cli.file", path=folder, detail=error) from error
    pack = load_pack(files)
    found = {"version": pack.version, "ledgers": len(pack.ledgers), "indicators": len(pack.indicators)}
    if as_json:
        print_json({**found, "digest": pack.digest})
    else:
        print_lines(
            [f"参数包第 {pack.version} 版：{len(pack.ledgers)} 个台账，{len(pack.indicators)} 个指标，没有错误。"]
        )
