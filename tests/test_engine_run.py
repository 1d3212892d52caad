"""Many files: what is left to do, what is done again, what is set aside, and how it stands."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from hashlib import sha256
from multiprocessing import active_children
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

import fakes
import linesift
from commandline import Run, environment, runner
from crawl import jsonl, wet
from linesift.cli import batch as cli_batch
from linesift.engine.ledger import Entry, Failure, name_of, read_entries, read_names
from linesift.engine.local import LocalEngine
from linesift.engine.places import InputFile, Store, find_inputs
from linesift.engine.run import Progress, RunRequest, Shard, clean, read_status, run
from linesift.engine.unit import LabelOptions
from linesift.engine.work import Outcome, Work, failure_of
from linesift.errors import InputError
from linesift.read.jsonl import Fields
from tasks import FaultyWork

PAGE = "Menu\n\nH Rain\nB It rained.\n"


class InThisProcess:
    """An engine that does one file after the other, and remembers which."""

    def __init__(self) -> None:
        self.files: list[str] = []

    def __call__(self, work: Work, files: Sequence[InputFile]) -> Generator[Outcome, None, None]:
        for file in files:
            self.files.append(Path(file.name).name)
            try:
                yield work(file)
            except Exception as error:  # noqa: BLE001 - raised again if it is no fault of the file
                yield failure_of(file, error)


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linesift, "load", fakes.load)


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """Three files of 1, 2 and 3 pages, and one that is no archive."""
    folder = tmp_path / "crawl"
    folder.mkdir()
    for number in range(1, 4):
        wet(folder / f"{number}.wet.gz", [PAGE] * number)
    (folder / "bad.wet.gz").write_bytes(b"no archive")
    return folder


def label(request: RunRequest) -> tuple[list[str], Progress]:
    """Run in this process; give the files that were done, in order."""
    engine = InThisProcess()
    progress = run(request, engine, lambda *_: None)
    return engine.files, progress


def request_of(crawl: Path, **more: object) -> RunRequest:
    return RunRequest(find_inputs(str(crawl)), str(crawl.parent / "out"), **more)  # type: ignore[arg-type]


def test_a_run_goes_on_where_the_last_one_stopped(crawl: Path) -> None:
    files, progress = label(request_of(crawl))
    assert files == ["3.wet.gz", "2.wet.gz", "1.wet.gz", "bad.wet.gz"]  # largest first
    assert (progress.n_done, progress.n_failed, progress.pages) == (3, 1, 6)
    wet(crawl / "4.wet.gz", [PAGE])
    assert label(request_of(crawl))[0] == ["4.wet.gz", "bad.wet.gz"]
    wet(crawl / "bad.wet.gz", [PAGE])
    assert label(request_of(crawl))[0] == ["bad.wet.gz"]
    assert read_status(str(crawl.parent / "out")).failures == ()


def test_an_output_without_its_entry_is_made_again(crawl: Path) -> None:
    out = crawl.parent / "out"
    label(request_of(crawl))
    before = {path: path.read_bytes() for path in (out / "pages").iterdir()}
    (entry,) = (out / "ledger").glob("2.wet.gz-*")
    entry.unlink()
    assert "2.wet.gz" in label(request_of(crawl))[0]
    assert {path: path.read_bytes() for path in (out / "pages").iterdir()} == before


def test_an_input_of_another_size_is_done_again(crawl: Path) -> None:
    label(request_of(crawl))
    wet(crawl / "2.wet.gz", [PAGE] * 9)
    assert label(request_of(crawl))[0] == ["2.wet.gz", "bad.wet.gz"]
    entries = list(read_entries(Store(str(crawl.parent / "out"))))
    assert sorted(entry.pages for entry in entries) == [1, 3, 9]


def test_other_settings_are_refused_unless_forced(crawl: Path) -> None:
    label(request_of(crawl))
    other = LabelOptions(columns=("url", "kind"))
    with pytest.raises(InputError, match=r"ledger/.* was made with another --columns \(.*, now url,kind\); .* --force"):
        label(request_of(crawl, options=other))
    files, _ = label(request_of(crawl, options=other, is_forced=True))
    assert len(files) == 4
    assert label(request_of(crawl, options=other))[0] == ["bad.wet.gz"]
    assert {entry.settings.columns for entry in read_entries(Store(str(crawl.parent / "out")))} == {("url", "kind")}


def test_settings_that_differ_are_named(crawl: Path) -> None:
    label(request_of(crawl, options=LabelOptions(fields=Fields("isi", kept=("topic", "rank")))))
    expected = "was made with another --keep-fields (topic,rank, now none), --text-field (isi, now text); name another"
    with pytest.raises(InputError, match=re.escape(expected)):
        label(request_of(crawl))
    entries = list((crawl.parent / "out" / "ledger").iterdir())
    for entry in entries:
        about = json.loads(entry.read_bytes())
        about["settings"] = {**about["settings"], "linesift": "0.0.1", "model_sha256": "0", "later": 1}
        entry.write_text(json.dumps(about))
    with pytest.raises(InputError, match=r"another model, version \(0\.0\.1, now .*\), --keep-fields"):
        label(request_of(crawl))
    for entry in entries:
        entry.write_text("unreadable")
    with pytest.raises(InputError, match="was made with another model, version or options; name another --out"):
        label(request_of(crawl))


def test_old_labels_count_until_there_are_new_ones(crawl: Path) -> None:
    out = crawl.parent / "out"
    label(request_of(crawl))
    other = request_of(crawl, options=LabelOptions(columns=("url",)), is_forced=True)

    def one_and_no_more(work: Work, files: Sequence[InputFile]) -> Generator[Outcome, None, None]:
        yield work.part(files[0])(files[0])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(other, one_and_no_more, lambda *_: None)
    found = {Path(entry.input.name).name: entry for entry in read_entries(Store(str(out)))}
    assert {name: entry.settings.columns == ("url",) for name, entry in found.items()} == {
        "1.wet.gz": False, "2.wet.gz": False, "3.wet.gz": True
    }  # fmt: skip
    for entry in found.values():
        assert sha256((out / entry.output).read_bytes()).hexdigest() == entry.output_sha256
    assert read_status(str(out)).orphans == ()
    (crawl / "2.wet.gz").write_bytes(b"no archive")  # what cannot be read anew has no labels
    assert sorted(label(other)[0]) == ["1.wet.gz", "2.wet.gz", "bad.wet.gz"]
    status = read_status(str(out))
    assert (status.n_done, len(status.failures), len(status.orphans)) == (2, 2, 1)


def test_an_output_that_is_gone_is_made_again(crawl: Path) -> None:
    out = crawl.parent / "out"
    label(request_of(crawl))
    next((out / "pages").glob("2.wet.gz-*")).unlink()
    status = read_status(str(out))
    assert (status.n_done, [Path(file.name).name for file in status.open]) == (2, ["2.wet.gz"])
    assert label(request_of(crawl))[0] == ["2.wet.gz", "bad.wet.gz"]
    assert read_status(str(out)).n_done == 3


def test_a_file_is_done_once_whatever_its_names(crawl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(crawl)
    Path("link.wet.gz").symlink_to("2.wet.gz")
    names = ["1.wet.gz", f"{crawl}/1.wet.gz", f"file://{crawl}/1.wet.gz", "link.wet.gz", "2.wet.gz", "./2.wet.gz"]
    inputs = [file for name in names for file in find_inputs(name)]
    assert label(RunRequest(inputs, "../out"))[0] == ["link.wet.gz", "1.wet.gz"]
    assert all(file.size for file in inputs)


def test_an_address_of_this_machine_is_done_again_when_its_size_changes(crawl: Path) -> None:
    name = f"file://{crawl}/1.wet.gz"
    assert label(RunRequest(find_inputs(name), str(crawl.parent / "out")))[0] == ["1.wet.gz"]
    assert label(RunRequest(find_inputs(name), str(crawl.parent / "out")))[0] == []
    wet(crawl / "1.wet.gz", [PAGE] * 4)
    assert label(RunRequest(find_inputs(name), str(crawl.parent / "out")))[0] == ["1.wet.gz"]


def test_shards_share_the_inputs(crawl: Path) -> None:
    (crawl / "bad.wet.gz").unlink()
    parts = [label(request_of(crawl, shard=Shard(number, 2)))[0] for number in range(2)]
    assert sorted([*parts[0], *parts[1]]) == ["1.wet.gz", "2.wet.gz", "3.wet.gz"]
    assert all(parts)
    assert label(request_of(crawl))[0] == []


def test_status_and_clean(crawl: Path) -> None:
    out = crawl.parent / "out"
    label(request_of(crawl, shard=Shard(0, 2)))
    (out / "pages" / "half.parquet").touch()
    (out / "parts" / ".pages-half.parquet.12ab").touch()
    status = read_status(str(out))
    assert (status.n_done, len(status.failures), len(status.open)) == (2, 0, 0)
    assert status.orphans == ("pages/half.parquet", "parts/.pages-half.parquet.12ab")
    assert clean(str(out)) == list(status.orphans)
    assert read_status(str(out)).orphans == ()
    label(request_of(crawl, shard=Shard(1, 2)))
    status = read_status(str(out))
    assert [Path(failure.input.name).name for failure in status.failures] == ["bad.wet.gz"]
    assert (status.n_done, status.pages, status.lines) == (3, 6, 30)
    with pytest.raises(InputError, match="no run has written here"):
        read_status(str(crawl))


def test_names_of_outputs_do_not_clash() -> None:
    assert name_of("a/pages.jsonl") != name_of("b/pages.jsonl")
    assert name_of("s3://b/ä ü?.warc").startswith("____.warc-")
    assert name_of("x/" + "y" * 300 + ".warc.gz").split(".warc.gz-")[0] == "y" * 112


def test_a_damaged_ledger_is_told(crawl: Path) -> None:
    label(request_of(crawl))
    entry = next((crawl.parent / "out" / "ledger").iterdir())
    entry.write_text("{")
    with pytest.raises(InputError, match=r"ledger/.*: not JSON .*; remove it"):
        list(read_entries(Store(str(crawl.parent / "out"))))
    entry.write_text('{"format": 1}')
    with pytest.raises(InputError, match="not an entry of the ledger"):
        list(read_entries(Store(str(crawl.parent / "out"))))


def test_a_long_list_needs_no_entry_to_be_read(tmp_path: Path) -> None:
    """Only names are listed: a ledger of entries that nobody could read."""
    (tmp_path / "ledger").mkdir()
    for number in range(50):
        (tmp_path / "ledger" / f"a{number}.wet-0123456789ab.12.01234567.json").write_text("unreadable")
    assert len(read_names(Store(str(tmp_path))).files) == 50


# Worker processes


@pytest.fixture
def workers() -> Callable[[], set[BaseProcess]]:
    """Give the processes that the test has started and that run; others are of tests before it, which joblib keeps."""
    before = set(active_children())
    return lambda: set(active_children()) - before


def files_named(*names: str) -> list[InputFile]:
    return [InputFile(name, 1) for name in names]


def test_a_file_whose_worker_is_killed_is_done_again(tmp_path: Path, workers: Callable[[], set[BaseProcess]]) -> None:
    work = FaultyWork.of(tmp_path)
    outcomes = list(LocalEngine(2)(work, files_named("good", "killed once", "fine")))
    assert sorted(each.input.name for each in outcomes if isinstance(each, Entry)) == ["fine", "good", "killed once"]
    assert not workers()


def test_a_file_that_kills_three_workers_is_set_aside(tmp_path: Path, workers: Callable[[], set[BaseProcess]]) -> None:
    work = FaultyWork.of(tmp_path)
    outcomes = {each.input.name: each for each in LocalEngine(2)(work, files_named("killer", "good", "fails", "fine"))}
    failures = {name: each.reason for name, each in outcomes.items() if isinstance(each, Failure)}
    assert failures == {
        "killer": "killer: ended 3 workers without a result, perhaps out of memory",
        "fails": "fails: ValueError: as the test asked",
    }
    assert (tmp_path / "killer").read_text() == "xxx"
    assert not workers()


def test_a_worker_that_is_killed_while_it_waits_is_replaced(
    tmp_path: Path, workers: Callable[[], set[BaseProcess]]
) -> None:
    outcomes = LocalEngine(1)(FaultyWork.of(tmp_path), files_named("good", "fine"))
    assert isinstance(next(outcomes), Entry)
    (worker,) = workers()
    worker.kill()
    _wait_for(lambda: not workers())
    assert [each.input.name for each in outcomes if isinstance(each, Entry)] == ["fine"]


def test_a_full_disk_ends_the_run(tmp_path: Path, workers: Callable[[], set[BaseProcess]]) -> None:
    with pytest.raises(OSError, match="No space left") as raised:
        list(LocalEngine(2)(FaultyWork.of(tmp_path), files_named("good", "full", *map(str, range(20)))))
    assert raised.value.filename == "labels/full"
    assert not workers()


def test_workers_end_when_a_run_is_left(tmp_path: Path, workers: Callable[[], set[BaseProcess]]) -> None:
    outcomes = LocalEngine(2)(FaultyWork.of(tmp_path), files_named("good", "endless", "fine"))
    assert isinstance(next(outcomes), Entry)
    outcomes.close()
    assert not workers()


DRIVER = """
import sys
from pathlib import Path
from linesift.engine.local import LocalEngine
from linesift.engine.places import InputFile
from tasks import FaultyWork
if __name__ == "__main__":
    list(LocalEngine(2)(FaultyWork.of(Path(sys.argv[1])), [InputFile("endless", 1), InputFile("endless too", 1)]))
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_workers_end_when_the_driver_is_killed(tmp_path: Path) -> None:
    (tmp_path / "driver.py").write_text(DRIVER)
    driver = subprocess.Popen([sys.executable, tmp_path / "driver.py", tmp_path], env=environment())
    marks = [tmp_path / "endless", tmp_path / "endless too"]
    _wait_for(lambda: all(mark.exists() and mark.read_text() for mark in marks))
    workers = [int(mark.read_text()) for mark in marks]
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    _wait_for(lambda: not any(_is_alive(worker) for worker in workers))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def _wait_for(is_so: object, seconds: float = 60) -> None:
    assert callable(is_so)
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


