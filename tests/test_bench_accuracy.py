"""Sections of the accuracy report about our own collections."""

from dataclasses import replace

from benchmarks.accuracy import INDONESIAN, NEWS, collection_sections
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
    origins = [*(Origin(name) for name in NEWS), Origin(INDONESIAN, LabelSource.BY_HAND)]
    examples = [
        replace(Example.of_page(page), origin=origins[number % len(origins)]) for number, page in enumerate(articles)
    ]
    models = CrossFit.same(model, 2)
    sections = {section.title: section for section in collection_sections(predict_held_out(models, examples), models)}
    assert list(sections) == [
        "News collections",
        "Floors on the news collections",
        "Renderings",
        "Labels on the Indonesian gold pages",
        "Kinds of pages of wcxb",
    ]
    mean = tables(sections["News collections"])[0].rows[0][1]
    assert isinstance(mean, float)
    assert 0 < mean < 1
    (renderings,) = tables(sections["Renderings"])
    assert renderings.rows[0] == ("as is", mean)
    assert len({score for _, score in renderings.rows}) > 1
    assert "The 2 pages of feryandi" in str(sections["Labels on the Indonesian gold pages"].parts[0])
