"""Is the web server of this container ready? Asked by the container engine: `python config/health.py`, exit code 0 means yes.

Standard library only, so that asking every few seconds costs nothing.
"""

import os
import sys
import urllib.request
from urllib.parse import urlsplit


def ready(port: int = 8000) -> bool:
    """Whether /readyz answers 200 (process and database), asked by the host name that people use."""
    headers = {"Host": urlsplit(os.environ.get("BASE_URL", "")).netloc or "localhost", "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 (http, our own)
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if ready() else 1)
