"""Everything the desk raises on purpose. ``bot.web.errors`` alone maps these to HTTP statuses.

DeskError
 +- NotFound            no such thing, or not for this person
 +- Invalid             the request's words are off
 |   +- FileTooLarge
 |   +- FileNotTaken      not of a kind that is taken
 +- Unauthenticated     nobody is signed in
 |   +- LoginRefused    wrong e-mail or password, or too many tries
 +- Forbidden           signed in, but not allowed to
 +- Conflict            right words, wrong moment
 |   +- IllegalTransition
 |   +- ClientIdReused
 |   +- AlreadyTaken      another officer has the case
 |   +- NewerMessages     something unread came in
 |   +- MessageErased     the customer took something back
 |   +- WindowClosed       the platform no longer lets us write to this customer
 |   +- KeyReused
 |   +- AlreadyExists
 |   +- AlreadyJudged     another officer was faster
 +- Unavailable         a part we need does not answer
     +- TooBusy           more ask at once than can be served
     +- RasaUnavailable
"""

from typing import Any, ClassVar


class DeskError(Exception):
    """Something went wrong that a caller can understand."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str | None = None, **details: Any) -> None:
        super().__init__(message or (self.__doc__ or "").splitlines()[0])
        self.details = details


class NotFound(DeskError):
    """There is no such thing."""

    code = "not_found"


class Invalid(DeskError):
    """The request can't be understood."""

    code = "invalid"


class FileTooLarge(Invalid):
    """The file is too large."""

    code = "too_large"


class FileNotTaken(Invalid):
    """This kind of file is not taken; pictures, PDF, Word, Excel, PowerPoint and plain text are."""

    code = "file_not_taken"


class Unauthenticated(DeskError):
    """Sign in first."""

    code = "unauthenticated"


class LoginRefused(Unauthenticated):
    """The e-mail or the password is wrong."""

    code = "login_refused"


class TooManyTries(DeskError):
    """Too many tries; wait a while."""

    code = "too_many_tries"


class Forbidden(DeskError):
    """This is not allowed for you."""

    code = "forbidden"


class Conflict(DeskError):
    """This can't be done in the present state."""

    code = "conflict"


class IllegalTransition(Conflict):
    """The case can't make this step in its state."""

    code = "illegal_transition"


class ClientIdReused(Conflict):
    """The same client_id came with another body."""

    code = "client_id_reused"


class AlreadyTaken(Conflict):
    """Another officer has the case."""

    code = "already_taken"


class NewerMessages(Conflict):
    """The customer has written something that was not read yet."""

    code = "newer_messages"


class MessageErased(Conflict):
    """The customer has taken a message back since this summary was written."""

    code = "message_erased"


class WindowClosed(Conflict):
    """The platform no longer lets us write to this customer."""

    code = "window_closed"


class KeyReused(Conflict):
    """The same Idempotency-Key came with another body."""

    code = "idempotency_key_reused"


class AlreadyExists(Conflict):
    """There is one already."""

    code = "already_exists"


class AlreadyJudged(Conflict):
    """Somebody has judged this already."""

    code = "already_judged"


class Unavailable(DeskError):
    """A part of the service does not answer; try again."""

    code = "unavailable"


class TooBusy(Unavailable):
    """Too many are signing in at once; try again in a moment."""

    code = "too_busy"


class RasaUnavailable(Unavailable):
    """Rasa gave no usable answer."""

    code = "rasa_unavailable"
