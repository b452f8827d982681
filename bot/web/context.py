"""What the web layer needs from the composition root, as one value."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bot.domain.limits import Limits
from bot.services.articles import ArticleSearch
from bot.services.claims import Channels
from bot.services.gate import Gate
from bot.store.files import Files
from bot.store.unit_of_work import UowFactory
from bot.store.wakeups import Wakeups
from bot.web.throttle import Throttle


@dataclass(frozen=True, kw_only=True)
class WebContext:
    """Everything a request handler may use."""

    uow: UowFactory
    wakeups: Wakeups
    search: ArticleSearch
    channels: Channels
    files: Files
    limits: Limits
    rasa_ready: Callable[[], Awaitable[bool]]
    test_clock: bool
    throttle: Throttle
    sign_ins: Gate = field(default_factory=Gate)
    widget_origins: Sequence[str] = ()
    privacy_url: str = ""
