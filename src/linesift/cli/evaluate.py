"""`linesift evaluate`: a model against labelled pages."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linesift.cli import console
from linesift.errors import InputError
from linesift.extras import require_extra

if TYPE_CHECKING:
    from linesift.evaluate.evaluate import Report
    from linesift.train.corpora import Corpora

HELP = "Score a model on labelled pages: per label, article text, per collection and language, and the worst pages."
EXAMPLES = """
Examples:

\b
  linesift evaluate data/pages
  linesift evaluate --model models/mine my.jsonl --json report.json
  linesift evaluate --model models/mine corpora/andy.parquet --worst 30
  linesift evaluate data/pages --report scores.html

A report as HTML has pictures and needs: pip install 'linesift[train]'
"""

_Pages = Annotated[
    list[Path],
    typer.Argument(
        metavar="PAGES", help="Labelled pages: .page files, directories of them, .jsonl, or collections as .parquet."
    ),
]
_Model = Annotated[
    Path | None, typer.Option("--model", "-m", metavar="DIR", help="Model directory instead of the shipped one.")
]
_Json = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the whole report here too; - prints it instead.")
]
_Report = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the scores as a report too: .html, with pictures, or .md."),
]
_Html = Annotated[
    bool, typer.Option("--html", help="Read collections as HTML with what the markup says, not as plain text.")
]
_Worst = Annotated[int, typer.Option(min=0, max=30, metavar="N", help="How many of the worst pages to print.")]
_Jobs = Annotated[int, typer.Option(min=1, metavar="N", help="Processor cores to render collections with.")]


def evaluate(
    pages: _Pages,
    model: _Model = None,
    json_: _Json = None,
    report: _Report = None,
    html: _Html = False,
    worst: _Worst = 10,
    jobs: _Jobs = 2,
) -> None:
    """Score a model, as `HELP` says; the scores as Markdown on standard output."""
    with console.errors():
        _check_report(report)
        # Only now: numpy is not needed for a wrong option.
        import linesift
        from linesift.evaluate.evaluate import evaluate as evaluate_predictions
        from linesift.evaluate.kinds import evaluate_kinds, kind_table
        from linesift.evaluate.scores import table, worst_table
        from linesift.evaluate.sections import markdown_table
        from linesift.model.directory import read_about
        from linesift.train.corpora import read_gold
        from linesift.train.provenance import trained_on

        loaded = linesift.load(model)
        gold = read_gold(pages, jobs=jobs, is_html=html)
        _say_left_out(gold)
        for path in trained_on(read_about(model or linesift.shipped()), pages):
            console.say(f"warning: {path}: the model was trained on this; the card has its scores by folds")
        predictions = loaded.classify_batch(page.page for page in gold.pages)
        scores = evaluate_predictions(gold.pages, predictions)
        kinds = evaluate_kinds(gold.pages, predictions)
        is_json_printed = json_ is not None and str(json_) == "-"
        if json_ is not None:
            with console.output(None if is_json_printed else json_) as stream:
                stream.write(scores.to_json())
        if report is not None:
            _write_report(scores, report, f"{model or 'linesift'} on {', '.join(map(str, pages))}")
        if not is_json_printed:
            lines = [*table(scores), *(["", *markdown_table(kind_table(kinds))] if kinds is not None else [])]
            lines += ["", *worst_table(scores, worst)] if worst else []
            with console.output(None) as stream:
                stream.writelines(f"{line}\n" for line in lines)


def _check_report(path: Path | None) -> None:
    """Refuse at once what would fail after minutes."""
    if path is None:
        return
    if path.suffix not in {".html", ".md"}:
        raise InputError(f"{path}: a report is .html or .md; name it so")
    if path.suffix == ".html":
        require_extra("pictures of scores", "matplotlib")


def _write_report(scores: "Report", path: Path, title: str) -> None:
    from linesift.evaluate.scores import report_sections
    from linesift.evaluate.sections import as_html, markdown

    is_html = path.suffix == ".html"
    sections = report_sections(scores, with_pictures=is_html)
    with console.output(path) as stream:
        stream.writelines(as_html(title, sections) if is_html else (f"{line}\n" for line in markdown(title, sections)))


def _say_left_out(gold: "Corpora") -> None:
    for reason, count in sorted(gold.left_out.items()):
        console.say(f"{count} pages left out: {reason}")
