"""The server of the labelling page: who may ask, what is saved, that nothing is lost; the page is `test_label_web`."""

import http.client
import json
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import linesift.labelling.folder
from hinted import ARTICLE
from linesift.errors import ConflictError, InputError, LabelError
from linesift.labelling.folder import Folder, SavedLabels, Wanted
from linesift.labelling.server import LabelServer
from linesift.labels import Label
from linesift.model.model import Model
from linesift.read.html.page import read_html

TEXT = "site: a.example\nnote:  kept as it is \n----\nsidebar|Home\n\nbody?     | Rain | again\nbody | More\n"
LABELS = (Label.SIDEBAR, None, Label.HEADLINE, Label.BODY)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.page"
    path.write_text(TEXT.replace("sidebar|", "sidebar | "), "utf-8")
    return path


def labels(folder: Folder, file: Path, *given: Label | None, doubtful: frozenset[int] = frozenset()) -> SavedLabels:
    return SavedLabels(folder.read(str(file)).version, given, doubtful)


def test_only_labels_change(file: Path) -> None:
    folder = Folder([file.parent])
    before = file.read_text("utf-8")
    folder.save(str(file), labels(folder, file, *LABELS))
    assert file.read_text("utf-8") == before.replace("body?     | Rain", "headline  | Rain")


def test_a_file_of_another_editor_keeps_its_ends_of_line(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    before = file.read_bytes()
    folder = Folder([file])
    folder.save(str(file), labels(folder, file, *LABELS))
    assert file.read_bytes() == before.replace(b"body?     | Rain", b"headline  | Rain")


def test_a_changed_file_is_not_overwritten(file: Path) -> None:
    folder = Folder([file])
    old = labels(folder, file, *LABELS)
    file.write_text(file.read_text("utf-8").replace("body | More", "sidebar | More"), "utf-8")
    before = file.read_bytes()
    with pytest.raises(ConflictError, match="has changed since"):
        folder.save(str(file), old)
    assert file.read_bytes() == before


def test_the_version_that_a_save_gives_is_the_newest(file: Path) -> None:
    folder = Folder([file])
    version = folder.save(str(file), labels(folder, file, *LABELS))
    assert version == folder.read(str(file)).version
    assert folder.save(str(file), SavedLabels(version, LABELS, frozenset())) == version


def test_values_of_the_header(file: Path) -> None:
    folder = Folder([file])
    before = file.read_text("utf-8")
    version = folder.read(str(file)).version
    given = (Label.SIDEBAR, None, Label.BODY, Label.BODY)
    folder.save(
        str(file), SavedLabels(version, given, frozenset({2}), {"kind": "live", "site": " b.example\n", "lang": "en"})
    )
    header = "site: b.example\nlang: en\nkind: live\nnote:  kept as it is \n----"
    assert file.read_text("utf-8") == before.replace(before.partition("\nsidebar")[0], header)


def test_of_a_language_the_code_is_saved(file: Path) -> None:
    folder = Folder([file])
    before = labels(folder, file, *LABELS)
    folder.save(str(file), SavedLabels(before.version, LABELS, frozenset(), {"lang": " pt-BR "}))
    assert "\nlang: pt\n" in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ({"kind": "video"}, "unknown kind"),
        ({"site": " "}, "write its host into the field 'site'"),
        ({"lang": "Bahasa Indonesia"}, "'Bahasa Indonesia' is no language code; use one of two or three letters"),
    ],
)
def test_values_that_no_page_may_have(file: Path, header: dict[str, str], problem: str) -> None:
    folder = Folder([file])
    before = file.read_bytes()
    given = SavedLabels(folder.read(str(file)).version, LABELS, frozenset(), header)
    with pytest.raises(LabelError, match=problem):
        folder.save(str(file), given)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("wanted", "n_lines"),
    [
        (Wanted(), 3),
        (Wanted("RAIN"), 1),
        (Wanted("again", Label.BODY), 1),
        (Wanted("again", Label.SIDEBAR), 0),
        (Wanted(label=Label.BODY), 2),
        (Wanted(is_doubtful=True), 1),
        (Wanted("more", is_doubtful=True), 0),
    ],
)
def test_lines_are_found(file: Path, wanted: Wanted, n_lines: int) -> None:
    (file.parent / "broken.page").write_text("site: a\n----\nbdoy | Rain again\n")
    assert Folder([file.parent]).find(wanted) == ({str(file): n_lines} if n_lines else {})


