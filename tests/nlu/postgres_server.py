"""An embedded PostgreSQL with a schema for Rasa's trackers: prints the tracker store's address, runs until stdin ends.

Runs with the desk's Python (3.11 and later), started by the tests, which run with Rasa's.
"""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bot import postgres, processes


def main() -> None:
    """Serve until the tests close stdin."""
    folder = Path(tempfile.mkdtemp(prefix="desk-nlu-"))
    cluster = asyncio.run(postgres.prepare(folder, lambda _: None))
    program = cluster.server(folder / "postgres.log")
    with Path(program.log).open("ab") as log:
        server = subprocess.Popen(program.argv, stdout=log, stderr=log, **processes.options(program))
    try:
        while not asyncio.run(postgres.answers(cluster.url("postgres"))):
            time.sleep(0.1)
        asyncio.run(postgres.make_schema(cluster.url("postgres")))
        print(postgres.tracker_url(cluster.url("postgres")), flush=True)  # noqa: T201 - for the tests
        sys.stdin.read()
    finally:
        server.send_signal(program.stop_signal)
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
