"""Make index pages, stubs and live pages of labelled articles, because collections have next to none of them.

A section is what stands around the articles of a site without the articles; a stub ends after its first paragraphs; a
live page has a time above every few paragraphs. Only the model of page kinds learns from them.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from linesift.hints import join_hints
from linesift.labels import Kind, Label
from linesift.page import LabelledPage, Page
from linesift.train.augment import page_seed

_N_PAGES = 4
"""Pages of a site whose sidebar lines make a section."""
_N_LINES = 10
"""Least number of lines of a section."""
_ONE_STUB_IN, _ONE_LIVE_IN = 8, 10
"""Of how many pages one becomes a stub, or live. Set by hand: enough to learn from, and few beside the real pages."""
_LEAST_STUB, _LEAST_LIVE = 4, 8
"""Least number of body lines of a page that becomes a stub, or live."""
_CLOCKS = (
    "{h:02}:{m:02}",
    "{h:02}.{m:02}",
    "{half}:{m:02} {noon}",
    "{h}h{m:02}",
    "{h:02}:{m:02} Uhr",
    "{h:02}.{m:02} WIB",
    "[{h:02}:{m:02}]",
    "{h:02}:{m:02} GMT",
    "{h:02}時{m:02}分",
)
"""Formats of the times of entries on live pages."""

_Place = tuple[LabelledPage, int]
"""Page and index of a line."""


def synthetic_pages(pages: Sequence[LabelledPage]) -> list[LabelledPage]:
    """Make sections, stubs and live pages of the articles among some pages, the same on every run.

    Live pages are of plain text alone, because a line that is put in has no markup. Their sites are those of the
    articles, so they stay on one side of every split.
    """
    articles = [page for page in pages if page.kind == Kind.ARTICLE]
    return [*_sections(articles), *_stubs(articles), *_live_pages(articles)]


def _sections(pages: Sequence[LabelledPage]) -> Iterator[LabelledPage]:
    """Make one section of every site: the sidebar lines of some of its pages, each once."""
    by_site: dict[str, list[LabelledPage]] = defaultdict(list)
    for page in pages:
        by_site[page.site or page.page.source].append(page)
    for group in by_site.values():
        known: set[str] = set()
        kept: list[_Place] = []
        for page in group[:_N_PAGES]:
            new = [
                (page, index)
                for index, (line, label) in enumerate(zip(page.page.lines, page.labels, strict=True))
                if not line.strip() or (label is Label.SIDEBAR and line.strip() not in known)
            ]
            known |= {page.page.lines[index].strip() for _, index in new}
            kept += new
        if sum(page.labels[index] is not None for page, index in kept) >= _N_LINES:
            yield _page(kept, Kind.INDEX)


def _stubs(pages: Sequence[LabelledPage]) -> Iterator[LabelledPage]:
    """Make pages with none, one or two lines of their body."""
    for page in pages:
        draw = page_seed(page)
        body = [index for index, label in enumerate(page.labels) if label is Label.BODY]
        if draw % _ONE_STUB_IN == 0 and len(body) >= _LEAST_STUB:
            gone = set(body[draw // _ONE_STUB_IN % 3 :])
            yield _page([(page, index) for index in range(len(page.labels)) if index not in gone], Kind.STUB)


def _live_pages(pages: Sequence[LabelledPage]) -> Iterator[LabelledPage]:
    """Make pages with a time above every one to three lines of their body, each earlier than the one above."""
    for page in pages:
        draw = page_seed(page) // 7
        is_long = page.labels.count(Label.BODY) >= _LEAST_LIVE
        if page.page.hints is not None or draw % _ONE_LIVE_IN or not is_long:
            continue
        every, clock, minute = 1 + draw % 3, _CLOCKS[draw % len(_CLOCKS)], 700 + draw % 600
        lines: list[str] = []
        labels: list[Label | None] = []
        n_body = 0
        for line, label in zip(page.page.lines, page.labels, strict=True):
            if label is Label.BODY:
                if n_body % every == 1 % every:
                    minute -= 3 + (draw + 5 * n_body) % 17
                    hour = minute // 60 % 24
                    noon = "pm" if hour >= 12 else "am"
                    lines.append(clock.format(h=hour, m=minute % 60, half=hour % 12 or 12, noon=noon))
                    labels.append(Label.TIMESTAMP)
                n_body += 1
            lines.append(line)
            labels.append(label)
        live = Page("\n".join(lines), f"{page.page.source}#{Kind.LIVE}")
        yield _changed(page, live, tuple(labels), Kind.LIVE)


def _page(kept: Sequence[_Place], kind: Kind) -> LabelledPage:
    """Make a page of some lines, given in their order."""
    pages = list({id(page): page for page, _ in kept}.values())
    offsets = dict(zip(map(id, pages), np.cumsum([0, *(len(page.labels) for page in pages)]).tolist(), strict=False))
    hints = [page.page.hints for page in pages if page.page.hints is not None]
    rows = np.array([offsets[id(page)] + index for page, index in kept])
    lines = {id(page): page.page.lines for page in pages}
    text = "\n".join(lines[id(page)][index] for page, index in kept)
    section = Page(text, f"{pages[0].page.source}#{kind}", join_hints(hints, rows) if hints else None)
    return _changed(pages[0], section, tuple(page.labels[index] for page, index in kept), kind)


def _changed(page: LabelledPage, new: Page, labels: tuple[Label | None, ...], kind: Kind) -> LabelledPage:
    return replace(page, page=new, labels=labels, kind=kind, article=None, doubtful=frozenset())
