"""`linesift train` as its user meets it; what it trains is `test_run`."""

import inspect
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fakes import predict
from linesift import cli
from linesift.cli.console import ProgressPrinter
from linesift.cli.train import train as command
from linesift.evaluate.evaluate import evaluate
from linesift.evaluate.kinds import evaluate_kinds
from linesift.extras import install_command
from linesift.labels import Label
from linesift.page import LabelledPage, Page
from linesift.train import run as library
from linesift.train.config import Learner, Progress, TrainConfig
from linesift.train.run import Trained, TrainRequest

PAGE = LabelledPage(Page("H Rain\nB It rained.", "a"), (Label.HEADLINE, Label.BODY), site="a.example")


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[TrainRequest]:
    """What the library was asked for; nothing is trained."""
    made: list[TrainRequest] = []

    def train(request: TrainRequest, progress: Progress) -> Trained:
        made.append(request)
        progress("text, trees")
        report = evaluate([PAGE], [predict(PAGE.page)])
        kinds = evaluate_kinds([(PAGE, replace(predict(PAGE.page), kind="article", kind_probability=0.8))])
        return Trained(request.out, report, {"data/pages": report}, kinds=kinds)

    monkeypatch.setattr(library, "train", train)
    return made


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["linesift", "train", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert isinstance(left.value.code, int)
    return left.value.code


def test_options(monkeypatch: pytest.MonkeyPatch, requests: list[TrainRequest]) -> None:
    options = (
        "--pages data/pages --pages more.jsonl --corpora c --out m --model-kind linear --folds 3 --seed 7 --jobs 1"
    )
    assert run(monkeypatch, *options.split()) == 0
    config = TrainConfig(learner=Learner.LINEAR, n_folds=3, seed=7, jobs=1)
    assert requests == [TrainRequest((Path("data/pages"), Path("more.jsonl")), Path("m"), Path("c"), config)]


def test_aligned_pages_are_learnt_unless_that_is_refused(
    monkeypatch: pytest.MonkeyPatch, requests: list[TrainRequest]
) -> None:
    for options in ([], ["--learn-aligned"], ["--no-learn-aligned"]):
        assert run(monkeypatch, "--pages", "p", "--out", "m", *options) == 0
    assert [request.config.learn_aligned for request in requests] == [True, True, False]


def test_datasets(monkeypatch: pytest.MonkeyPatch, requests: list[TrainRequest]) -> None:
    assert run(monkeypatch, *["--pages", "p", "--dataset", "user/news", "--dataset", "my.parquet", "--out", "m"]) == 0
    assert requests == [TrainRequest((Path("p"),), Path("m"), datasets=("user/news", "my.parquet"))]


def test_defaults_are_those_of_the_library(monkeypatch: pytest.MonkeyPatch, requests: list[TrainRequest]) -> None:
    assert run(monkeypatch, "--pages", "p", "--out", "m") == 0
    assert requests == [TrainRequest((Path("p"),), Path("m"))]
    assert inspect.signature(command).parameters["folds"].default == TrainConfig().n_folds


def test_scores_on_stdout_progress_on_stderr(
    monkeypatch: pytest.MonkeyPatch, requests: list[TrainRequest], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--pages", "p", "--out", "m") == 0
    out, err = capsys.readouterr()
    assert requests
    assert out.startswith("## all pages, held out by site\n\n| label |")
    assert "## data/pages, held out by site\n\n| label |" in out
    assert "## kinds of pages, held out by site\n\n| kind | article | live |" in out
    assert "| article | 1 | 0 | 0 | 0 | 0 | 1 |\n" in out
    assert err == "  0:00  text, trees\n  0:00  done\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--out m", "Missing option '--pages'"),
        ("--pages p", "Missing option '--out'"),
        ("--pages p --out m --folds 1", "--folds"),
        ("--pages p --out m --model-kind forest", "--model-kind"),
        ("--pages nowhere --out m", "linesift: nowhere: no such file"),
        ("--pages empty --out m", "linesift: empty: no labelled pages"),
        ("--pages . --out empty --corpora empty", "linesift: empty: no collections"),
    ],
)
def test_misuse(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: str,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.page").write_text("site: a.example\n----\nbody | Text\n")
    assert run(monkeypatch, *arguments.split()) == 2
    out, err = capsys.readouterr()
    assert message in err
    assert "Traceback" not in err
    assert out == ""
    assert not (tmp_path / "m").exists()


def test_missing_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("linesift.extras.find_spec", lambda _name: None)
    assert run(monkeypatch, "--pages", "p", "--out", "m") == 2
    assert capsys.readouterr().err == (
        f"linesift: training needs joblib, which is not installed: {install_command('train')}\n"
    )


def test_progress_counts_minutes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    clock = iter([100.0, 100.9, 3765.2])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    progress = ProgressPrinter()
    progress("a")
    progress("b")
    assert capsys.readouterr().err == "  0:00  a\n 61:05  b\n"