# The command


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setattr(cli_batch, "_make_engine", lambda *_: InThisProcess())
    return runner(monkeypatch, capsys)


def test_the_command(command: Run, crawl: Path) -> None:
    out = crawl.parent / "out"
    result = command("batch", crawl / "1.wet.gz", crawl / "2.wet.gz", "--out", out)
    assert (result.code, result.out) == (0, "")
    assert result.err.startswith("2 files to do\n2 files done, 3 pages, ")
    (crawl.parent / "list").write_text(f"{crawl}/3.wet.gz\n\n{crawl}/1.wet.gz\n{crawl}/gone.wet.gz\n")
    result = command("batch", "--inputs", crawl.parent / "list", "--out", out)
    assert result.code == 1
    assert "2 files to do; 1 file done before\n" in result.err
    assert f"linesift: {crawl}/gone.wet.gz: no such file\n" in result.err
    assert "1 file done, 3 pages" in result.err
    assert "1 file failed" in result.err
    shown = command("batch", "--out", out, "--status")
    assert shown.code == 0
    assert {"done: 3 files", "failed: 1 file", "open: 0 files", "pages: 6"} <= {
        " ".join(line.split()) for line in shown.out.split("\n")
    }
    (out / "pages" / "half.parquet").touch()
    assert "without an entry: " in command("batch", "--out", out, "--status").out
    assert command("batch", "--out", f"{out}/", "--clean").err == f"removed {out}/pages/half.parquet\n"


