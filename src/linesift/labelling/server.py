"""Serve the labelling page, its files and a small JSON interface, to this machine alone.

A request can change labels. So each must have the token of the address, name this machine as its host (against DNS
rebinding), and come from the page itself (`Origin`, `Sec-Fetch-Site`).

The address that a browser is started with is another one, because everybody on this machine can read the arguments of a
process. It works once, and leads to the address with the token. A cookie would not do: browsers send it to all ports of
this machine.
"""

import html
import json
import secrets
import sys
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from linesift.errors import ConflictError, InputError, LabelError, LinesiftError
from linesift.labelling.folder import Folder, OpenedPage, SavedLabels, Wanted
from linesift.labels import KINDS, LABELS, Label
from linesift.page import Page

if TYPE_CHECKING:  # a server without a model does not wait for numpy
    from linesift.model.model import Model

HOST = "127.0.0.1"
PORT = 8377
"""Default port: always the same, because a browser keeps unsaved labels by address."""

_ASSETS = {
    "": ("labelling/web/index.html", "text/html"),
    "colours.css": ("write/web/colours.css", "text/css"),
    "app.css": ("labelling/web/app.css", "text/css"),
    "app.js": ("labelling/web/app.js", "text/javascript"),
    "state.js": ("labelling/web/state.js", "text/javascript"),
    "view.js": ("labelling/web/view.js", "text/javascript"),
}
"""Paths of files in the package, and their types, by address."""
_HTTP_PORT = 80
"""The port that browsers leave out of addresses."""
_MOST_DIGITS = 12
"""Digits of the length of a request; Python refuses to read some thousand of them."""
_LARGEST = 16_000_000
"""Bytes of a request; a page of a million lines takes about twelve."""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


_Probabilities = list[list[float] | None]
"""One for each line of a page, in the order of `LABELS`; `None` for a blank line."""
_Query = dict[str, str]
_HEADER = ("site", "lang", "kind")
"""Keys of the header that the page can set."""


class LabelServer(ThreadingHTTPServer):
    """Serve one folder until shut down. All that was saved is on disk, so the server can be killed at any time."""

    daemon_threads = True

    def __init__(self, folder: Folder, port: int = 0, model: "Model | None" = None) -> None:
        """Listen on `HOST`; port 0 takes any that is free. With a model, lines have its probabilities.

        Raises:
            OSError: if the port is taken.
        """
        self.folder = folder
        self.model = model
        self._seen: dict[str, tuple[Page, _Probabilities]] = {}
        self.token = secrets.token_urlsafe(24)
        self._first_token = secrets.token_urlsafe(24)
        self._is_first_used = False
        self._lock = Lock()
        super().__init__((HOST, port), _Handler)

    @property
    def address(self) -> str:
        """Address of the page, with the token."""
        return f"http://{HOST}:{self.server_port}/{self.token}/"

    @property
    def first_address(self) -> str:
        """Address that leads to the page, once."""
        return f"http://{HOST}:{self.server_port}/{self._first_token}"

    def check_first(self, token: str) -> bool:
        """Tell whether this is the token of the first address.

        Raises:
            _Refused: if it was used before.
        """
        if not secrets.compare_digest(token.encode(), self._first_token.encode()):
            return False
        with self._lock:
            was_used, self._is_first_used = self._is_first_used, True
        if was_used:
            raise _Refused(
                HTTPStatus.GONE, "this address worked once; use the page that it opened, or start linesift again"
            )
        return True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing of a client that left in the middle of a request or an answer."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def probabilities(self, opened: OpenedPage) -> _Probabilities | None:
        """Probability of each label for every line; `None` without a model. A page is classified once."""
        if self.model is None or opened.page is None:
            return None
        page = self.folder.hinted(opened.name, opened.page.page)
        seen = self._seen.get(opened.name)
        if seen is None or not _is_same(seen[0], page):
            given = self.model.classify(page).probabilities.round(3).tolist()
            seen = page, [row if line.strip() else None for line, row in zip(page.lines, given, strict=True)]
            self._seen[opened.name] = seen
        return seen[1]


