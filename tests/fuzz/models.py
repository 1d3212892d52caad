"""Targets that read what is no page: model directories, memories of sites, labelled rows, requests to the server."""

import io
import json
import socket
import sys
import tempfile
import traceback
import warnings
import zipfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import numpy as np

import linesift
from fuzz.driver import Target
from fuzz.inputs import read_fragments
from linesift.errors import LinesiftError
from linesift.evaluate.card import card
from linesift.labelling.exchange import ImportConfig, import_pages
from linesift.labelling.folder import Folder
from linesift.labelling.server import LabelServer
from linesift.labels import LABELS
from linesift.model.directory import load_model, read_about
from linesift.model.memory import read_memory
from linesift.page import Page
from linesift.read.html.page import read_html
from linesift.read.labelled import read_labelled

_PAGES = (
    Page("Home\nNight bus returns\n14 June 2024, 17:42\nThe bus runs again, the town said on Friday.\n" * 3),
    read_html("<nav>Home</nav><h1>Night bus returns</h1><time>14 June 2024</time><p>The bus runs again." * 3).page,
)
_VALUES: tuple[Any, ...] = (
    None, True, "", "\x1b]0;x\x07", -1, 0, 1, 3, 1e-320, 1e-9, 1e9, 3e38, 10**400, np.nan, np.inf, [], {}, [[1]],
)  # fmt: skip
_NUMBERS = (np.nan, np.inf, -np.inf, 3.4e38, 1e9, -1e9, 1e-45, 0.0, 1.0)


def run_model(data: bytes) -> None:
    """Load a model whose files the input changed; if it loads, everything that it computes is a probability."""
    path = _scratch()
    files = change_model(data)
    for name, content in files.items():
        (path / name).write_bytes(content)
    with warnings.catch_warnings(action="error"), np.errstate(all="ignore"):
        model = load_model(path)
        for page in _PAGES:
            prediction = model.classify(page)
            rows = [index for index, label in enumerate(prediction.labels) if label is not None]
            found = prediction.probabilities[rows]
            if found.shape != (len(rows), len(LABELS)) or not np.allclose(found.sum(axis=1), 1, atol=1e-3):
                raise AssertionError(f"no probabilities: {found}")
        card(read_about(path))


def change_model(data: bytes) -> dict[str, bytes]:
    """Change the files of the shipped model: what and how, the input draws."""
    draw = Random(data)
    files = dict(_shipped())
    kind = draw.randrange(6)
    if kind == 0:
        files["model.json"] = _change_json(draw, files["model.json"])
    elif kind == 1:
        lines = files["probe.jsonl"].split(b"\n")
        lines[draw.randrange(3)] = _change_json(draw, draw.choice(lines[:3]))
        files["probe.jsonl"] = b"\n".join(lines)
    elif kind == 2:
        name = draw.choice(list(files))
        place = draw.randrange(len(files[name]))
        files[name] = files[name][:place] + data + files[name][place + draw.randrange(len(data) + 1) :]
    else:
        files["weights.npz"] = _change_arrays(draw, data, files["weights.npz"])
    if draw.random() < 0.8:  # as somebody would who makes a bad model; otherwise the checksum refuses most
        _agree(files)
    return files


def _change_json(draw: Random, data: bytes) -> bytes:
    """Put values that do not belong there in the places of some."""
    whole = json.loads(data)
    for _ in range(draw.randint(1, 3)):
        inside = whole
        while True:
            keys = list(inside) if isinstance(inside, dict) else range(len(inside))
            key: Any = draw.choice(keys) if keys else None
            if key is None:
                break
            if isinstance(inside[key], dict | list) and draw.random() < 0.7:
                inside = inside[key]
                continue
            if draw.random() < 0.2:
                del inside[key]
            else:
                inside[key] = draw.choice(_VALUES)
            break
    return json.dumps(whole).encode()


def _change_arrays(draw: Random, data: bytes, archive: bytes) -> bytes:
    """Change numbers, types, shapes and bytes of some arrays."""
    with zipfile.ZipFile(io.BytesIO(archive)) as stored:
        members = {name: stored.read(name) for name in stored.namelist()}
    for name in draw.sample(list(members), draw.randint(1, 3)):  # each once: a damaged one cannot be read again
        member = bytearray(members[name])
        kind = draw.randrange(5)
        if kind == 0:
            member[draw.randrange(min(len(member), 128))] = draw.randrange(256)
        elif kind == 1:
            del members[name]
            continue
        elif kind == 2:
            place = draw.randrange(len(member))
            member[place : place + len(data)] = data[:100]
        else:
            member = bytearray(_npy(_change_numbers(draw, np.load(io.BytesIO(members[name])))))
        members[name] = bytes(member)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", draw.choice((zipfile.ZIP_STORED,) * 5 + (zipfile.ZIP_DEFLATED,))) as stored:
        for name, content in members.items():
            stored.writestr(name if draw.random() < 0.98 else f"../{name}", content)
    return out.getvalue()


