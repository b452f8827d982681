"""What the desk does with a LINE account beside messages."""

import asyncio
import json
import threading
from datetime import timedelta

import pytest

from connectors.abilities import GroupChannel, MenuChannel, NamingChannel, PreparedChannel, ReadChannel, ThinkingChannel
from connectors.contract import ChannelHalted, DeliveryFailed, Menu, SecretWrong, SignatureInvalid
from connectors.line import LineChannel
from tests.connectors.line_account import SHORT, Connect, failure, to
from tests.fakes.http_thread import HttpThread, Reply
from tests.fakes.line import LinePlatform
from tests.fakes.line_account import RichMenu
from tests.fakes.line_user import LineUser


def test_it_can_do_all_of_it(line: LineChannel) -> None:
    for kind in (GroupChannel, MenuChannel, NamingChannel, PreparedChannel, ReadChannel, ThinkingChannel):
        assert isinstance(line, kind)


async def test_a_name_is_told_unless_the_user_is_gone_or_names_are_not_wanted(
    line: LineChannel, connect: Connect, platform: LinePlatform, somchai: LineUser
) -> None:
    assert await line.name_of(somchai.id) == "สมชาย"
    assert await connect(names=False).name_of(somchai.id) is None
    somchai.blocked = True
    assert await line.name_of(somchai.id) is None
    assert len([call for call in platform.calls if "profile" in call.path]) == 2


async def test_read_marks_are_set_only_where_line_does_not_do_it(
    line: LineChannel, connect: Connect, platform: LinePlatform, somchai: LineUser
) -> None:
    token = platform.issue_read_token()
    await line.mark_read(somchai.id, token)
    assert platform.account.read == []
    platform.account.chat_mode = "chat"
    await connect().mark_read(somchai.id, token)

    assert platform.account.read == [token]


async def test_the_loading_sign(line: LineChannel, platform: LinePlatform, somchai: LineUser) -> None:
    await line.show_thinking(somchai.id)

    assert platform.account.loading == [somchai.id]
    assert platform.violations == []