def _is_same(first: Page, second: Page) -> bool:
    """Tell whether a model sees the same page."""
    if first.hints is None or second.hints is None:
        return first.text == second.text and first.hints is second.hints
    return first.text == second.text and first.hints.equals(second.hints)


class _Refused(Exception):  # noqa: N818 - an answer, not an error of the program
    """Answer of a request that is refused: a status and a sentence."""

    def __init__(self, status: HTTPStatus, message: str, location: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.location = location


class _Handler(BaseHTTPRequestHandler):
    server: LabelServer
    server_version = "linesift"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 300
    """Seconds after which a silent connection is closed."""

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_PUT(self) -> None:
        self._answer(self._put)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing; the page shows what happens."""

    def _answer(self, answer: Callable[[str, _Query], None]) -> None:
        try:
            path, query = self._check()
            answer(path, query)
        except _Refused as refused:
            self.close_connection = True  # the rest of the request is not read
            if "text/html" in self.headers.get("Accept", ""):  # a person reads it, and not the page
                self._send(refused.status, _sentence(str(refused)), "text/html; charset=utf-8", refused.location)
            else:
                self._send_json(refused.status, {"error": str(refused)}, refused.location)
        except ConflictError as error:
            self._send_json(HTTPStatus.CONFLICT, {"error": str(error)})
        except LinesiftError as error:
            self._send_json(HTTPStatus.UNPROCESSABLE_ENTITY, {"error": str(error)})
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the browser closed it
        except OSError as error:
            message = f"cannot write ({(error.strerror or str(error)).lower()})"
            self._send_json(HTTPStatus.INSUFFICIENT_STORAGE, {"error": message})

    def _check(self) -> tuple[str, _Query]:
        """Check where a request comes from.

        Returns:
            The path behind the token, and the query.

        Raises:
            _Refused: for a request that does not come from the page.
        """
        port = "" if self.server.server_port == _HTTP_PORT else f":{self.server.server_port}"
        hosts = {f"{host}{port}" for host in (HOST, "localhost")}
        if self.headers.get("Host") not in hosts:
            raise _Refused(HTTPStatus.FORBIDDEN, "this server answers this machine only")
        origin = self.headers.get("Origin")
        if origin is not None and origin not in {f"http://{host}" for host in hosts}:
            raise _Refused(HTTPStatus.FORBIDDEN, "the request comes from another page")
        try:
            address = urlsplit(self.path)
        except ValueError as error:
            raise _Refused(HTTPStatus.BAD_REQUEST, "not an address") from error
        _, token, path = (*address.path.split("/", 2), "", "")[:3]
        if self.command == "GET" and not path and self.server.check_first(token):
            raise _Refused(HTTPStatus.SEE_OTHER, "the page is there", f"/{self.server.token}/")
        if not secrets.compare_digest(token.encode(), self.server.token.encode()):
            raise _Refused(HTTPStatus.NOT_FOUND, "no such address; use the one that linesift printed")
        if path and self.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise _Refused(HTTPStatus.FORBIDDEN, "the request comes from another page")
        return path, {key: "".join(values) for key, values in parse_qs(address.query).items()}

    def _get(self, path: str, query: _Query) -> None:
        folder = self.server.folder
        if path in _ASSETS:
            file, kind = _ASSETS[path]
            data = (files("linesift") / file).read_bytes()
            self._send(HTTPStatus.OK, data, f"{kind}; charset=utf-8")
        elif path == "pages":
            self._send_json(HTTPStatus.OK, _listed(folder))
        elif path == "page":
            opened = folder.read(query.get("name", ""))
            shown = _shown(opened)
            self._send_json(HTTPStatus.OK, {**shown, "probabilities": self.server.probabilities(opened)})
        elif path == "find":
            self._send_json(HTTPStatus.OK, folder.find(_wanted(query)))
        else:
            raise _Refused(HTTPStatus.NOT_FOUND, "no such address")

    def _put(self, path: str, query: _Query) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or len(length) > _MOST_DIGITS or int(length) > _LARGEST:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the request has no length, or is too long")
        data = self.rfile.read(int(length))
        if path != "page":
            raise _Refused(HTTPStatus.NOT_FOUND, "no such address")
        if self.headers.get_content_type() != "application/json":
            raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "labels must be sent as JSON")
        version = self.server.folder.save(query.get("name", ""), _labels(data))
        self._send_json(HTTPStatus.OK, {"version": version})

    def _send_json(self, status: HTTPStatus, value: object, location: str = "") -> None:
        # Escaped, because a page may hold lone surrogates, which UTF-8 has not.
        self._send(status, json.dumps(value).encode("ascii"), "application/json", location)

    def _send(self, status: HTTPStatus, data: bytes, kind: str, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for key, value in (_HEADERS | ({"Location": location} if location else {})).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(data)


def _sentence(text: str) -> bytes:
    """Write a sentence as a page of its own, for a browser that asked for something else."""
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    text = f"{text[0].upper()}{text[1:]}."
    return f"{head}<title>linesift</title><h1>linesift</h1><p>{html.escape(text)}</p></html>\n".encode()


def _listed(folder: Folder) -> list[dict[str, Any]]:
    """List all pages: those with mistakes of form first, then by the number of doubtful lines."""
    rows = []
    for name in folder.names():
        try:
            opened = folder.glance(name)
        except InputError as error:
            none = {"lines": 0, "doubtful": 0, "errors": [str(error)], "broken": True, "unreadable": True}
            rows.append({"name": name, "key": _key(name), **none})
            continue
        page = opened.page
        rows.append(
            {
                "name": name,
                "key": _key(name),
                "lines": sum(label is not None for label in page.labels) if page else 0,
                "doubtful": len(page.doubtful) if page else 0,
                "errors": [f"line {found.line}: {found.text}" for found in opened.findings if found.is_error],
                "broken": page is None,
                "unreadable": False,
            }
        )
    return sorted(rows, key=lambda row: (not row["broken"], -row["doubtful"], row["name"]))


def _shown(opened: OpenedPage) -> dict[str, Any]:
    page = opened.page
    findings = [
        {"line": found.line - opened.first, "text": found.text, "error": found.is_error} for found in opened.findings
    ]
    shown = {"name": opened.name, "version": opened.version, "first": opened.first, "findings": findings}
    if page is None:
        return {**shown, "broken": True}
    return {
        **shown,
        "broken": False,
        "site": page.site,
        "lang": page.lang,
        "url": page.url,
        "kind": page.kind,
        "note": page.note,
        "header": opened.header,
        "key": _key(opened.name),
        "lines": page.page.lines,
        "labels": [None if label is None else label.column for label in page.labels],
        "doubtful": sorted(page.doubtful),
        "words": LABELS,
        "kinds": KINDS,
    }


def _key(name: str) -> str:
    """Give the key under which a browser keeps labels of a page that could not be saved; the same at every start."""
    return sha256(str(Path(name).absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _wanted(query: _Query) -> Wanted:
    """Read what the page looks for: `text`, and `label`, a label or `?` for doubtful lines; empty for all."""
    label = query.get("label", "")
    return Wanted(query.get("text", ""), Label(label) if label in LABELS else None, label == "?")


def _labels(data: bytes) -> SavedLabels:
    """Read what the page sends: `version`, `labels` (columns of `LABELS`, null if blank), `doubtful` (indices).

    With `header`, values of the header by key: those of `_HEADER`.
    """
    try:
        value = json.loads(data)
        columns, doubtful = value["labels"], value["doubtful"]
        labels: tuple[Label | None, ...] = tuple(None if column is None else _label(column) for column in columns)
        if not all(isinstance(index, int) and 0 <= index < len(labels) for index in doubtful):
            raise ValueError("doubtful")
        header = {key: str(value["header"][key]) for key in _HEADER if key in value.get("header", {})}
        return SavedLabels(str(value["version"]), labels, frozenset(doubtful), header)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise LabelError("not the labels of a page") from error


def _label(column: object) -> Label:
    if not isinstance(column, int) or not 0 <= column < len(LABELS):
        raise ValueError("label")
    return LABELS[column]
