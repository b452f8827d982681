"""Make sure that the browser tests have a Chromium and a Thai font: ``python3 requirements/browser.py``.

On Debian as root they are installed with apt-get; elsewhere one sentence says what to install. Nothing is done when
both are there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

CHROMIUMS = ("chromium", "chromium-browser")
PACKAGES = ("chromium", "fontconfig", "fonts-noto-core")


def main() -> int:
    if is_complete():
        return 0
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print(
            "The browser tests need Chromium and a Thai font; install them (Debian: sudo apt-get install %s)."
            % " ".join(PACKAGES),
            file=sys.stderr,
        )
        return 1
    print("Installing Chromium and a Thai font with apt-get (about 1 minute) …", flush=True)
    started = time.monotonic()
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]):
        if not apt(command):
            return 1
    if not is_complete():
        print("apt-get installed its packages, but Chromium or a Thai font is still missing.", file=sys.stderr)
        return 1
    print("  done (%.0f s)" % (time.monotonic() - started), flush=True)
    return 0


def is_complete() -> bool:
    return any(map(shutil.which, CHROMIUMS)) and has_thai_font()


def has_thai_font() -> bool:
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    found = subprocess.run([lister, ":lang=th", "family"], capture_output=True, text=True, check=False)
    return bool(found.stdout.strip())


def apt(command: list[str]) -> bool:
    """Run one apt-get command; what it says is shown only when it fails."""
    environ = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    done = subprocess.run(
        [*command, "-qq", "-o", "DPkg::Lock::Timeout=300"],
        env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        print(done.stdout + done.stderr, file=sys.stderr)
        print("Chromium could not be installed: %s failed." % " ".join(command[:2]), file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
