"""Ask the web server beside us whether it is alive: the image's health check, `python -m config.services.probe`."""

import http.client
import os
import sys

PORT = 8000
TIMEOUT_SECONDS = 4


def is_alive(host: str) -> bool:
    """Say whether the web server answers that it is alive when asked under the name `host`."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main() -> int:
    """Ask under the first name that the site answers to: it refuses any other."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".*")
    return 0 if is_alive(host) else 1


if __name__ == "__main__":
    sys.exit(main())
