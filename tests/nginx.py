"""Debian's nginx with the site's own configuration, on a free port of the loopback."""

import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager

from django.conf import settings

from tests.postgresql import free_port

MISSING = "no nginx on the path. Debian: apt-get install nginx"
MAIN = """
daemon off;
{user}
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


def program():
    return shutil.which("nginx", path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")


@contextmanager
def running(folder, **variables):
    port = free_port()
    template = (settings.BASE_DIR / "deploy/nginx.conf.template").read_text()
    # As the image does it: what the environment does not know stays.
    site = re.sub(r"\$\{(\w+)\}", lambda found: variables[found[1]], template)
    site = site.replace("listen 80", f"listen 127.0.0.1:{port}").replace("/var/cache/nginx", str(folder))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(user=user, folder=folder, site=site))
    process = subprocess.Popen([program(), "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
