"""The functions of the package itself: what they take, and what they say to anything else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import linesift

package: Any = linesift
"""Without its types, as for a caller who does not check them."""

HTML = "<!doctype html><h1>Ferry returns</h1><p>The ferry sailed on Monday, the harbour office said.</p>"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: package.classify(None), "a page is a str or a linesift.Page, not NoneType"),
        (lambda: package.classify(7), "not int"),
        (lambda: package.classify(b"Rain"), "not bytes; decode them, or for HTML call linesift.classify_html"),
        (lambda: package.classify(["Rain"]), "not list; for several pages call linesift.load().classify_batch"),
        (lambda: package.classify(Path("a.txt")), "read the file first"),
        (lambda: package.load().classify_batch("Rain"), "classify_batch takes several pages"),
        (lambda: package.load().classify_batch(["Rain", None]), "not NoneType"),
        (lambda: package.classify_html(None), "an HTML page is bytes or a str, not NoneType"),
        (lambda: package.classify_html_batch("<p>Rain"), "classify_html_batch takes several pages"),
        (lambda: package.classify_html_batch(["<p>Rain"], urls="https://a.example"), "urls are several addresses"),
        (lambda: package.extract(Path("a.html")), "an HTML page is bytes or a str, not"),
    ],
)
def test_what_is_no_page_is_told_what_is_wanted(call: Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError) as raised:
        call()
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_html_in_a_batch_is_as_one_by_one() -> None:
    htmls: list[str | bytes] = [HTML, HTML.encode(), "<p>Menu"]
    batch = linesift.classify_html_batch(iter(htmls), linesift.load())
    assert [page.page.text for page in batch] == [linesift.classify_html(html).page.text for html in htmls]
    assert [page.labels for page in batch] == [linesift.classify_html(html).labels for html in htmls]
    assert linesift.classify_html_batch([]) == []


def test_addresses_of_a_batch_go_with_its_pages() -> None:
    htmls, urls = [HTML, "<p>Menu"], ["https://a.example/2024/05/14/ferry-returns", ""]
    batch = linesift.classify_html_batch(htmls, urls=iter(urls))
    assert [page.page.url for page in batch] == urls
    with pytest.raises(linesift.errors.InputError, match="1 addresses for 2 pages; give one for each"):
        linesift.classify_html_batch(htmls, urls=urls[:1])


def test_all_names_are_there() -> None:
    assert all(getattr(linesift, name) is not None for name in linesift.__all__)


def test_the_address_of_an_html_page_counts() -> None:
    first = "The ferry to Saltmarsh runs again since this morning. It had been in the yard for four years."
    second = "The council paid for the repairs, and the harbour master said that the timetable stays as it was."
    third = "From July there will be a crossing every hour, and a late one on Fridays and Saturdays."
    body = "".join(f"<p>{text}</p>" for text in ("By Ann Lee", first, second, third))
    html = f"<main><h1>Ferry returns to the harbour</h1>{body}</main><footer><p>© Gazette</p></footer>"
    assert linesift.extract(html).published is None
    assert linesift.extract(html, "https://a.example/2024/05/14/ferry-returns").published == "2024-05-14"
