"""`benchmarks/protocol.py` answers as the benchmark asks: one line for each request, and errors as answers."""

import json
from pathlib import Path

import linesift
from benchmarks.protocol import answers

PAGE = """<html><head><title>Ferry returns - Harbour Courier</title></head><body><nav><a href="/">Home</a></nav>
<article><h1>Ferry returns to the harbour after a year</h1><p class="date">11 March 2024, 09:30</p>
<p>The ferry is back in the harbour after a year of repairs, and the first passengers went aboard on Monday.</p>
<p>Most of them were pupils, who had to take the bus around the bay for a whole year because of the repairs.</p>
</article><footer>All rights reserved</footer></body></html>"""


def test_every_request_has_an_answer(tmp_path: Path) -> None:
    page, missing = tmp_path / "a.html", tmp_path / "missing.html"
    page.write_text(PAGE, "utf-8")
    requests = [json.dumps({"id": f"x/{n}", "url": "https://a.example/", "html_path": str(path)})
                for n, path in enumerate((page, missing, page))]  # fmt: skip
    first, second, third = answers(requests, linesift.load())
    assert first["id"] == "x/0"
    assert first["text"].startswith("The ferry is back")
    assert "All rights" not in first["text"]
    assert first["metadata"] == {"title": "Ferry returns to the harbour after a year", "date": "2024-03-11"}
    assert (second["id"], second["text"], second["metadata"]) == ("x/1", "", {})
    assert "missing.html" in second["error"]
    assert third == first | {"id": "x/2"}
