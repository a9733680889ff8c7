"""The least that Python can do under gunicorn: one function that returns finished bytes."""

import os
from pathlib import Path

PAGES = {f"/{file.name}": file.read_bytes() for file in Path(os.environ["BARE_PAGES"]).iterdir()}


def application(environ, start_response):
    body = PAGES[environ["PATH_INFO"]]
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
