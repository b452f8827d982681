"""The console's buttons: each form's POST calls one use case, and answers with a page or with words for the script.

Without the script a form is answered by going back to the case, or by the case's page with what went wrong and with
everything that was typed. What a reader must not break: nothing here runs before the form's secret was checked, and a
unit of work is never open while the officer's browser is waited for: it holds the officer's row and a connection.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sanic import Blueprint, HTTPResponse, Request, json, redirect

from bot.domain.errors import DeskError, Invalid
from bot.services import cases, ending, profile
from bot.services.agents import normal_email
from bot.services.uploads import MOST_FILES
from bot.web import console_words as words
from bot.web.bodies import FORM_AROUND, files_of, read_body
from bot.web.console import show_case
from bot.web.console_page import Visit, enter, is_live, refuse
from bot.web.context import WebContext
from bot.web.errors import status_of
from bot.web.session import FormRefused, check_form, field

LONGEST_TEXT = 5000
blueprint = Blueprint("desk_actions", url_prefix="/desk/cases")
Act = Callable[..., Awaitable[str]]


def action(path: str, *, files: bool = False) -> Callable[[Act], Act]:
    """Register ``async def act(visit, case_id, **path_arguments)``, which returns the key of what to say.

    ``files``: the form may hold some; ``act`` gets the uploads that they have become as ``file_ids``.
    """

    def register(act: Act) -> Act:
        async def view(request: Request, case_id: int, **arguments: Any) -> HTTPResponse:
            try:
                if files:
                    arguments["file_ids"] = await _hand_in(request, case_id)
                async with request.app.ctx.web.uow() as uow:
                    visit = await enter(uow, request)
                    check_form(request, visit.token)
                    said = await act(visit, case_id, **arguments)
                    await uow.commit()
            except FormRefused as error:
                return refuse(request, error)
            except DeskError as error:
                return await _failed(request, case_id, error)
            if is_live(request):
                return json({"said": words.SAID[said]})
            return redirect(f"/desk/cases/{case_id}?said={said}", status=303)

        blueprint.add_route(view, f"/<case_id:int>{path}", methods=["POST"], name=act.__name__, stream=files)
        return act

    return register


async def _hand_in(request: Request, case_id: int) -> list[int]:
    """Read a form with files once it is known who sends it, and keep the files as uploads."""
    context: WebContext = request.app.ctx.web
    async with context.uow() as uow:
        visit = await enter(uow, request)
        await uow.commit()
    await read_body(request, 2 * context.limits.largest_file + FORM_AROUND)
    check_form(request, visit.token)
    rows = [
        await cases.upload(
            context.uow, context.files, visit.agent, case_id, data=file.data, name=file.name, limits=context.limits
        )
        for file in files_of(request, "file")[: MOST_FILES + 1]
    ]
    return [row.id for row in rows]


async def _failed(request: Request, case_id: int, error: DeskError) -> HTTPResponse:
    """Show the case again with what went wrong; the failed unit of work is rolled back by now."""
    if is_live(request) or status_of(error) in (401, 404):
        return refuse(request, error)
    async with request.app.ctx.web.uow() as uow:
        visit = await enter(uow, request)
        kept = {"problem": words.problem(error), "text": field(request, "text"), "key": field(request, "key")}
        response = await show_case(visit, case_id, status=status_of(error), **kept, new_after=_seen(request) or 0)
        await uow.commit()
    return response


@action("/accept")
async def accept(visit: Visit, case_id: int) -> str:
    """Take a waiting case."""
    await cases.accept(visit.uow, visit.agent, case_id)
    return "accept"


@action("/reply", files=True)
async def reply(visit: Visit, case_id: int, file_ids: Sequence[int]) -> str:
    """Answer the customer; the draft's key makes a repeated click the same reply."""
    text = "" if file_ids and not field(visit.request, "text").strip() else _text(visit)
    await cases.reply(
        visit.uow, visit.agent, case_id, text=text, last_seen_seq=_seen(visit.request),
        key=field(visit.request, "key")[:100] or None, limits=visit.context.limits, file_ids=file_ids,
        quoted_seq=_number(visit.request, "quoted_seq"),
    )  # fmt: skip
    return "reply"


