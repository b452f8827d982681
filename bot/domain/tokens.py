"""Secrets given out once, of which only a hash is stored."""

import hashlib
import secrets


def new_token() -> str:
    """Make a secret for a session, given out once."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Hash a token for storage; 256 random bits need no salt."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()
