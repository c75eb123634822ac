"""A local server that speaks the model hub's protocol, as far as downloads need it: listing, HEAD, ranges.

It can break off in the middle of a file, send other bytes than it announced, or refuse.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """What the server holds and what it was asked.

    Attributes:
        files: repository → name → bytes.
        break_after: bytes after which the next answer's connection is cut, once; None: never.
        damaged: whether other bytes are sent than were announced.
        gated: whether everything is refused.
        ranges: the Range headers of the GET requests, "" for none.
    """

    files: Mapping[str, Mapping[str, bytes]]
    break_after: int | None = None
    damaged: bool = False
    gated: bool = False
    endpoint: str = ""
    ranges: list[str] = field(default_factory=list)


@contextmanager
def running(hub: Hub) -> Iterator[Hub]:
    """Serve a hub on a free port of the loopback address."""
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Say nothing."""

    def _answer(self, body: bool) -> None:
        path = urlsplit(self.path).path
        if self.hub.gated:
            self._refuse(403, "GatedRepo")
        elif listing := re.fullmatch(r"/api/models/([^/]+/[^/]+)/(?:revision|tree)/[^/]+(/.*)?", path):
            self._list(listing[1], tree="/tree/" in path)
        elif (file := re.fullmatch(r"/([^/]+/[^/]+)/resolve/[^/]+/(.+)", path)) and file[1] in self.hub.files:
            self._file(self.hub.files[file[1]].get(file[2]), body)
        else:
            self._refuse(404, "RepoNotFound")

    def _list(self, repository: str, tree: bool) -> None:
        files = self.hub.files.get(repository)
        if files is None:
            return self._refuse(404, "RepoNotFound")
        if tree:
            said: object = [
                {"type": "file", "path": name, "size": len(data), "oid": "0" * 40,
                 "lfs": {"oid": _sha256(data), "size": len(data), "pointerSize": 130}}
                for name, data in files.items()
            ]  # fmt: skip
        else:
            said = {"id": repository, "sha": COMMIT, "siblings": [{"rfilename": name} for name in files]}
        data = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        return None

    def _file(self, data: bytes | None, body: bool) -> None:
        if data is None:
            return self._refuse(404, "EntryNotFound")
        wanted = self.headers.get("Range", "")
        start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{_sha256(data)}"')
        self.end_headers()
        if body:
            self.hub.ranges.append(wanted)
            self._send(data[start:])
        return None

    def _send(self, data: bytes) -> None:
        if self.hub.damaged:
            data = bytes(byte ^ 1 for byte in data)
        if self.hub.break_after is not None:
            data, self.hub.break_after, self.close_connection = data[: self.hub.break_after], None, True
        self.wfile.write(data)

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
