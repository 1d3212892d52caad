"""What a new user may get wrong: each command says what and where before it works, and what to do, in one line."""

from pathlib import Path

import pytest

import linesift
from commandline import Run, runner

LABELLED = "site: a.example\n----\nheadline  | Rain\nbody      | It rained.\n"
NO_RUN = "no run has written here; begin one with linesift batch INPUT... --out "
WRONG = {
    "classify x.txt --output no/x.tsv": "no/x.tsv: cannot write (no such file or directory); make its directory first",
    "classify x.txt --output dir": "dir: cannot write (is a directory); name a file in it",
    "classify x.txt --output x.txt/a": "x.txt/a: cannot write (not a directory); name a directory before the last /",
    "classify x.txt --output-dir file": "file: cannot write (file exists); name a directory",
    "classify x.txt --same-site --output-dir file/a": "file/a: cannot write (not a directory)",
    "classify x.txt --same-site --output no/x.tsv": "no/x.tsv: cannot write",
    "classify . --output loop.txt": "loop.txt: cannot write (too many levels of symbolic links); remove the link",
    "classify x.txt --output-dir loop.txt/a": "loop.txt/a: cannot write (too many levels of symbolic links)",
    "explain x.txt --output no/x": "no/x: cannot write",
    "report x.txt --out no/r.html": "no/r.html: cannot write",
    "learn-site x.txt --out no/a.site": "no/a.site: cannot write",
    "learn-site x.txt --merge no.site --out a.site": "no.site: no such file; linesift learn-site PAGE... --out FILE",
    "learn-site x.txt --out a.site --encoding klingon": "unknown encoding 'klingon'; try utf-8",
    "export a.page --out no/a.jsonl": "no/a.jsonl: cannot write",
    "export no.page --out no/a.jsonl": "no/a.jsonl: cannot write",
    "import empty.jsonl --out site": "empty.jsonl: holds no page",
    "import dir.jsonl --out site": "dir.jsonl: is a directory; name a file in it",
    "export a.page --out a.csv": "a.csv: pages are exported to .jsonl or .parquet files",
    "export a.page --out a.jsonl.gz": "a.jsonl.gz: pages are exported to .jsonl or .parquet files",
    "import a.page --out site": "a.page: labelled pages are imported from .jsonl or .parquet files; linesift export",
    "check x.txt": "x.txt: not a .page file; make one: linesift label x.txt --out DIR",
    "check rows.jsonl": "rows.jsonl: not a .page file; make some: linesift import rows.jsonl --out DIR",
    "evaluate no.parquet": "no.parquet: no such file",
    "evaluate a.page no.page": "no.page: no such file",
    "evaluate no.page --report r.html": "no.page: no such file",
    "evaluate a.page --json no/s.json": "no/s.json: cannot write",
    "evaluate a.page --report no/s.md": "no/s.md: cannot write",
    "compare no other x.txt": "no: no such model directory",
    "compare no other no.txt": "no.txt: no such file",
    "compare no other x.txt --encoding klingon": "unknown encoding 'klingon'",
    "adapt no.page --site a --out m": "no.page: no such file",
    "adapt a.page --site a --out file": "file: is a file; name a directory",
    "adapt a.page --site a --out file/m": "file/m: cannot write the model (not a directory); name another directory",
    "train --pages no --out m": "no: no such file",
    "train --pages a.page --out file": "file: is a file; name a directory",
    "train --pages a.page --out file/m": "file/m: cannot write the model (not a directory); name another directory",
    "train --pages a.page --out loop.txt": "loop.txt: cannot write the model (too many levels of symbolic links)",
    "train --pages a.page --out m --report no/s.md": "no/s.md: cannot write",
    "train --pages a.page --out m --report dir": "dir: cannot write (is a directory)",
    "train --pages a.page --out m --keep-folds file": "file/0: cannot write the model (not a directory)",
    "train --pages a.page --out m --keep-folds full": "full/0: holds files but no model",
    "train --pages a.page --out m --report r.html": "r.html: the report is Markdown, with JSON beside it; name it .md",
    "train --pages a.page --out m --dataset other": "other: no such file or directory; a dataset on the hub is named",
    "train --pages a.page --out m --corpora no": "no: no collections; name a directory of *.parquet files",
    "train --pages a.page --out m --dataset no.parquet": "no.parquet: no such file",
    "train --pages a.page --out m --dataset ./no": "no: no such file",
    "batch no.jsonl --out o": "no.jsonl: no such file",
    "batch rows.jsonl --out file": "file: cannot write (file exists); name a directory",
    "batch rows.jsonl --out file/o": "file/o: cannot write (not a directory)",
    "batch rows.jsonl --out o --model no": "no: no such model directory",
    "batch rows.jsonl --out loop.txt": "loop.txt: cannot write (too many levels of symbolic links)",
    "batch --out file --status": "file: cannot write (file exists); name a directory",
    "batch --out o --status": f"o: {NO_RUN}o",
    "batch --out o --clean": f"o: {NO_RUN}o",
    "batch --out o --status --clean": "--status does nothing and --clean removes files; leave out one of them",
    "batch --inputs no.txt --out o": "no.txt: no such file or directory; name a text file with one input on each line",
    "batch --inputs dir --out o": "dir: is a directory; name a text file with one input on each line",
    "batch --inputs empty.txt --out o": "no inputs; name some, or a list of them with --inputs",
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    for name in ("dir", "dir.jsonl", "full/0"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("x.txt", "file", "full/0/file"):
        (tmp_path / name).write_text("Rain\nIt rained.\n")
    for name in ("empty.txt", "empty.jsonl", "empty.warc"):
        (tmp_path / name).touch()
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    (tmp_path / "a.page").write_text(LABELLED)
    (tmp_path / "rows.jsonl").write_text('{"text": "Rain\\nIt rained."}\n')
    return runner(monkeypatch, capsys)


@pytest.mark.parametrize("arguments", WRONG)
def test_one_line_says_what_is_wrong(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    if not arguments.startswith("compare"):  # which is asked for models that are not there
        monkeypatch.setattr(linesift, "load", lambda _path=None: pytest.fail("a model was loaded first"))
    result = run(*arguments.split())
    assert result.err.startswith(f"linesift: {WRONG[arguments]}")
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert sorted(tmp_path.rglob("*")) == before


def test_pages_without_a_label_are_no_scores(run: Run) -> None:
    result = run("evaluate", "empty.jsonl")
    assert result[:2] == (2, "")
    assert result.err == "linesift: empty.jsonl: no labelled page, so there are no scores; name others\n"


@pytest.mark.parametrize("name", ["empty.jsonl", "empty.warc"])
def test_a_file_without_a_page_is_told(run: Run, name: str) -> None:
    result = run("classify", name)
    assert result == (0, "", f"linesift: warning: {name}: the file holds no page\n")
