"""Settings: what is read, and the one sentence that each mistake gives."""

import re
from pathlib import Path

import pytest

from bot.settings import ROOT, Settings, SettingsError, load_settings

LINE = {"DESK_LINE_CHANNEL_SECRET": "line-secret", "DESK_LINE_CHANNEL_ACCESS_TOKEN": "line-token"}
MESSENGER = {
    "DESK_MESSENGER_APP_SECRET": "app-secret",
    "DESK_MESSENGER_PAGE_ACCESS_TOKEN": "page-token",
    "DESK_MESSENGER_VERIFY_TOKEN": "verify",
}


def test_the_defaults_alone_give_a_desk_with_web_chat_on_the_loopback() -> None:
    settings = load_settings({"HOME": "/somewhere", "PATH": "/bin"})

    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.channels == ("webchat",)
    assert settings.var == ROOT / "var"
    assert settings.database_url is None
    assert (settings.window_minutes, settings.idle_minutes, settings.survey_hours) == (3, 30, 24)
    assert settings.test_clock is False


def test_a_platform_joins_when_all_its_secrets_are_set() -> None:
    assert load_settings(LINE).channels == ("webchat", "line")
    assert load_settings(LINE | MESSENGER).channels == ("webchat", "line", "messenger")


def test_old_secrets_of_line_are_listed_with_commas() -> None:
    assert load_settings(LINE | {"DESK_LINE_CHANNEL_SECRET_OLD": "a, b,"}).line_channel_secret_old == ("a", "b")


def test_a_line_channel_id_stands_in_for_the_access_token() -> None:
    settings = load_settings({"DESK_LINE_CHANNEL_SECRET": "s", "DESK_LINE_CHANNEL_ID": "1234567890"})

    assert settings.channels == ("webchat", "line")


def test_channels_can_be_chosen() -> None:
    assert load_settings(LINE | {"DESK_CHANNELS": " LINE , line"}).channels == ("line",)
    assert load_settings({"DESK_CHANNELS": " , "}).channels == ("webchat",)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"DESK_PROT": "1"}, "DESK_PROT is not a setting; did you mean DESK_PORT?"),
        ({"DESK_XYZZY": ""}, "DESK_XYZZY is not a setting; README lists all of them."),
        ({"DESK_PORT": "eight"}, "DESK_PORT should be a valid integer"),
        ({"DESK_PORT": "70000"}, "DESK_PORT should be less than or equal to 65535"),
        ({"DESK_WINDOW_MINUTES": "0"}, "DESK_WINDOW_MINUTES should be greater than 0"),
        ({"DESK_DATABASE_URL": "mysql://u:hidden@h/d"}, "DESK_DATABASE_URL must begin with postgresql://"),
        ({"DESK_RASA_URL": "localhost:5005"}, "DESK_RASA_URL must be an address that begins with http://"),
        (
            {"DESK_MESSENGER_GRAPH_BASE": "https://graph.facebook.com"},
            "DESK_MESSENGER_GRAPH_BASE must end with a version",
        ),
        ({"DESK_SMTP_URL": "http://hidden@mail"}, "DESK_SMTP_URL must begin with smtp://"),
        ({"DESK_ADMIN_PASSWORD": "hidden"}, "DESK_ADMIN_PASSWORD"),
        ({"DESK_ADMIN_EMAIL": "admin"}, "DESK_ADMIN_EMAIL must be an e-mail address"),
        ({"DESK_CHANNELS": "webchat,fax"}, "DESK_CHANNELS names an unknown channel 'fax'"),
        ({"DESK_CHANNELS": "messenger"}, "The channel messenger is incomplete: DESK_MESSENGER_APP_SECRET and"),
        (
            {"DESK_LINE_CHANNEL_SECRET": "hidden"},
            "The channel line is incomplete: DESK_LINE_CHANNEL_ACCESS_TOKEN or DESK_LINE_CHANNEL_ID must be set too.",
        ),
    ],
)
def test_a_mistake_gives_one_sentence_without_the_value(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)

    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_an_empty_variable_is_not_set() -> None:
    assert load_settings({"DESK_PORT": "", "DESK_LINE_CHANNEL_SECRET": " "}) == load_settings({})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_database_address_gets_our_driver(scheme: str) -> None:
    assert load_settings({"DESK_DATABASE_URL": f"{scheme}://u:p@h/d"}).database_url == "postgresql+psycopg://u:p@h/d"


def test_the_data_folder_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert load_settings({"DESK_VAR": "data"}).var == tmp_path / "data"


def test_no_secret_shows_in_the_printed_form() -> None:
    secrets = (
        LINE | MESSENGER | {"DESK_ADMIN_PASSWORD": "admin-pass", "DESK_DATABASE_URL": "postgresql://u:db-pass@h/d"}
    )

    printed = repr(load_settings(secrets))

    assert [value for value in (*LINE.values(), *MESSENGER.values(), "admin-pass", "db-pass") if value in printed] == []


def test_readme_lists_exactly_the_settings() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    named = set(re.findall(r"\bDESK_[A-Z_]+[A-Z]\b", readme))

    assert named == {f"DESK_{field.upper()}" for field in Settings.model_fields}


def test_old_app_secrets_are_a_list() -> None:
    settings = load_settings({"DESK_MESSENGER_APP_SECRET_OLD": "one, two,"} | MESSENGER)

    assert settings.messenger_app_secret_old == ("one", "two")
