"""`linesift evaluate`: scores of a model on labelled pages."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linesift.cli import console
from linesift.cli.options import Model
from linesift.errors import InputError
from linesift.extras import require_extra
from linesift.model.chunks import classify_each
from linesift.read.find import require_there
from linesift.read.page import LABELLED_SUFFIX

if TYPE_CHECKING:
    from linesift.evaluate.evaluate import Report
    from linesift.evaluate.kinds import KindReport
    from linesift.model.model import Model as LineModel
    from linesift.model.prediction import Prediction
    from linesift.page import LabelledPage
    from linesift.train.corpora import GoldPages

HELP = """Score a model on labelled pages.

It prints scores per label, of the article text, per collection and language, and the worst pages. A report as HTML has
pictures and needs the extra named train; without it, the error names the command that installs it.
"""
EXAMPLES = """
Examples:

\b
  linesift evaluate data/pages
  linesift evaluate --model models/mine my.jsonl --json report.json
  linesift evaluate --model models/mine corpora/mine.parquet --worst 30
  linesift evaluate data/pages --report scores.html
"""

_Pages = Annotated[
    list[Path],
    typer.Argument(
        metavar="PAGE",
        help="Labelled pages: .page files, directories of them, or .jsonl files; or collections (.parquet).",
    ),
]
_Json = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", help="Write all scores to this file; - prints them instead."),
]
_Report = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write a report too: .html, with pictures, or .md."),
]
_Html = Annotated[bool, typer.Option("--html", help="Read collections as HTML, not as plain text.")]
_Worst = Annotated[int, typer.Option(min=0, max=30, metavar="N", help="Number of worst pages to print.")]
_Jobs = Annotated[int, typer.Option(min=1, metavar="N", help="Processor cores to use for reading collections.")]


def evaluate(
    pages: _Pages,
    model: Model = None,
    json_: _Json = None,
    report: _Report = None,
    html: _Html = False,
    worst: _Worst = 10,
    jobs: _Jobs = 2,
) -> None:
    """Score a model, as `HELP` says; the scores as Markdown on standard output."""
    with console.errors():
        require_there(pages)
        _check_report(report)
        for output in filter(None, (json_, report)):
            console.check_output(output, pages, (LABELLED_SUFFIX,))
        # Imported here, so that a wrong option does not wait for numpy.
        import linesift
        from linesift.evaluate.evaluate import evaluate as evaluate_predictions
        from linesift.evaluate.kinds import evaluate_kinds
        from linesift.model.directory import read_about
        from linesift.train.corpora import read_gold
        from linesift.train.provenance import trained_on

        loaded = linesift.load(model)
        gold = read_gold(pages, jobs=jobs, is_html=html)
        _say_left_out(gold)
        if not gold.pages:
            raise InputError(f"{', '.join(map(str, pages))}: no labelled page, so there are no scores; name others")
        for path in trained_on(read_about(linesift.find_model(model)), pages):
            console.say(
                f"warning: {path}: the model was trained on these pages, so the scores are too good; "
                f"see its card for held-out scores"
            )
        done = _classify(loaded, gold.pages)
        scores = evaluate_predictions([page for page, _ in done], [prediction for _, prediction in done])
        kinds = evaluate_kinds(done)
        is_json_printed = json_ == console.STDOUT
        if json_ is not None:
            with console.open_output(json_) as stream:
                stream.write(scores.to_json())
        if report is not None:
            _write_report(scores, report, f"{model or 'linesift'} on {', '.join(map(str, pages))}")
        if not is_json_printed:
            _print_scores(scores, kinds, worst)
        if len(done) < len(gold.pages):
            raise typer.Exit(console.EXIT_FAILED)


def _classify(model: "LineModel", pages: Sequence["LabelledPage"]) -> "list[tuple[LabelledPage, Prediction]]":
    """Classify labelled pages; one that fails is said, and left out of the scores.

    Raises:
        InputError: if all fail.
    """
    done = []
    for page, prediction in zip(pages, classify_each(model, [page.page for page in pages]), strict=True):
        if isinstance(prediction, Exception):
            reason = f"{type(prediction).__name__}: {prediction}"
            console.say(f"{page.page.source}: not classified ({reason}); left out of the scores")
        else:
            done.append((page, prediction))
    if pages and not done:
        raise InputError("no page could be classified, so there are no scores")
    return done


def _print_scores(scores: "Report", kinds: "KindReport | None", n_worst: int) -> None:
    from linesift.evaluate.kinds import kind_table
    from linesift.evaluate.scores import table, worst_table
    from linesift.evaluate.sections import markdown_table

    lines = table(scores)
    lines += [] if kinds is None else ["", *markdown_table(kind_table(kinds))]
    lines += ["", *worst_table(scores, n_worst)] if n_worst else []
    console.print_lines(lines)


def _check_report(path: Path | None) -> None:
    """Refuse what would fail only after minutes.

    Raises:
        InputError: for another suffix.
        MissingExtraError: for HTML, if matplotlib is not installed.
    """
    if path is None:
        return
    if path.suffix not in {".html", ".md"}:
        raise InputError(f"{path}: a report is .html or .md; change the name")
    if path.suffix == ".html":
        require_extra("drawing scores", "matplotlib")


def _write_report(scores: "Report", path: Path, title: str) -> None:
    from linesift.evaluate.scores import report_sections
    from linesift.evaluate.sections import as_html, markdown

    is_html = path.suffix == ".html"
    sections = report_sections(scores, with_pictures=is_html)
    with console.open_output(path) as stream:
        stream.writelines(as_html(title, sections) if is_html else (f"{line}\n" for line in markdown(title, sections)))


def _say_left_out(gold: "GoldPages") -> None:
    for reason, count in sorted(gold.left_out.items()):
        console.say(f"{console.count(count, 'page')} left out: {reason}")
