"""The one composition root: settings become engines, channels, clients and the web app. Nothing is built at import."""

import asyncio
import gc
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sanic import Sanic
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from bot.domain.agent import Role
from bot.domain.limits import Limits
from bot.rasa_client import HttpWire, RasaClient
from bot.services import agents, articles, calendars, setup
from bot.services.articles import ArticleSearch
from bot.services.claims import Channels
from bot.settings import Settings, SettingsError
from bot.store.clock import Clock, ShiftedClock, SystemClock
from bot.store.engine import make_engine
from bot.store.files import Files
from bot.store.migrate import migrate
from bot.store.unit_of_work import UnitOfWork, UowFactory
from bot.store.wakeups import Announcer, Wakeups
from bot.web.app import create_app
from bot.web.context import WebContext
from bot.web.throttle import Throttle
from connectors.abilities import EchoingChannel, Finding, PreparedChannel, SetUpChannel, WindowedChannel
from connectors.contract import FAULTS
from connectors.registry import CHANNELS

LOOK_AGAIN_SECONDS = 300.0
YOUNG_OBJECTS = 5_000  # made and not freed, after which cycles are looked for; Python's own choice is 700
log = structlog.get_logger()
RASA_NOT_SET = "http://127.0.0.1:5005"  # Rasa's own default, for a process started by hand


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything a process of the desk works with."""

    settings: Settings
    engine: AsyncEngine
    uow: UowFactory
    clock: Clock
    wakeups: Wakeups
    announcer: Announcer
    channels: Channels
    files: Files
    rasa: RasaClient
    search: ArticleSearch
    listen_url: str

    @property
    def limits(self) -> Limits:
        """The promises and patience of this installation."""
        return Limits(
            window_minutes=self.settings.window_minutes,
            idle=timedelta(minutes=self.settings.idle_minutes),
            survey=timedelta(hours=self.settings.survey_hours),
            push_reserve=self.settings.line_push_reserve,
            agent_gone=timedelta(seconds=self.settings.agent_gone_seconds),
            windows={
                name: channel.open_for(by_person=True)
                for name, channel in self.channels.items()
                if isinstance(channel, WindowedChannel)
            },
            echoes={
                name: channel.echo_within
                for name, channel in self.channels.items()
                if isinstance(channel, EchoingChannel)
            },
            largest_file=self.settings.media_max_mb * 1_000_000,
            public_url=self.settings.public_url,
            link=timedelta(days=self.settings.link_days),
        )

    async def know_channels(self) -> None:
        """Let channels learn about their accounts, until cancelled: a platform may be down at the start."""
        while True:
            for channel in self.channels.values():
                if isinstance(channel, PreparedChannel):
                    await _prepare(channel)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def close(self) -> None:
        """Let go of every connection."""
        await self.rasa.close()
        for channel in self.channels.values():
            await channel.close()
        await self.announcer.close()
        await self.engine.dispose()


@dataclass(frozen=True, kw_only=True)
class FirstSignIn:
    """The administrator made at the first start; the password is shown once, None when the settings gave it."""

    email: str
    password: str | None


def make_desk(settings: Settings, *, clock: Clock | None = None) -> Desk:
    """Build the desk for one process; ``clock`` replaces the settings' choice in tests."""
    if settings.database_url is None:
        raise SettingsError("No database: set DESK_DATABASE_URL, or start everything with `make run`.")
    engine = make_engine(settings.database_url)
    sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
    chosen = clock or (ShiftedClock() if settings.test_clock else SystemClock())

    listen_url = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    announcer = Announcer(listen_url)

    def uow() -> UnitOfWork:
        return UnitOfWork(sessions, chosen, announcer.announce)

    return Desk(
        settings=settings,
        engine=engine,
        uow=uow,
        clock=chosen,
        wakeups=Wakeups(listen_url),
        announcer=announcer,
        channels={name: CHANNELS[name](settings) for name in settings.channels},
        files=Files(settings.var / "media"),
        rasa=RasaClient(HttpWire(settings.rasa_url or RASA_NOT_SET)),
        search=ArticleSearch(uow),
        listen_url=listen_url,
    )


async def look_over(settings: Settings, name: str, *, set_up: bool) -> list[Finding]:
    """Check a channel's platform, after publishing what it should have if ``set_up``; no database is needed."""
    channel = CHANNELS[name](settings)
    plan = setup.plan(name, settings.public_url)
    try:
        if not isinstance(channel, SetUpChannel):
            return []
        done = list(await channel.set_up(plan)) if set_up else []
        return done + list(await channel.check(plan))
    finally:
        await channel.close()


def settle() -> None:
    """Take what a process has loaded by now out of its garbage collections, once it is ready to work.

    A full one went through it all and held everything up for 135 ms; it takes 11 without. Every session of SQLAlchemy
    leaves cycles, so the young are collected more seldom than by default: 2 % of the worker's processor time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


def make_web(desk: Desk, *, name: str = "desk") -> Sanic[Any, Any]:
    """Build the web app of a desk."""
    context = WebContext(
        uow=desk.uow,
        wakeups=desk.wakeups,
        search=desk.search,
        channels=desk.channels,
        files=desk.files,
        limits=desk.limits,
        rasa_ready=desk.rasa.is_ready,
        test_clock=desk.settings.test_clock,
        throttle=Throttle(
            visitor_per_minute=desk.settings.visitor_per_minute,
            address_per_minute=desk.settings.address_per_minute,
            proxies=desk.settings.trusted_proxies,
        ),
        widget_origins=desk.settings.widget_origins,
        privacy_url=desk.settings.privacy_url,
    )
    return create_app(context, name=name)


async def prepare(settings: Settings) -> FirstSignIn | None:
    """Bring the database up to date: schema, starter data, the first administrator."""
    if settings.database_url is None:
        raise SettingsError("No database to prepare.")
    await asyncio.to_thread(migrate, settings.database_url)
    desk = make_desk(settings)
    try:
        async with desk.uow() as uow:
            await calendars.seed(uow)
            await articles.seed_starter(uow)
            first = await _first_admin(uow, settings)
            await uow.commit()
    finally:
        await desk.close()
    return first


async def _first_admin(uow: UnitOfWork, settings: Settings) -> FirstSignIn | None:
    if await uow.agents.count():
        return None
    password = settings.admin_password or secrets.token_urlsafe(12)
    await agents.create(uow, email=settings.admin_email, name="DITP", role=Role.ADMIN, password=password)
    return FirstSignIn(email=settings.admin_email, password=None if settings.admin_password else password)


async def _prepare(channel: PreparedChannel) -> None:
    try:
        await channel.prepare()
    except FAULTS as error:
        log.exception("channel.failed", error=error)
