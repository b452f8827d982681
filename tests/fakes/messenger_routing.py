"""Who may answer in a talk (Conversation Routing), and the calls by which it changes hands.

The talk is ours as the default app's, unless a person of the page took it in Business Suite or we passed it on; a day
without a word of the user ends that. The app that gets or loses a talk is told by a webhook.
"""

from typing import TYPE_CHECKING, Any

from tests.fakes.messenger_faults import GraphProblem

if TYPE_CHECKING:
    from tests.fakes.messenger import MessengerPlatform
    from tests.fakes.messenger_user import MessengerUser

Json = dict[str, Any]
INBOX_APP = 263902037430900  # the page's inbox in Business Suite
LONGEST_EXTENSION = 7 * 24 * 3600  # seconds
CALLS = tuple(f"{act}_thread_control" for act in ("pass", "release", "take", "request", "extend"))


def control(platform: "MessengerPlatform", call: str, body: Json) -> Json:
    """Do what the desk asks with one talk."""
    user = platform.users.get(str(body.get("recipient", {}).get("id")))
    if user is None:
        raise GraphProblem(100, 2018001, "No matching user found", ours=False)
    ours = not user.is_elsewhere
    match call:
        case "pass_thread_control" if ours:
            if str(body.get("target_app_id")) != str(INBOX_APP):
                raise GraphProblem(100, None, "target_app_id is no app of this page")
            user.be_taken()
        case "release_thread_control" if ours:
            user.taken_until = None
        case "take_thread_control" if platform.settings.default_app:
            user.taken_until = None
        case "extend_thread_control" if ours:
            if not 0 < int(body.get("duration", 0)) <= LONGEST_EXTENSION:
                raise GraphProblem(100, None, "duration must be at most 7 days")
        case "request_thread_control":
            pass  # the owner is asked, and may pass the talk or not
        case _:
            raise GraphProblem(10, 2018300, "Message not sent: another app is controlling this thread.", ours=False)
    return {"success": True}


def owner(platform: "MessengerPlatform", user: "MessengerUser") -> str:
    """Name the app that may answer."""
    return str(INBOX_APP) if user.is_elsewhere else platform.app_id


def taken(platform: "MessengerPlatform", user: "MessengerUser") -> Json:
    """Let a person of the page take the talk; give the event that tells us so."""
    user.be_taken()
    told = {"previous_owner_app_id": int(platform.app_id), "new_owner_app_id": INBOX_APP, "metadata": ""}
    return user.event(take_thread_control=told)


def inline(platform: "MessengerPlatform", user: "MessengerUser", body: Json) -> None:
    """Hand the talk on together with a message."""
    if (handed := body.get("thread_control")) is None:
        return
    call = f"{handed.get('type')}_thread_control"
    if call not in ("pass_thread_control", "release_thread_control"):
        raise GraphProblem(100, None, "thread_control[type] must be pass or release")
    control(platform, call, {"recipient": {"id": user.id}, **handed.get("payload", {})})