def test_records_that_are_left_out_are_told_and_change_no_exit_code(command: Run, crawl: Path) -> None:
    rows = jsonl(crawl / "a.jsonl", [{"id": 1, "text": "B a"}] * 2)
    with rows.open("a") as stream:
        stream.write("nonsense\n")
    result = command("batch", rows, crawl / "1.wet.gz", "--out", crawl.parent / "out", "--text-field", "isi")
    warning, lost, last = result.err.splitlines()[1:]
    assert warning == (
        f"linesift: warning: {rows}: no page in 3 records (no text 2, not json 1); row 1: no text in field 'isi', "
        "its fields are 'id', 'text'; skipped; name another one with --text-field"
    )
    assert lost == f"lost records: {rows} (no text 2, not json 1)"
    assert last.startswith("2 files done, 1 page, ")
    assert last.endswith(", 3 records left out (no text 2, not json 1)")
    assert result.code == 0


def test_a_file_that_may_be_done_under_another_path_is_told(
    command: Run, crawl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(crawl)
    command("batch", "1.wet.gz", "2.wet.gz", "--out", "../out")
    result = command("batch", crawl / "1.wet.gz", crawl / "2.wet.gz", crawl / "3.wet.gz", "--out", "../out")
    assert (
        f"3 files to do\nlinesift: warning: {crawl}/2.wet.gz: a file of this name and size is done already under "
        "another path; if it is the same, end this and name it as before, or its pages will be there twice; "
        "1 more file like this\n"
    ) in result.err
    assert "warning" not in command("batch", "1.wet.gz", "2.wet.gz", "--out", "../out").err


def test_pages_of_a_directory_that_are_left_out_are_told(command: Run, crawl: Path) -> None:
    for name in ("a.txt", "b.html.gz", "note.log", ".hidden"):
        (crawl / name).touch()
    (crawl / "bad.wet.gz").unlink()
    result = command("batch", crawl, "--out", crawl.parent / "out")
    text = f"linesift: warning: {crawl}: 2 files of a single page left out; for these use linesift classify {crawl}\n"
    assert result.err.startswith(f"{text}3 files to do\n")


def test_a_list_may_begin_with_a_byte_order_mark(command: Run, crawl: Path) -> None:
    (crawl.parent / "list").write_text(f"\ufeff{crawl}/1.wet.gz\n", "utf-8")
    assert command("batch", "--inputs", crawl.parent / "list", "--out", crawl.parent / "out").code == 0


def test_status_needs_no_right_to_write(command: Run, crawl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = crawl.parent / "out"
    command("batch", crawl / "1.wet.gz", "--out", out)
    monkeypatch.setattr(cli_batch, "check_directory", lambda _: pytest.fail("tried to write"))
    assert command("batch", "--out", out, "--status").code == 0


def test_progress_is_shown_also_while_no_file_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli_batch._Reporter, "_EVERY", 0.0)
    monkeypatch.setattr(cli_batch._Reporter, "_EVERY_ON_TERMINAL", 0.005)
    with cli_batch._Reporter() as reporter:
        reporter(Progress(2, 0, None), None)
        _wait_for(lambda: "0 of 2 files after 0 s" in capsys.readouterr().err)


def test_the_help_names_all_inputs(command: Run) -> None:
    words = "WARC, WET, JSON lines, JSON and CSV, also with .gz or .zst, and Parquet"
    assert words in " ".join(command("batch", "-h").out.split())


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "no inputs; name some"),
        (["crawl", "--shard", "64/64"], "--shard 64/64: say 0/64 to 63/64"),
        (["crawl", "--columns", "title"], "no column 'title'"),
        (["crawl", "--columns", ""], "no column to write; name some with --columns"),
        (["crawl", "--keep", "topic"], "cannot keep 'topic'; there are lines, text, html"),
        (["crawl", "--keep-fields", "topic,url"], "cannot keep field 'url' beside the column 'url'"),
        (["--inputs", "missing"], "missing: no such file"),
        (["page.html"], "for single pages use linesift classify"),
        (["nothing*"], "no files there"),
        (["none"], "no files there"),
        (
            ["single"],
            "single: no name there ends in .warc, .wet, .jsonl, .json, .csv or .parquet, with or without .gz "
            "or .zst; for single pages use linesift classify",
        ),
    ],
)
def test_misuse(command: Run, crawl: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], reason: str) -> None:
    monkeypatch.chdir(crawl.parent)
    for name in ("none", "single"):
        Path(name).mkdir()
    for name in ("page.html", "single/a.txt", "single/b.txt", "single/c.html"):
        Path(name).touch()
    result = command("batch", *arguments, "--out", "out")
    assert (result.code, result.out) == (2, "")
    assert reason in result.err
    assert not Path("out").exists()