@pytest.mark.parametrize("given", [LABELS[:3], (*LABELS, Label.BODY), (Label.BODY,) * 4, (None,) * 4])
def test_labels_that_do_not_fit(file: Path, given: tuple[Label | None, ...]) -> None:
    folder = Folder([file])
    before = file.read_bytes()
    with pytest.raises(LabelError):
        folder.save(str(file), labels(folder, file, *given))
    assert file.read_bytes() == before


def test_a_full_disk_leaves_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    folder = Folder([file])
    before = file.read_bytes()
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        folder.save(str(file), labels(folder, file, *LABELS))
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_other_files_are_out_of_reach(file: Path) -> None:
    (file.parent.parent / "secret.page").write_text(TEXT)
    folder = Folder([file])
    for name in ("secret.page", "../secret.page", str(file.parent.parent / "secret.page"), ""):
        with pytest.raises(InputError, match="not one of the pages"):
            folder.read(name)


def test_a_glance_sees_what_changed(file: Path) -> None:
    folder = Folder([file])
    first = folder.glance(str(file))
    assert folder.glance(str(file)) is first
    file.write_text("site: a\n----\nbdoy | x\n")
    assert folder.glance(str(file)).page is None


def test_pages_that_cannot_be_read(file: Path) -> None:
    (file.parent / "b.page").write_text("site: a\n----\nbdoy | x\n")
    (file.parent / "c.page").write_text(TEXT.replace("sidebar|", "sidebar | "))
    folder = Folder([file.parent])
    file.unlink()
    assert folder.unread() == [str(file), str(file.parent / "b.page")]