async def test_a_menu_is_linked_and_unlinked_once_it_is_published(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    await line.show_menu(somchai.id, Menu.PERSON)
    assert platform.account.linked == {}
    platform.account.menus["richmenu-1"] = RichMenu(id="richmenu-1", asked={}, image=b"x")
    platform.account.aliases["desk-person"] = "richmenu-1"
    await line.show_menu(somchai.id, Menu.PERSON)
    assert platform.account.linked == {somchai.id: "richmenu-1"}
    await line.show_menu(somchai.id, Menu.BOT)

    assert platform.account.linked == {}
    assert platform.violations == []


async def test_a_menu_that_was_published_anew_is_found_at_the_next_try(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    account = platform.account
    for number in "12":
        account.menus = {f"richmenu-{number}": RichMenu(id=f"richmenu-{number}", asked={}, image=b"x")}
        account.aliases["desk-person"] = f"richmenu-{number}"
        if number == "2":
            assert isinstance(await failure(line.show_menu(somchai.id, Menu.PERSON)), DeliveryFailed)
        await line.show_menu(somchai.id, Menu.PERSON)

    assert account.linked == {somchai.id: "richmenu-2"}


@pytest.mark.parametrize("group", ["C" + "0" * 32, "R" + "0" * 32])
async def test_a_group_is_told_and_left_and_repeating_it_is_harmless(
    line: LineChannel, platform: LinePlatform, group: str
) -> None:
    crowd = platform.user("กลุ่ม")
    platform.account.groups.add(group)
    token = platform.issue_reply_token(crowd)
    for _ in range(2):
        await line.decline(group, token, "ไม่รับกลุ่มค่ะ")
    await line.decline(group, None, "ไม่รับกลุ่มค่ะ")

    assert crowd.texts == ["ไม่รับกลุ่มค่ะ"]
    assert platform.account.left == [group]
    kind = "group" if group.startswith("C") else "room"
    assert platform.calls[1].path == f"/v2/bot/{kind}/{group}/leave"


async def test_events_for_another_account_are_refused_once_the_own_one_is_known(
    line: LineChannel, platform: LinePlatform
) -> None:
    def parse(destination: object) -> int:
        body = json.dumps({"destination": destination, "events": [{"type": "x"}]}).encode()
        return len(line.parse({"x-line-signature": platform.sign(body)}, body))

    assert parse("U" + "0" * 32) == 1
    await line.prepare()
    assert (parse(platform.bot_id), parse(None)) == (1, 1)
    with pytest.raises(SecretWrong):
        parse("U" + "0" * 32)


async def test_a_secret_that_line_does_not_sign_with_is_told_from_words_of_strangers(
    line: LineChannel, platform: LinePlatform
) -> None:
    def refused(body: str, signature: str = "no") -> type[Exception]:
        with pytest.raises(SignatureInvalid) as told:
            line.parse({"x-line-signature": signature}, body.encode())
        return told.type

    ours, strange = f'{{"destination": "{platform.bot_id}", "events": []}}', '{"destination": "U1", "events": []}'
    assert {refused(ours) for _ in range(5)} == {SignatureInvalid}, "LINE has not told yet who we are"
    await line.prepare()
    assert {refused(strange) for _ in range(5)} == {SignatureInvalid}
    assert [refused(ours) for _ in range(2)] == [SignatureInvalid] * 2
    assert line.parse({"x-line-signature": platform.sign(ours.encode())}, ours.encode()) == []
    assert [refused(ours) for _ in range(4)] == [SignatureInvalid, SignatureInvalid, SecretWrong, SecretWrong]
    assert {refused(strange) for _ in range(3)} == {SignatureInvalid}, "nor do they keep the alert up"
    assert refused(ours) is SecretWrong


async def test_a_wrong_credential_is_said_at_the_start_and_stops_nothing(
    line: LineChannel, platform: LinePlatform, caplog: pytest.LogCaptureFixture
) -> None:
    platform.revoke_tokens()
    await line.prepare()

    assert "check its credentials" in caplog.text
    assert platform.token not in caplog.text


async def test_a_platform_that_is_down_or_refuses_us_is_told_as_such(
    line: LineChannel, platform: LinePlatform, somchai: LineUser
) -> None:
    platform.stop()
    error = await failure(line.name_of(somchai.id))
    assert isinstance(error, DeliveryFailed)
    assert (error.reason, error.retry_after) == ("platform_down", timedelta(seconds=2))
    await line.prepare()
    platform.start()
    platform.revoke_tokens()

    assert isinstance(await failure(line.mark_read(somchai.id, "r")), ChannelHalted)
    assert isinstance(await failure(line.send(to(somchai))), ChannelHalted)


@pytest.mark.parametrize("ability", ["name_of", "show_thinking"])
async def test_a_platform_that_does_not_answer_is_given_up_soon(
    line: LineChannel, connect: Connect, somchai: LineUser, monkeypatch: pytest.MonkeyPatch, ability: str
) -> None:
    monkeypatch.setattr("connectors.line_account.PATIENCE", SHORT)
    monkeypatch.setattr("connectors.line_account.LOADING_PATIENCE", SHORT)
    never = threading.Event()
    silent = HttpThread(lambda _request: Reply(held=never))
    silent.start()
    channel = connect(api_base=silent.address)
    async with asyncio.timeout(5):
        error = await failure(getattr(channel, ability)(somchai.id))
    never.set()
    silent.stop()

    assert isinstance(error, DeliveryFailed)
    assert error.reason == "platform_down"


def test_a_change_of_the_account_is_logged(
    line: LineChannel, platform: LinePlatform, somchai: LineUser, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps({"events": [somchai.event("deactivated")]}).encode()
    line.parse({"x-line-signature": platform.sign(body)}, body)

    assert "the account was changed" in caplog.text