@pytest.mark.parametrize(("name", "out"), [("crawl", "crawl"), ("crawl", "crawl/deep/labels"), ("crawl/*.gz", "crawl"),
                                           ("crawl/1.wet.gz", "."), ("crawl", "link")])  # fmt: skip
def test_outputs_never_become_inputs(
    command: Run, crawl: Path, monkeypatch: pytest.MonkeyPatch, name: str, out: str
) -> None:
    monkeypatch.chdir(crawl.parent)
    Path("link").symlink_to("crawl")
    before = sorted(crawl.rglob("*"))
    result = command("batch", name, "--out", out)
    assert (result.code, result.out) == (2, "")
    assert "write to another directory" in result.err
    assert sorted(crawl.rglob("*")) == before


def test_progress_is_told_by_bytes() -> None:
    progress = Progress(10, 4, 1000)
    assert progress.seconds_left(5) is None
    progress.add(Failure(InputFile("a", 250), "reason"))
    assert progress.seconds_left(5) == 15
    progress.n_bytes = None
    assert progress.seconds_left(5) == 25


def test_entries_are_json_that_others_can_read(crawl: Path) -> None:
    label(request_of(crawl))
    about = json.loads(next((crawl.parent / "out" / "ledger").iterdir()).read_bytes())
    assert list(about) == [
        "format", "input", "output", "output_size", "output_sha256", "pages", "lines", "failed_pages", "kinds",
        "left_out", "settings", "seconds", "warning", "warned_pages",
    ]  # fmt: skip