def _change_numbers(draw: Random, array: Any) -> Any:
    kind = draw.randrange(6)
    with np.errstate(all="ignore"):
        if kind == 0:
            return array.astype(draw.choice(("f2", "f4", "f8", "i4", "i8", "u1", "U3", "?", "c8", ">f4")))
        if kind == 1:
            return array.ravel() if draw.random() < 0.5 else array[..., None]
        if kind == 2:
            return array[draw.randrange(len(array)) :] if array.ndim else array
        if kind == 3:
            return array.T
        changed = array.copy().ravel()
        places = slice(None) if kind == 4 else draw.randrange(max(changed.size, 1))
        if changed.size:
            value = draw.choice(_NUMBERS)
            changed[places] = (
                value if changed.dtype.kind == "f" else np.asarray(np.nan_to_num(value)).astype(changed.dtype)
            )
        return changed.reshape(array.shape)


def _npy(array: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


def _agree(files: dict[str, bytes]) -> None:
    """Let `model.json` name the checksum, and the probe what the model computes, where that can be found out."""
    from hashlib import sha256

    from linesift.model.files import read_arrays
    from linesift.model.probe import read_probe, write_probe
    from linesift.model.weights import build_model

    try:
        about = json.loads(files["model.json"])
        about["weights_sha256"] = sha256(files["weights.npz"]).hexdigest()
        files["model.json"] = json.dumps(about).encode()
        path = _scratch()
        for name, content in files.items():
            (path / name).write_bytes(content)
        with np.errstate(all="ignore"):
            files["probe.jsonl"] = write_probe(build_model(about, read_arrays(path)[0]), read_probe(path)).encode()
    except (LinesiftError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return  # loading says why


def run_memory(data: bytes) -> None:
    """Read a memory of a site, and use it."""
    path = _scratch() / "fuzz.site"
    path.write_bytes(data)
    memory = read_memory(path)
    linesift.load().with_memory(memory).classify_batch(_PAGES)


def run_rows(data: bytes) -> None:
    """Read JSON lines of labelled pages, and write them as files."""
    path = _scratch() / "fuzz.jsonl"
    path.write_bytes(data)
    read_labelled(path)
    with tempfile.TemporaryDirectory(dir=_scratch()) as folder:
        import_pages(path, ImportConfig(Path(folder)))


class _Server(LabelServer):
    """The labelling server, which keeps what went wrong in a request."""

    def __init__(self, folder: Folder) -> None:
        super().__init__(folder)
        self.problems: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Keep what is no error of a connection."""
        if not isinstance(sys.exception(), OSError):
            self.problems.append(traceback.format_exc(limit=-6))


def run_request(data: bytes) -> None:
    """Send bytes to the labelling server, which has to go on, and to keep what the file says outside of its labels."""
    server, file = _server()
    host = f"127.0.0.1:{server.server_port}".encode()
    version = server.folder.read(str(file)).version.encode()
    places = {b"{host}": host, b"{token}": server.token.encode(), b"{file}": str(file).encode(), b"{version}": version}
    for place, value in places.items():
        data = data.replace(place, value)
    with suppress(OSError), socket.create_connection(("127.0.0.1", server.server_port), timeout=5) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        while client.recv(1 << 16):
            pass
    if server.problems:
        raise AssertionError(server.problems.pop())
    text = file.read_text("utf-8")
    if text.split("----")[1].count("|") != 2 or "| Rain" not in text:
        raise AssertionError(text)


@cache
def _server() -> tuple[_Server, Path]:
    folder = Path(tempfile.mkdtemp(prefix="fuzz"))
    file = folder / "a.page"
    file.write_text("site: a.example\n----\nheadline  | Rain\n\nbody?     | It rained.\n")
    server = _Server(Folder([file]))
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server, file


@cache
def _shipped() -> dict[str, bytes]:
    names = ("model.json", "weights.npz", "probe.jsonl")
    return {name: (linesift.shipped() / name).read_bytes() for name in names}


@cache
def _scratch() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz"))


TARGETS = (
    Target("model", run_model, (b"\0", b"x", b"\xff\xff\xff\x7f", b"{", b"NaN", b'"'), longest=200),
    Target("memory", run_memory, read_fragments("memory"), longest=20_000),
    Target("request", run_request, read_fragments("request"), longest=20_000),
    Target("rows", run_rows, read_fragments("rows"), longest=20_000),
)