def test_no_pages(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no labelled pages"):
        Folder([tmp_path])


# Over HTTP


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    value: Any
    headers: dict[str, str]


@pytest.fixture
def server(file: Path) -> Iterator[LabelServer]:
    with LabelServer(Folder([file])) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def ask(server: LabelServer, path: str, body: object = None, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json"} | {key.replace("_", "-"): value for key, value in headers.items()}
    connection.request("GET" if body is None else "PUT", path, None if body is None else data, sent)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    is_json = answer.headers["Content-Type"] == "application/json"
    return Answer(answer.status, json.loads(text) if is_json else text, dict(answer.headers))


def body(server: LabelServer, file: Path) -> dict[str, Any]:
    version = server.folder.read(str(file)).version
    return {"version": version, "labels": [3, None, 0, 1], "doubtful": [3]}


def test_pages_and_save(server: LabelServer, file: Path) -> None:
    at = f"/{server.token}"
    assert ask(server, f"{at}/").status == 200
    (row,) = ask(server, f"{at}/pages").value
    assert (row["name"], row["lines"], row["doubtful"], row["broken"]) == (str(file), 3, 1, False)
    shown = ask(server, f"{at}/page?name={file}").value
    assert (shown["lines"], shown["labels"], shown["doubtful"]) == (
        ["Home", "", "Rain | again", "More"],
        [3, None, 1, 1],
        [2],
    )
    saved = ask(
        server, f"{at}/page?name={file}", {"version": shown["version"], "labels": [3, None, 0, 1], "doubtful": [3]}
    )
    assert saved.status == 200
    assert saved.value["version"] == ask(server, f"{at}/page?name={file}").value["version"]
    assert "headline  | Rain | again\nbody?     | More\n" in file.read_text("utf-8")


def test_found_lines_and_probabilities(server: LabelServer, file: Path, model: Model) -> None:
    at = f"/{server.token}"
    assert ask(server, f"{at}/find?text=rain&label=body").value == {str(file): 1}
    assert ask(server, f"{at}/find?label=%3F").value == {str(file): 1}
    assert ask(server, f"{at}/page?name={file}").value["probabilities"] is None
    server.model = model
    found = ask(server, f"{at}/page?name={file}").value["probabilities"]
    assert [row is None for row in found] == [False, True, False, False]
    assert found[2] == pytest.approx(model.classify("Home\n\nRain | again\nMore").probabilities[2], abs=0.001)


def test_probabilities_are_those_of_the_draft(server: LabelServer, file: Path, html_model: Model) -> None:
    """Of a page with its HTML beside it they come from the part of the model for HTML."""
    html = file.with_suffix(".html")
    html.write_text(ARTICLE, "utf-8")
    page = read_html(ARTICLE).page
    file.write_text("site: a\n----\n" + "".join(f"body | {line}\n" for line in page.lines), "utf-8")
    server.model = html_model

    def found() -> list[list[float]]:
        rows: list[list[float]] = ask(server, f"/{server.token}/page?name={file}").value["probabilities"]
        return rows

    as_html, as_text = (html_model.classify(each).probabilities for each in (page, page.text))
    assert found() == pytest.approx(as_html, abs=0.001)
    assert as_html != pytest.approx(as_text, abs=0.001)
    html.unlink()
    assert found() == pytest.approx(as_text, abs=0.001)
    html.write_text("<p>Another text", "utf-8")
    assert found() == pytest.approx(as_text, abs=0.001)


def test_files_of_the_page(server: LabelServer) -> None:
    html = ask(server, f"/{server.token}/").value.decode()
    for name in ("app.js", "colours.css", "app.css", "state.js", "view.js"):
        answer = ask(server, f"/{server.token}/{name}")
        assert answer.status == 200
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert b"http://" not in answer.value
        assert b"https://" not in answer.value
    assert "http" not in html.replace("http-equiv", "")
    assert ask(server, f"/{server.token}/../server.py").status == 404


def test_this_machine_only(server: LabelServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert len(server.token) >= 32


def test_the_first_address_works_once(server: LabelServer) -> None:
    path = "/" + server.first_address.rpartition("/")[2]
    assert server.token not in path
    assert ask(server, path, b"{}").status == 404
    assert ask(server, f"{path}/pages").status == 404
    answer = ask(server, path)
    assert (answer.status, answer.headers["Location"]) == (303, f"/{server.token}/")
    again = ask(server, path)
    assert (again.status, again.headers.get("Location")) == (410, None)
    assert "worked once" in again.value["error"]
    for address, status in ((path, 410), ("/old-token/", 404)):
        in_browser = ask(server, address, Accept="text/html,*/*;q=0.8")
        assert in_browser.status == status
        assert in_browser.headers["Content-Type"].startswith("text/html")
        assert b"start linesift again" in in_browser.value or b"linesift printed" in in_browser.value


@pytest.mark.parametrize(
    "start", ["GET http://[::x/ HTTP/1.1", "PUT /{token}/page HTTP/1.1\r\nContent-Length: " + "9" * 5000]
)
def test_requests_that_are_none(server: LabelServer, start: str, capsys: pytest.CaptureFixture[str]) -> None:
    host = f"Host: 127.0.0.1:{server.server_port}"
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as client:
        client.sendall(f"{start.replace('{token}', server.token)}\r\n{host}\r\n\r\n".encode())
        assert client.recv(15) in {b"HTTP/1.1 400 Bad", b"HTTP/1.1 400 Ba", b"HTTP/1.1 413 Re", b"HTTP/1.1 413 Co"}
    server.shutdown()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "sent", [b"", b"GET /", b"PUT /{token}/page HTTP/1.1\r\nContent-Length: 99\r\nHost: {host}\r\n\r\n{"]
)
def test_a_client_that_leaves(server: LabelServer, sent: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    host = f"127.0.0.1:{server.server_port}".encode()
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as client:
        # Closed with a reset, so that the answer meets a connection that is gone.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.sendall(sent.replace(b"{token}", server.token.encode()).replace(b"{host}", host))
    assert ask(server, f"/{server.token}/").status == 200
    server.shutdown()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("path", ["/", "/pages", "/wrong/pages", "/wrong/page?name=a.page", "//pages", "/%ff/pages"])
def test_without_the_token(server: LabelServer, path: str) -> None:
    answer = ask(server, path)
    assert answer.status == 404
    assert server.token not in str(answer)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:{port}"},
        {"Host": "127.0.0.1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Content_Type": "text/plain"},
    ],
)
def test_requests_of_other_pages(server: LabelServer, file: Path, headers: dict[str, str]) -> None:
    before = file.read_bytes()
    filled = {key: value.format(port=server.server_port) for key, value in headers.items()}
    answer = ask(server, f"/{server.token}/page?name={file}", body(server, file), **filled)
    assert answer.status in {403, 415}
    assert file.read_bytes() == before


def test_requests_of_the_page_itself(server: LabelServer, file: Path) -> None:
    port = server.server_port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        answer = ask(
            server,
            f"/{server.token}/page?name={file}",
            body(server, file),
            Host=host,
            Origin=f"http://{host}",
            Sec_Fetch_Site="same-origin",
        )
        assert answer.status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": [3, None, 0]},
        {"labels": [3, None, 0, 4]},
        {"labels": [3, None, 0, -1]},
        {"labels": [3, 0, 0, 1]},
        {"labels": "body"},
        {"labels": None},
        {"doubtful": [9]},
        {"doubtful": ["3"]},
    ],
)
def test_labels_that_make_no_sense(server: LabelServer, file: Path, changes: dict[str, Any]) -> None:
    before = file.read_bytes()
    answer = ask(server, f"/{server.token}/page?name={file}", body(server, file) | changes)
    assert answer.status == 422
    assert file.read_bytes() == before


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_bodies_that_are_no_labels(server: LabelServer, file: Path, data: bytes) -> None:
    assert ask(server, f"/{server.token}/page?name={file}", data).status == 422


