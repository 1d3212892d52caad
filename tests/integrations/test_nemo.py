"""The extractor for NeMo Curator, against a stub of the interface that it fills."""

import sys
from abc import ABC, abstractmethod
from types import ModuleType
from typing import Any

import pytest

from benchmarks.crawl import ROOT
from linesift.read.labelled import read_labelled


class DocumentExtractor(ABC):
    """As `nemo_curator.stages.text.download.DocumentExtractor` is declared."""

    @abstractmethod
    def extract(self, record: dict[str, str]) -> dict[str, Any] | None: ...

    @abstractmethod
    def input_columns(self) -> list[str]: ...

    @abstractmethod
    def output_columns(self) -> list[str]: ...


@pytest.fixture
def extractor(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("nemo_curator", "nemo_curator.stages", "nemo_curator.stages.text"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    module = ModuleType("nemo_curator.stages.text.download")
    module.DocumentExtractor = DocumentExtractor  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    from linesift.engine.adapters.nemo import LinesiftExtractor

    return LinesiftExtractor()


def test_an_article_goes_on_and_a_page_without_one_does_not(extractor: Any) -> None:
    given = {"url": "https://news.example/1", "warc_id": "7", "source_id": "a.warc.gz"}
    articles = (page for page in read_labelled(ROOT / "data" / "pages") if page.kind == "article")
    html = ("".join(f"<p>{line}</p>" for line in page.page.lines if line.strip()) for page in articles)
    found = next(filter(None, (extractor.extract({**given, "content": page.encode()}) for page in html)))
    assert list(found) == extractor.output_columns()
    assert {name: found[name] for name in given} == given
    assert found["text"]
    assert {*given, "content"} == set(extractor.input_columns())
    assert extractor.extract({**given, "content": b"<p>Home</p><p>News</p>"}) is None
