"""Reading a request's body where it may hold files: only after it is known who sends it, and never past the limit.

A route that takes files is registered with ``stream=True``, so that nothing is read before the handler asks.
"""

from dataclasses import dataclass

from sanic import Request
from sanic.exceptions import PayloadTooLarge

from bot.domain.errors import FileTooLarge

HEARD_OUT = 4  # times the limit
FORM_AROUND = 100_000  # bytes of a form beside its files


@dataclass(frozen=True, kw_only=True)
class Given:
    """A file as it came with a form."""

    name: str
    data: bytes


async def read_body(request: Request, limit: int) -> bytes:
    """Read the whole body of a streaming route.

    What is too large is heard out, up to a point, and forgotten: who is cut off in the middle never reads the answer.
    """
    assert request.stream is not None
    request.stream.request_max_size = HEARD_OUT * limit
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream:  # type: ignore[attr-defined]  # Sanic does not tell
            size += len(part)
            if size <= limit:
                parts.append(part)
            else:
                parts.clear()
    except PayloadTooLarge:
        raise FileTooLarge(limit=limit) from None
    if size > limit:
        raise FileTooLarge(limit=limit)
    request.body = b"".join(parts)
    return request.body


def files_of(request: Request, name: str) -> list[Given]:
    """Give the files of a form's field; a field left empty has none."""
    parts = request.files.getlist(name) if request.files else None
    return [Given(name=part.name or "", data=part.body) for part in parts or [] if part.name or part.body]
