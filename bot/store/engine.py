"""One engine a process, made by the composition root and never at import."""

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def make_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """Make the process's engine; ``url`` is ``postgresql+psycopg://…``, a socket directory (``?host=``) included."""
    return create_async_engine(url, pool_size=pool_size, max_overflow=10, pool_pre_ping=True, hide_parameters=True)
