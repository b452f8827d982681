"""Setting a LINE account up, and what its check says in plain words."""

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image

from bot import setup_words
from bot.cli import main
from bot.services import setup
from connectors import line_setup
from connectors.abilities import Finding, SetUpChannel
from connectors.contract import Menu
from connectors.line import LineChannel
from connectors.line_picture import COLUMNS, WIDTH, cell, height
from tests.connectors.line_account import Connect
from tests.fakes.http_thread import HttpThread, Reply, Request
from tests.fakes.line import LinePlatform
from tests.fakes.line_user import LineUser


@pytest.fixture(name="desk")
def _desk(platform: LinePlatform) -> Iterator[HttpThread]:
    """A desk that takes whatever is signed with the platform's secret."""

    def answer(request: Request) -> Reply:
        return Reply(status=200 if platform.sign(request.body) == request.headers.get("x-line-signature") else 401)

    served = HttpThread(answer)
    served.start()
    yield served
    served.stop()


def bad(findings: list[Finding]) -> set[str]:
    return {finding.code for finding in findings if finding.good is False}


async def test_a_fresh_account_is_set_up_once(
    line: LineChannel, platform: LinePlatform, somchai: LineUser, desk: HttpThread
) -> None:
    assert isinstance(line, SetUpChannel)
    plan = setup.plan("line", desk.address)
    assert bad(await line.check(plan)) == {"webhook_set", "menu_bot", "menu_person"}
    assert bad(await line.set_up(plan)) == set()
    account = platform.account
    first = set(account.menus)
    await line.set_up(plan)

    assert bad(await line.check(plan)) == set()
    assert set(account.menus) == first
    assert platform.webhook == f"{desk.address}/webhooks/line"
    menu = account.menu_of(somchai.id)
    assert menu is not None
    assert [area["action"]["data"] for area in menu.asked["areas"]] == [e.payload for e in plan.menus[Menu.BOT]]
    await line.show_menu(somchai.id, Menu.PERSON)
    menu = account.menu_of(somchai.id)
    assert menu is not None
    assert len(menu.asked["areas"]) == len(plan.menus[Menu.PERSON])
    assert platform.violations == []


async def test_a_changed_menu_replaces_the_old_one_and_leaves_others_alone(
    line: LineChannel, platform: LinePlatform, desk: HttpThread
) -> None:
    plan = setup.plan("line", desk.address)
    await line.set_up(plan)
    theirs = platform.account.menus.popitem()[1]
    theirs.asked["name"] = "วันปีใหม่"
    platform.account.menus[theirs.id] = theirs
    fewer = {**plan.menus, Menu.BOT: plan.menus[Menu.BOT][:4]}
    changed = replace(plan, menus=fewer)
    await line.set_up(changed)

    assert theirs.id in platform.account.menus
    assert len(platform.account.menus) == 3
    assert bad(await line.check(changed)) == set()
    assert "menu_bot" in bad(await line.check(plan))
    assert platform.violations == []


async def test_the_check_names_what_is_wrong(
    line: LineChannel, connect: Connect, platform: LinePlatform, desk: HttpThread
) -> None:
    plan = setup.plan("line", desk.address)
    await line.set_up(plan)
    platform.account.chat_mode, platform.account.webhook_active = "chat", False
    platform.quota = platform.used = 300
    found = bad(await connect().check(plan))
    assert found == {"chat_off", "webhook_active", "quota"}
    desk.stop()
    assert "webhook_test" in bad(await line.check(plan))
    platform.revoke_tokens()
    assert bad(await connect().check(plan)) == {"account"}


async def test_a_secret_of_another_channel_is_told(line: LineChannel, platform: LinePlatform) -> None:
    refusing = HttpThread(lambda _request: Reply(status=401))
    refusing.start()
    found = bad(await line.set_up(setup.plan("line", refusing.address)))
    found |= bad(await line.check(setup.plan("line", refusing.address)))
    refusing.stop()

    assert found == {"webhook_secret"}


def test_every_finding_has_words_and_what_only_a_person_sees_comes_last() -> None:
    known = setup_words.words()["line"]
    wrong = [Finding(code=code, good=False, about="x") for code in known if "bad" in known[code]]
    by_hand = [Finding(code=code, good=None) for code in line_setup.BY_HAND]
    said = setup_words.lines("line", [*by_hand, *wrong])

    assert all(line.startswith("[!!]") for line in said[: len(wrong)])
    assert all(line.startswith("[  ]") for line in said[-len(by_hand) :])
    assert not [line for line in said if "{about}" in line or line[5:] in {one.code for one in [*wrong, *by_hand]}]


@pytest.mark.parametrize("count", range(1, 13))
def test_the_cells_cover_the_picture_without_overlap(count: int) -> None:
    cells = [cell(number, count) for number in range(count)]

    assert sum(wide * tall for _, _, wide, tall in cells) == WIDTH * height(count)
    assert all(x + wide <= WIDTH and y + tall <= height(count) for x, y, wide, tall in cells)
    assert WIDTH / height(count) >= 1.45 or count > 3 * COLUMNS


async def test_the_picture_is_what_line_takes(line: LineChannel, platform: LinePlatform, desk: HttpThread) -> None:
    await line.set_up(setup.plan("line", desk.address))

    for menu in platform.account.menus.values():
        assert menu.image is not None
        assert len(menu.image) < 400_000
        with Image.open(io.BytesIO(menu.image)) as image:
            assert image.size == (menu.asked["size"]["width"], menu.asked["size"]["height"])
            assert len(image.convert("RGB").getcolors(100_000) or []) > 2


def test_the_command_line_says_it_and_fails_while_something_is_missing(
    platform: LinePlatform, desk: HttpThread, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {
        "DESK_LINE_CHANNEL_SECRET": platform.secret,
        "DESK_LINE_CHANNEL_ACCESS_TOKEN": platform.token,
        "DESK_LINE_API_BASE": platform.address,
        "DESK_PUBLIC_URL": desk.address,
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    assert main(["line", "check"]) == 1
    assert "python -m bot line setup" in capsys.readouterr().out
    assert main(["line", "setup"]) == 0
    said = capsys.readouterr().out
    assert "[!!]" not in said
    assert "Webhook redelivery" in said
    assert platform.token not in said
    platform.revoke_tokens()
    assert main(["line", "setup"]) == 1
    assert "no_access" in capsys.readouterr().err


def test_a_channel_without_settings_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DESK_LINE_CHANNEL_SECRET", raising=False)

    assert main(["line", "check"]) != 0
    said = capsys.readouterr().err
    assert "ยังไม่ได้ตั้งค่าช่องทาง line" in said
    assert "has no settings" in said
