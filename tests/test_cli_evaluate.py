"""`linesift evaluate` as its user meets it; what the figures mean is `test_metrics`."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from commandline import environment
from linesift import cli
from linesift.labels import KINDS
from linesift.model.directory import save_model
from linesift.model.linear import LinearScorer, quantile_bins
from linesift.model.model import Model
from linesift.model.page_kind import WORD_BITS, WORD_KINDS, PageKindModel, column_names
from linesift.model.prediction import Prediction
from linesift.page import Page
from linesift.train.provenance import digest
from tinycorpus import row, write_corpus

EXTRA = ["sklearn", "scipy", "joblib", "datasets", "pyarrow", "catboost", "resiliparse", "matplotlib", "py3langid"]


class Result(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, model: Model) -> Path:
    """A model that was trained on `known.page`, by its own account, and pages."""
    folder = tmp_path_factory.mktemp("evaluate")
    for name in ("known", "other"):
        text = f"site: {name}.example\nlang: en\n----\nheadline | Rain in {name}\nbody | It rained all day.\n"
        (folder / f"{name}.page").write_text(text, "utf-8")
    write_corpus(folder / "tiny.parquet", [row(0), row(1, body=[])])
    files = {"known.page": digest(folder / "known.page")}
    save_model(model, {"files": files}, [Page("Rain\nIt rained.", "probe")], folder / "model")
    return folder


@pytest.mark.skipif(os.name == "nt", reason="no such names")
def test_names_that_are_not_utf_8(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    text = (folder / "known.page").read_text("utf-8")
    (tmp_path / "\udcff.page").write_text(text.replace("known.example", "\u00e9.example"), "utf-8")
    for more in ("", "--report scores.md", "--json scores.json"):
        assert run(monkeypatch, capsys, tmp_path, f"--model {folder / 'model'} . {more}").code == 0


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path, arguments: str) -> Result:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["linesift", "evaluate", *arguments.split()])
    with pytest.raises(SystemExit) as left:
        cli.main()
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    assert isinstance(left.value.code, int)
    return Result(left.value.code, out, err)


def test_tables(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, out, err = run(monkeypatch, capsys, folder, "-m model other.page tiny.parquet --jobs 1")
    assert code == 0
    for start in (
        "| headline |",
        "Macro F1 ",
        "| all pages |",
        "| pages |",
        "| tiny |",
        "The last column has the longest wrong lines: ",
        "| worst pages |",
        "| tiny/0 |",
    ):
        assert any(line.startswith(start) for line in out.splitlines()), start
    assert err == "linesift: 1 page left out: tiny: no gold body\n"


def test_a_page_that_cannot_be_classified_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    def classify_batch(self: Model, pages: Iterable[Page]) -> list[Prediction]:
        pages = list(pages)
        if any("known" in page.text for page in pages):
            raise ArithmeticError("as the test asked")
        return whole(self, pages)

    whole = Model.classify_batch
    monkeypatch.setattr(Model, "classify_batch", classify_batch)
    code, out, err = run(monkeypatch, capsys, folder, "-m model known.page other.page")
    assert code == 1
    assert "known.page: not classified (ArithmeticError: as the test asked); left out of the scores" in err
    assert "| other.page |" in out
    assert "| known.page |" not in out
    code, out, err = run(monkeypatch, capsys, folder, "-m model known.page --json -")
    assert (code, out) == (2, "")
    assert err.endswith("linesift: no page could be classified, so there are no scores\n")


def test_kinds_where_the_model_gives_kinds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path, model: Model
) -> None:
    assert "| kind |" not in run(monkeypatch, capsys, folder, "-m model other.page").out
    bins = quantile_bins(np.zeros((len(column_names()), 2), np.float32), 3)
    weights = np.zeros((len(column_names()), bins.n_bins, len(KINDS)), np.float32)
    scorer = LinearScorer(bins, weights, np.array([0, 0, 0, 9, 0], np.float32))
    words = np.zeros((1 << WORD_BITS, len(WORD_KINDS)), np.float32)
    judging = replace(model, page_kind=PageKindModel(words, words[0], scorer))
    save_model(judging, {"files": {}}, [Page("Rain\nIt rained.", "probe")], folder / "judging")
    out = run(monkeypatch, capsys, folder, "-m judging other.page known.page").out
    assert "\n\n| kind | article | live | stub | index | other | pages |\n" in out
    assert "\n| article | 0 | 0 | 0 | 2 | 0 | 2 |\n" in out


def test_collections_as_html(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, out, _ = run(monkeypatch, capsys, folder, "-m model tiny.parquet --jobs 1 --html")
    assert code == 0
    assert "| tiny/0 |" in out


def test_worst_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert "worst" not in run(monkeypatch, capsys, folder, "-m model other.page --worst 0").out


def test_json_file_and_dash(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    first = run(monkeypatch, capsys, folder, "-m model . --json report.json")
    second = run(monkeypatch, capsys, folder, "-m model . --json -")
    report = json.loads(second.out)
    assert "| label |" in first.out
    assert json.loads((folder / "report.json").read_text("utf-8")) == report
    assert report["labels"]["headline"]["support"] == report["article"]["support"] == len(report["worst"])


def test_report_with_pictures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    shown = run(monkeypatch, capsys, folder, "-m model other.page").out
    code, out, _ = run(monkeypatch, capsys, folder, "-m model other.page --report report.html")
    assert (code, out) == (0, shown)
    html = (folder / "report.html").read_text("utf-8")
    assert "<title>model on other.page</title>" in html
    assert html.count("<svg ") == 3


def test_report_as_markdown_has_the_figures_that_are_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    out = run(monkeypatch, capsys, folder, "-m model . --report report.md --worst 30").out
    text = (folder / "report.md").read_text("utf-8")
    assert text.startswith("# model on .\n")
    assert set(filter(None, out.splitlines())) < set(text.splitlines())


def test_pages_of_the_training_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    code, _, err = run(monkeypatch, capsys, folder, "-m model known.page other.page")
    assert code == 0
    assert err == (
        "linesift: warning: known.page: the model was trained on these pages, "
        "so the scores are too good; see its card for held-out scores\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("-m model", "Missing argument"),
        ("-m nowhere other.page", "linesift: nowhere: no such model directory"),
        ("-m model nowhere.page", "linesift: nowhere.page: no such file"),
        ("-m model other.page none.parquet", "linesift: none.parquet: no such file"),
        ("-m model model/model.json", "linesift: model/model.json: labelled pages are"),
        ("-m model other.page --report scores.pdf", "linesift: scores.pdf: a report is .html or .md"),
        ("-m model other.page --report no/scores.md", "linesift: no/scores.md: cannot write"),
        ("-m model other.page --json no/where.json", "linesift: no/where.json: cannot write"),
    ],
)
def test_misuse(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path, arguments: str, message: str
) -> None:
    result = run(monkeypatch, capsys, folder, arguments)
    assert result.code == 2
    assert message in result.err


def test_own_pages_need_no_extra(folder: Path) -> None:
    """With numpy and typer alone, `.page` files can be scored."""
    code = (
        "import sys; sys.argv = ['linesift', 'evaluate', '-m', 'model', 'other.page']\n"
        f"sys.modules |= dict.fromkeys({EXTRA})\n"
        "import linesift.cli; linesift.cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
