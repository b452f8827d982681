"""Addresses that hand out one file to whoever has them, until they end.

A token is the file's id, the second at which it ends, and a signature over both, so that nothing is stored for a link
and none can be made or changed without the installation's key. A file that is erased is handed out by no link.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from datetime import UTC, datetime
from typing import Final

PATH: Final = "/d/"
_LAYOUT: Final = struct.Struct(">QI")  # id, seconds since 1970 (until the year 2106)
_SIGNATURE: Final = 16  # bytes of the SHA-256; 128 bits can't be guessed
_LENGTH: Final = _LAYOUT.size + _SIGNATURE


def sign(key: bytes, file_id: int, ends_at: datetime) -> str:
    """Make the token of a link."""
    content = _LAYOUT.pack(file_id, int(ends_at.timestamp()))
    return base64.urlsafe_b64encode(content + _signature(key, content)).rstrip(b"=").decode()


def read(key: bytes, token: str) -> tuple[int, datetime] | None:
    """Give the file's id and when the link ends, or None for a token that is not ours."""
    try:
        whole = base64.b64decode(token.encode() + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    content, signature = whole[: _LAYOUT.size], whole[_LAYOUT.size :]
    if len(whole) != _LENGTH or not hmac.compare_digest(signature, _signature(key, content)):
        return None
    file_id, seconds = _LAYOUT.unpack(content)
    return file_id, datetime.fromtimestamp(seconds, UTC)


def _signature(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, b"file link" + content, hashlib.sha256).digest()[:_SIGNATURE]
