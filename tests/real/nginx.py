"""nginx with files of feeds: validators, gzip, redirects, limits and refusals are its own."""

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

from tests.real.programs import free_port, program, running

MISSING: Final = "nginx is not installed: apt install nginx"
_CONFIG: Final = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    types {{ application/rss+xml rss; application/atom+xml atom; application/feed+json json; text/html html; }}
    log_format told '$uri $status "$http_if_none_match" "$http_if_modified_since" $sent_http_content_encoding';
    access_log {folder}/access.log told;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    gzip on; gzip_min_length 20; gzip_proxied any;
    gzip_types application/rss+xml application/atom+xml application/feed+json;
    limit_req_zone $binary_remote_addr zone=slow:1m rate=1r/m;
    limit_req_status 429;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/root;
        location / {{
            if (-f $document_root/busy) {{ add_header Retry-After 240 always; return 429; }}
            if (-f $document_root/broken) {{ add_header Retry-After 240 always; return 503; }}
            if (-f $document_root/shut) {{ return 403; }}
            if (-f $document_root/over) {{ return 410; }}
        }}
        location /limited/ {{ limit_req zone=slow; }}
        location = /old.rss {{ return 301 /feed.rss; }}
        location = /bare.rss {{ alias {folder}/root/feed.rss; etag off; }}
    }}
}}
"""


class Nginx:
    """It runs inside `with`; `stop` and `start` are an outage."""

    def __init__(self, folder: Path) -> None:
        found = program("nginx")
        if found is None:
            raise FileNotFoundError(MISSING)
        self._program, self._folder, self._port = found, folder, free_port()
        self._life = ExitStack()
        (folder / "root" / "limited").mkdir(parents=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """From now on it answers."""
        user = "user root;" if os.geteuid() == 0 else ""
        config = self._folder / "nginx.conf"
        config.write_text(_CONFIG.format(user=user, folder=self._folder, port=self._port))
        words = [self._program, "-p", str(self._folder), "-e", str(self._folder / "error.log"), "-c", str(config)]
        self._life.enter_context(running(words, self._port, log=self._folder / "said"))

    def stop(self) -> None:
        """From now on nobody listens."""
        self._life.close()

    def url(self, path: str) -> str:
        """The address of a file."""
        return f"http://127.0.0.1:{self._port}/{path}"

    def write(self, path: str, body: str, *, at_s: int) -> None:
        """Put this file there whole, changed at that second."""
        place = self._folder / "root" / path
        made = place.with_suffix(".new")
        made.write_text(body, encoding="utf-8")
        os.utime(made, (at_s, at_s))
        made.replace(place)

    def remove(self, path: str) -> None:
        """Take the file away."""
        (self._folder / "root" / path).unlink()

    def log(self) -> list[str]:
        """What was asked and answered: path, status, the two conditions, the encoding."""
        return (self._folder / "access.log").read_text().splitlines()
