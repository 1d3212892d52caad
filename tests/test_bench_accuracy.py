"""Sections of the accuracy report about our own collections."""

from dataclasses import replace

from benchmarks.accuracy import INDONESIAN, collection_sections
from linesift.evaluate.held_out import pairs
from linesift.evaluate.read_pages import count, score
from linesift.evaluate.sections import Section, Table
from linesift.example import Example
from linesift.labels import Kind
from linesift.model.model import Model
from linesift.page import LabelledPage, LabelSource, Origin
from linesift.train.folds import CrossFit, predict_held_out


def tables(section: Section) -> list[Table]:
    return [part for part in section.parts if isinstance(part, Table)]


def test_sections_name_our_collections(model: Model, pages: list[LabelledPage]) -> None:
    articles = [page for page in pages if page.kind == Kind.ARTICLE][:12]
    origins = [Origin(name, LabelSource.BY_HAND) for name in ("wcxb", "andy", "fundus", "misinfo", INDONESIAN)]
    examples = [
        replace(Example.of_page(page), origin=origins[number % len(origins)], url=f"https://a.example/{number}")
        for number, page in enumerate(articles)
    ]
    models = CrossFit.same(model, 2)
    scored = predict_held_out(models, examples)
    sections = {section.title: section for section in collection_sections(scored, models)}
    assert list(sections) == [
        "Beside what is wanted",
        "With the address of the page",
        "Floors on pages read line by line",
        "Renderings",
        "Labels on the Indonesian gold pages",
        "Kinds of pages of wcxb",
    ]
    (goals,) = tables(sections["Beside what is wanted"])
    in_text = {str(row[0]): row[-1] for row in goals.rows if str(row[0]).startswith("text")}
    assert in_text["text, macro F1"] == score([count(pair) for pair in pairs(scored)])[0]
    (addresses,) = tables(sections["With the address of the page"])
    assert [(row[0], row[-1]) for row in addresses.rows[:2]] == [("text", 12), ("text, with the address", 12)]
    assert addresses.rows[0][1:] == addresses.rows[1][1:]  # these addresses have no words
    (renderings,) = tables(sections["Renderings"])
    name, f1 = renderings.rows[0]
    assert name == "as is"
    assert isinstance(f1, float)
    assert 0 < f1 < 1
    assert len({f1 for _, f1 in renderings.rows}) > 1
    assert "The 2 pages of feryandi" in str(sections["Labels on the Indonesian gold pages"].parts[0])