@action("/retry/<seq:int>")
async def retry(visit: Visit, case_id: int, seq: int) -> str:
    """Send a failed message again."""
    await cases.retry(visit.uow, visit.agent, case_id, seq, limits=visit.context.limits)
    return "retry"


@action("/notes")
async def add_note(visit: Visit, case_id: int) -> str:
    """Keep an internal note."""
    await cases.add_note(visit.uow, visit.agent, case_id, _text(visit, "note"))
    return "notes"


@action("/transfer")
async def transfer(visit: Visit, case_id: int) -> str:
    """Hand the case on to another officer."""
    to = field(visit.request, "to")
    if not to.isdecimal():
        raise Invalid(thai="โปรดเลือกเจ้าหน้าที่ที่จะรับเรื่องต่อ")
    await cases.transfer(visit.uow, visit.agent, case_id, int(to[:18]))
    return "transfer"


@action("/release")
async def release(visit: Visit, case_id: int) -> str:
    """Put the case back into the queue."""
    await cases.release(visit.uow, visit.agent, case_id)
    return "release"


@action("/return-to-bot")
async def return_to_bot(visit: Visit, case_id: int) -> str:
    """Give the case back to the bot."""
    await cases.return_to_bot(visit.uow, visit.agent, case_id, limits=visit.context.limits)
    return "return-to-bot"


@action("/resolve")
async def resolve(visit: Visit, case_id: int) -> str:
    """End the case with outcome and summary."""
    if field(visit.request, "outcome") not in cases.OUTCOMES:
        raise Invalid(thai="โปรดเลือกผลของเรื่อง")
    case = await cases.resolve(
        visit.uow, visit.agent, case_id, outcome=field(visit.request, "outcome"),
        summary=field(visit.request, "summary")[:LONGEST_TEXT], last_seen_seq=_seen(visit.request),
        limits=visit.context.limits, erased_messages=_number(visit.request, "erased_messages") or 0,
    )  # fmt: skip
    unasked = await ending.waits_unasked(visit.uow, case)
    return "resolve-unasked" if unasked else "resolve"


@action("/discard")
async def discard(visit: Visit, case_id: int) -> str:
    """Close the case as spam or duplicate."""
    await cases.discard(visit.uow, visit.agent, case_id, field(visit.request, "reason"))
    return "discard"


@action("/profile")
async def change_profile(visit: Visit, case_id: int) -> str:
    """Keep what the customer told and agreed to."""
    if not field(visit.request, "consent"):
        raise Invalid(thai="ต้องได้รับความยินยอมจากลูกค้าก่อน จึงจะบันทึกข้อมูลได้")
    fields = {name: field(visit.request, name) for name in profile.FIELDS}
    if fields["email"].strip():
        try:
            normal_email(fields["email"].strip())
        except Invalid:
            raise Invalid(thai="อีเมลไม่ถูกต้อง โปรดตรวจสอบอีกครั้ง") from None
    try:
        await profile.change(visit.uow, visit.agent, case_id, fields)
    except Invalid:
        raise Invalid(thai="หมายเลขโทรศัพท์ไม่ถูกต้อง เช่น 081 234 5678 หรือ +66 81 234 5678") from None
    return "profile"


def _text(visit: Visit, name: str = "text") -> str:
    text = field(visit.request, name).strip()
    if not text:
        raise Invalid(thai="โปรดพิมพ์ข้อความก่อน")
    if len(text) > LONGEST_TEXT:
        raise Invalid(thai=f"ข้อความยาวเกิน {LONGEST_TEXT:,} ตัวอักษร โปรดแบ่งส่ง")
    return text


def _seen(request: Request) -> int | None:
    return _number(request, "last_seen_seq")


def _number(request: Request, name: str) -> int | None:
    given = field(request, name)
    return int(given) if given.isdecimal() and len(given) < 10 else None
