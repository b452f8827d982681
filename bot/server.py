"""The two HTTP servers of the desk: ``web`` for people and platforms, ``actions`` for Rasa on loopback."""

from typing import Any

from rasa_sdk.endpoint import create_app as create_action_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from actions.registry import build
from bot.bootstrap import Desk, make_desk, make_web, settle
from bot.log import configure
from bot.settings import Settings


class Executor(ActionExecutor):  # type: ignore[misc]  # rasa-sdk is not typed
    """Runs our actions. None of them reads the domain, so Rasa does not send it (``endpoints.yml``)."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        """Do without the domain, where rasa-sdk would ask for it (status 449, which Rasa 3.6 takes for an error)."""
        return {}


def serve_web(settings: Settings) -> None:
    """Be the web process."""
    configure("web")
    desk = make_desk(settings)
    app = make_web(desk)

    @app.before_server_start
    async def start(app: Sanic[Any, Any]) -> None:
        settle()
        app.add_task(desk.wakeups.run(), name="wakeups")
        app.add_task(desk.search.keep_fresh(desk.wakeups), name="search")
        app.add_task(desk.know_channels(), name="channels")

    @app.after_server_stop
    async def stop(app: Sanic[Any, Any]) -> None:
        await desk.close()

    app.run(host=settings.host, port=settings.port, single_process=True, access_log=False, motd=False)


def serve_actions(settings: Settings) -> None:
    """Be the action server: Rasa's custom actions with the desk's search, on loopback only."""
    configure("actions")
    desk = make_desk(settings)
    app = make_actions(desk)
    app.run(host="127.0.0.1", port=settings.actions_port, single_process=True, access_log=False, motd=False)


def make_actions(desk: Desk) -> Sanic[Any, Any]:
    """Build rasa-sdk's app around our actions."""
    executor = Executor()
    for action in build(desk.search):
        executor.register_action(action)
    app: Sanic[Any, Any] = create_action_app(executor)

    @app.before_server_start
    async def start(app: Sanic[Any, Any]) -> None:
        await desk.search.refresh()
        settle()
        app.add_task(desk.wakeups.run(), name="wakeups")
        app.add_task(desk.search.keep_fresh(desk.wakeups), name="search")

    @app.after_server_stop
    async def stop(app: Sanic[Any, Any]) -> None:
        await desk.close()

    return app
