"""An extractor for NeMo Curator: records of an archive come in with HTML, and go on as articles.

```python
from linesift.engine.adapters.nemo import LinesiftExtractor
from nemo_curator.stages.text.download.base import DocumentDownloadExtractStage

DocumentDownloadExtractStage(url_generator=..., downloader=..., iterator=..., extractor=LinesiftExtractor())
```

It takes the place of `CommonCrawlHTMLExtractor`. That one gives its algorithms the stop words of a language that it
detects, and drops each page in a language for which it has none; this one needs no language.
"""

from pathlib import Path
from typing import Any

from nemo_curator.stages.text.download import DocumentExtractor

import linesift
from linesift.engine.adapters.found import NAMES, article_text, found_on
from linesift.engine.pages import NumberedRecord, label_records
from linesift.read.record import Record

_GIVEN = ("url", "warc_id", "source_id")


class LinesiftExtractor(DocumentExtractor):  # type: ignore[misc]
    """Gives the article of a record, with its headline, dates and kind; a record without an article is dropped.

    NeMo Curator hands over one record at a time, so this is slower than `linesift batch`, which labels many at once.

    Args:
        model: directory of the model; by default that of the package. A process loads it once.
    """

    def __init__(self, model: str | Path | None = None) -> None:
        self.model = model

    def extract(self, record: dict[str, Any]) -> dict[str, Any] | None:
        """Label the HTML in `content`; `None` if it has no article, or cannot be labelled."""
        given = {name: record.get(name) for name in _GIVEN}
        page = Record(str(given["url"] or ""), "", record["content"], "html", source=str(given["warc_id"] or ""))
        (found,) = label_records(linesift.load(self.model), [NumberedRecord(1, page)], with_article=True)
        text = article_text(found)
        return {**given, "text": text, **found_on(found)} if text else None

    def input_columns(self) -> list[str]:
        """Name what is read of a record."""
        return [*_GIVEN, "content"]

    def output_columns(self) -> list[str]:
        """Name what is given."""
        return [*_GIVEN, "text", *NAMES]
