"""``python -m bot.rasa_speed rasa run …``: Rasa's own command line without two of its costs.

Rasa 3.6.21 checks the schema of the event schema itself at every answer of a custom action, and searches all event
classes for every event of a tracker that it loads. Neither ever comes out differently. What a reader must not break:
only what succeeds takes the short way; all else goes to Rasa's own function, so that errors are Rasa's own.
"""

import copy
import logging
import sys
from collections.abc import Callable
from typing import Any, Final

import rasa
from jsonschema.validators import validator_for  # type: ignore[import-untyped]  # comes with Rasa
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses

READ: Final = "3.6.21"  # the version whose source was read
log = logging.getLogger(__name__)


def validating(original: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Give ``RemoteAction._validate_action_result`` with compiled validators, an event's chosen by its name.

    Rasa's schema wants an event to fit one of 23 alternatives; each names another event, so the others cannot fit.
    """
    spec = copy.deepcopy(RemoteAction.action_response_format_spec())
    compiled = validator_for(spec)
    kinds = spec["properties"]["events"]["items"].pop("oneOf")
    kind_of = {kind["properties"]["event"]["const"]: compiled(kind) for kind in kinds}
    whole = compiled(spec)

    def fits(event: Any) -> bool:
        return event["event"] in kind_of and kind_of[event["event"]].is_valid(event)

    def is_valid(result: Any) -> bool:
        return whole.is_valid(result) and all(map(fits, result.get("events", ())))

    return lambda action, result: is_valid(result) or original(action, result)


def resolving(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``Event.resolve_by_type`` with a table of the classes; of two with one name the first counts, as in Rasa."""
    classes = {cls.type_name: cls for cls in reversed(all_subclasses(Event))}

    def resolve(type_name: Any, default: Any = None) -> Any:
        known = classes.get(type_name) if isinstance(type_name, str) else None
        return known or original(type_name, default)

    return resolve


def install() -> None:
    """Put both into this process; a Rasa whose source was not read stays as it is, with a warning."""
    if rasa.__version__ != READ:
        log.warning("This is Rasa %s, not %s: it runs without our two caches.", rasa.__version__, READ)
        return
    RemoteAction._validate_action_result = validating(RemoteAction._validate_action_result)  # noqa: SLF001 - as meant
    Event.resolve_by_type = staticmethod(resolving(Event.resolve_by_type))


if __name__ == "__main__":
    from rasa.__main__ import main

    from bot import rasa_log

    install()
    rasa_log.install()
    del sys.argv[0]  # the arguments begin with the program's name, as `rasa` itself would see them
    main()
