"""A step for datatrove: documents come in with a page, and go on with its article.

```python
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import WarcReader
from datatrove.pipeline.writers import ParquetWriter
from linesift.engine.adapters.datatrove import Linesift

if __name__ == "__main__":
    LocalPipelineExecutor([WarcReader("crawl/"), Linesift(), ParquetWriter("articles/")], tasks=64, workers=2).run()
```

It is no extractor in the sense of datatrove: those hand over one document at a time to another process, which takes two
thirds of the speed away.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from datatrove.pipeline.base import PipelineStep

import linesift
from linesift.engine.adapters.found import article_text, found_on
from linesift.engine.pages import LabelledRecord, NumberedRecord, label_records
from linesift.heap import keep_freed_memory
from linesift.read.page import is_html
from linesift.read.record import Record

_SNIFFED = 4096
"""Characters at the start of a document in which HTML has to begin."""


class Linesift(PipelineStep):  # type: ignore[misc]
    """Replaces the text of a document, HTML or plain, by that of its article, and adds what was found to its metadata.

    New in the metadata are `kind`, `kind_probability`, `headline`, `published` and `updated`, empty where a page has
    none. Documents without an article are dropped, unless `keeps_all`: then their text is empty, and `error` says why
    one failed.

    Args:
        model: directory of the model; by default that of the package. Every task loads it once.
        form: whether documents are `html` or `text`; by default that is seen from how each begins.
        keeps_all: whether documents without an article go on.
        batch_size: documents that are labelled at once.
    """

    type = "🛢 - EXTRAC"
    name = "📰 linesift"

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        form: Literal["html", "text"] | None = None,
        keeps_all: bool = False,
        batch_size: int = 256,
    ) -> None:
        super().__init__()
        self.model = model
        self.form = form
        self.keeps_all = keeps_all
        self.batch_size = batch_size

    def run(self, data: Any, rank: int = 0, world_size: int = 1) -> Iterator[Any]:  # noqa: ARG002 - datatrove's names
        """Label documents, many at once, and give those that go on, in order."""
        model = linesift.load(self.model)
        keep_freed_memory()
        documents = iter(data or ())
        while batch := list(islice(documents, self.batch_size)):
            records = [NumberedRecord(number, self._record(document)) for number, document in enumerate(batch, start=1)]
            with self.track_time(unit="batch"):
                pages = label_records(model, records, with_article=True)
            for document, page in zip(batch, pages, strict=True):
                self.stat_update("total")
                if self._complete(document, page):
                    self.stat_update("forwarded")
                    self.update_doc_stats(document)
                    yield document

    def _record(self, document: Any) -> Record:
        start = document.text[:_SNIFFED].encode("utf-8", "replace")
        form = self.form or ("html" if is_html(start) else "text")
        url, date = (str(document.metadata.get(name) or "") for name in ("url", "date"))
        return Record(url, date, document.text, form, source=str(document.id))

    def _complete(self, document: Any, page: LabelledRecord) -> bool:
        """Put what was found into a document; false if it is to be dropped."""
        document.text = article_text(page)
        document.metadata.update(found_on(page))
        if self.keeps_all:
            document.metadata["error"] = page.error or ""
        if page.error is not None:
            self.stat_update("failed")
        elif not document.text:
            self.stat_update("no_article")
        return bool(document.text) or self.keeps_all
