"""Answer requests of the content extractor benchmark by markusmobius, which runs any program over its own pages.

Reads one JSON object a line (`id`, `url`, `html_path`) and writes one a line (`id`, `text`, `metadata`, and `error`
where a page cannot be read). To be named there as the command of an extractor:

    python -m benchmarks.protocol [MODEL]
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import linesift
from linesift.errors import LinesiftError


def main() -> int:
    """Answer every request as soon as it is read: the benchmark waits for each answer."""
    if len(sys.argv) > 2:
        print(__doc__, file=sys.stderr)
        return 2
    model = linesift.load(*sys.argv[1:])
    for answer in answers(sys.stdin, model):
        print(json.dumps(answer, ensure_ascii=True), flush=True)
    return 0


def answers(requests: Iterable[str], model: linesift.Model) -> Iterator[dict[str, Any]]:
    """Answer requests, one JSON object a line."""
    for line in requests:
        request = json.loads(line)
        try:
            yield {"id": request["id"], **_answer(Path(request["html_path"]), model)}
        except (OSError, LinesiftError) as error:
            yield {"id": request["id"], "text": "", "metadata": {}, "error": str(error)}


def _answer(file: Path, model: linesift.Model) -> dict[str, Any]:
    """Give the text of the article, its title, and its day; the benchmark asks for days without a time."""
    article = linesift.classify_html_batch([file.read_bytes()], model)[0].article()
    day = (article.published or "")[:10]
    found = {"title": article.headline, "date": day}
    text = "\n".join(part.text for part in article.body)
    return {"text": text, "metadata": {name: value for name, value in found.items() if value}}


if __name__ == "__main__":
    sys.exit(main())
