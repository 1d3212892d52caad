"""Write the scores of a model as sections of a report."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from linesift.evaluate.evaluate import N_WORST, PageResult, Report, WrongLine
from linesift.evaluate.metrics import Score
from linesift.evaluate.sections import Picture, Row, Section, Table, lines_of
from linesift.labels import LABELS, Label
from linesift.read.labelled import PAGE_FILE_COLLECTION


def table(report: Report) -> list[str]:
    """Write the scores of labels and articles as lines of Markdown without titles."""
    return [line for section in score_sections(report) for line in lines_of(section.parts)][1:]


def worst_table(report: Report, n_pages: int) -> list[str]:
    """Write the pages with the lowest article F1 in the same form, a blank line above them."""
    return list(lines_of(worst_section(report, n_pages).parts))


def report_sections(report: Report, n_worst: int = N_WORST, *, with_pictures: bool = False) -> Iterator[Section]:
    """Give the sections of the whole report; pictures need matplotlib, of the extra `train`."""
    drawn: list[Picture] = []
    if with_pictures:
        from linesift.evaluate.pictures import calibration, confusion, languages

        drawn = [draw(report) for draw in (confusion, calibration, languages)]
    labels, articles = score_sections(report)
    yield labels
    for section, pictures in (
        (confusion_section(report), drawn[:1]),
        (articles, drawn[2:]),
        (calibration_section(report), drawn[1:2]),
    ):
        yield Section(section.title, (*pictures, *section.parts))
    if n_worst:
        yield worst_section(report, n_worst)


def score_sections(report: Report) -> Iterator[Section]:
    """Tables of labels and of articles."""
    labels: list[Row] = [(str(label), *_cells(report.labels[label])) for label in LABELS]
    error, brier = report.calibration_error, report.calibration[Label.BODY].brier
    yield Section(
        "Labels",
        (
            Table(("label", "precision", "recall", "F1", "lines"), tuple(labels)),
            f"Macro F1 {report.macro_f1:.4f}; of the probability of body the calibration error is {error:.4f} and the "
            f"Brier score {brier:.4f}.",
        ),
    )
    rows: list[Row] = [("all pages", *_article_cells(report.article, report.words))]
    for groups, words in (
        (report.by_collection, report.words_by_collection),
        (report.by_language, report.words_by_language),
    ):
        if len(groups) > 1:
            rows += [(name, *_article_cells(score, words[name])) for name, score in groups.items()]
    yield Section("Articles", (Table(("article text", "precision", "recall", "F1", "word F1", "pages"), tuple(rows)),))


def confusion_section(report: Report) -> Section:
    """Confusion matrix of labels."""
    rows: list[Row] = [(str(gold), *(given[label] for label in LABELS)) for gold, given in report.confusion.items()]
    return Section("Confusion", (Table(("gold, and given:", *LABELS), tuple(rows)),))


def calibration_section(report: Report) -> Section:
    """Error and Brier score of every label's probability, and the reliability curve of body's."""
    scores: list[Row] = [(str(label), found.error, found.brier) for label, found in report.calibration.items()]
    return Section(
        "Calibration",
        (
            Table(("label", "calibration error", "Brier score"), tuple(scores)),
            "Of the lines whose probability of body falls into a tenth, how many are body:",
            Table(
                ("probability", "frequency", "lines"),
                tuple(point for point in report.calibration[Label.BODY].curve if point[2]),
            ),
        ),
    )


def worst_section(report: Report, n_pages: int = N_WORST) -> Section:
    """Pages with the lowest article F1, and their longest wrong lines by number, labels and words."""
    columns = ("worst pages", "article F1", "precision", "recall", "wrong", "lines", "longest wrong lines")
    names = _names(report.pages)
    rows = tuple(
        (
            names[page.name],
            page.f1,
            page.precision,
            page.recall,
            page.n_wrong,
            page.n_lines,
            _line_numbers(page.worst_lines),
        )
        for page in report.worst[:n_pages]
    )
    about = "The last column has the longest wrong lines: number of the line, gold → given label, number of words."
    return Section("Worst pages", (about, Table(columns, rows)))


def _names(pages: Sequence[PageResult]) -> dict[str, str]:
    """Give the name to show of each page: the end of the path of a `.page` file that no other has, else its id."""
    paths = {page.name: Path(page.name).parts for page in pages if page.collection == PAGE_FILE_COLLECTION}
    n_with = Counter(parts[-n:] for parts in paths.values() for n in range(1, len(parts) + 1))
    ends = {
        name: next(("/".join(parts[-n:]) for n in range(1, len(parts)) if n_with[parts[-n:]] == 1), name)
        for name, parts in paths.items()
    }
    return {page.name: ends.get(page.name) or _without_double_site(page) for page in pages}


def _without_double_site(page: PageResult) -> str:
    """Give the id of a page; an exported page of `gazette/ferry.page` has the id `gazette/gazette/ferry`."""
    start = f"{page.site}/"
    rest = page.name.removeprefix(start)
    return rest if page.site and rest.startswith(start) else page.name


def _line_numbers(lines: Sequence[WrongLine]) -> str:
    return ", ".join(f"{line.number} {line.gold} → {line.given} {line.n_words}" for line in lines)


def _article_cells(score: Score, words: Score) -> tuple[float, float, float, float, int]:
    return score.precision, score.recall, score.f1, words.f1, score.support


def _cells(score: Score) -> tuple[float, float, float, int]:
    return score.precision, score.recall, score.f1, score.support