def test_a_body_that_is_too_long(server: LabelServer, file: Path) -> None:
    answer = ask(server, f"/{server.token}/page?name={file}", b"{}", Content_Length="99999999999")
    assert answer.status == 413


def test_conflict_and_trouble_with_the_disk(server: LabelServer, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = body(server, file)
    monkeypatch.setattr(linesift.labelling.folder, "write_atomic", _full)
    answer = ask(server, f"/{server.token}/page?name={file}", sent)
    assert (answer.status, answer.value) == (507, {"error": "cannot write (no space left on device)"})
    monkeypatch.undo()
    file.write_text(file.read_text("utf-8") + "body | And more\n", "utf-8")
    assert ask(server, f"/{server.token}/page?name={file}", sent).status == 409
    file.unlink()
    assert ask(server, f"/{server.token}/page?name={file}", sent).status == 422
    (row,) = ask(server, f"/{server.token}/pages").value
    assert row["broken"]


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_broken_file_is_shown_with_its_lines_and_never_written(server: LabelServer, file: Path) -> None:
    broken = TEXT.replace("body |", "bdoy |")
    file.write_text(broken, "utf-8")
    shown = ask(server, f"/{server.token}/page?name={file}").value
    assert shown["broken"]
    assert [found["line"] + shown["first"] for found in shown["findings"] if found["error"]] == [4, 7]
    answer = ask(server, f"/{server.token}/page?name={file}", {**body(server, file), "version": shown["version"]})
    assert answer.status == 422
    assert file.read_text("utf-8") == broken
