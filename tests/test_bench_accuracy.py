"""Sections of the accuracy report about our own collections."""

from dataclasses import replace

from benchmarks.accuracy import INDONESIAN, collection_sections
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
        replace(Example.of_page(page), origin=origins[number % len(origins)]) for number, page in enumerate(articles)
    ]
    models = CrossFit.same(model, 2)
    sections = {section.title: section for section in collection_sections(predict_held_out(models, examples), models)}
    assert list(sections) == [
        "Floors on pages read line by line",
        "Renderings",
        "Labels on the Indonesian gold pages",
        "Kinds of pages of wcxb",
    ]
    (renderings,) = tables(sections["Renderings"])
    name, score = renderings.rows[0]
    assert name == "as is"
    assert isinstance(score, float)
    assert 0 < score < 1
    assert len({score for _, score in renderings.rows}) > 1
    assert "The 2 pages of feryandi" in str(sections["Labels on the Indonesian gold pages"].parts[0])
