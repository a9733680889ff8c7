"""Whether the site in this container answers: asked by its HEALTHCHECK, exit status 0 or 1. Standard library only."""

import http.client
import os
import sys
from urllib.parse import urlsplit

PORT = 8000


def answers():
    address = urlsplit(os.environ["SITE_URL"])
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=4)
    try:
        # The site answers to its own name only.
        connection.request("GET", "/-/live", headers={"Host": address.netloc})
        return connection.getresponse().status == 200
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(not answers())
