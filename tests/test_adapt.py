"""`adapt`: what it holds out, reports, refuses and writes; the model directory that comes of it."""

import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import linesift
from inventedsite import invented_page
from linesift.errors import InputError, ModelError
from linesift.evaluate.card import card
from linesift.labels import Label
from linesift.model.directory import FORMAT, load_model, read_about
from linesift.page import LabelledPage
from linesift.read.html.page import read_html
from linesift.read.labelled import format_page
from linesift.train.adapt import AdaptRequest, adapt, check_lines, folds

SHIPPED = linesift.shipped()


def write_pages(folder: Path, pages: list[LabelledPage]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(pages):
        (folder / f"page{number}.page").write_text(format_page(page), "utf-8")
    return folder


def n_labelled(page: LabelledPage) -> int:
    return sum(label is not None for label in page.labels)


def mislabelled(page: LabelledPage, number: int) -> LabelledPage:
    """Every other page calls its sidebar body and its body sidebar, so that pages contradict one another."""
    turn = {Label.SIDEBAR: Label.BODY, Label.BODY: Label.SIDEBAR}
    labels = tuple(turn.get(label, label) if label else None for label in page.labels)
    return replace(page, labels=labels) if number % 2 else page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pages(tmp_path_factory.mktemp("sites") / "herald", [invented_page(number) for number in range(4)])


@pytest.fixture(scope="module")
def adapted(tmp_path_factory: pytest.TempPathFactory, site: Path) -> Path:
    out = tmp_path_factory.mktemp("models") / "herald"
    assert adapt(AdaptRequest("herald", (site,), out), lambda _: None).is_written
    return out


def test_it_reports_before_and_after(tmp_path: Path, site: Path) -> None:
    stages: list[str] = []
    done = adapt(AdaptRequest("herald", (site,), tmp_path / "m"), stages.append)
    held_out, golden = done.checks
    before, after = held_out.n_wrong
    assert after <= before / 2
    assert len(held_out.before.pages) == 4
    assert golden.n_wrong[0] == golden.n_wrong[1]
    assert not done.worse
    assert stages[0] == "4 labelled pages for herald"
    lines = list(check_lines(held_out))
    n_lines = sum(n_labelled(invented_page(number)) for number in range(4))
    assert lines[0] == f"## Held-out pages of the site: {before} of {n_lines} lines wrong before, {after} after"
    assert [line.split()[1] for line in lines[4:]] == ["headline", "body", "timestamp", "sidebar"]


def test_pages_are_held_out_one_by_one_or_in_folds() -> None:
    assert folds(3).tolist() == [0, 1, 2]
    assert folds(7).tolist() == [0, 1, 2, 3, 4, 0, 1]


def test_the_same_pages_give_the_same_model(tmp_path: Path, site: Path, adapted: Path) -> None:
    adapt(AdaptRequest("herald", (site,), tmp_path / "herald"), lambda _: None)
    for name in ("weights.npz", "probe.jsonl"):
        assert (tmp_path / "herald" / name).read_bytes() == (adapted / name).read_bytes()


def test_a_worse_model_is_refused_unless_forced(tmp_path: Path) -> None:
    pages = [mislabelled(invented_page(number), number) for number in range(4)]
    folder = write_pages(tmp_path / "my site", pages)
    request = AdaptRequest("herald", (folder,), tmp_path / "m")
    done = adapt(request, lambda _: None)
    assert [check.name for check in done.worse] == ["held-out pages of the site"]
    assert not done.is_written
    assert not (tmp_path / "m").exists()
    assert adapt(replace(request, is_forced=True), lambda _: None).is_written
    (about,) = read_about(tmp_path / "m")["sites"]
    names = [f"{tmp_path.name}/{name}" for name in ("my site", "m")]
    assert shlex.split(about["command"])[2:] == ["--site", "herald", names[0], "--force", "--out", names[1]]


def test_worse_golden_pages_are_a_reason_too(tmp_path: Path, site: Path) -> None:
    """Golden pages that say the opposite of the site's labels."""
    pages = [mislabelled(invented_page(number), 1) for number in range(5, 8)]
    golden = write_pages(tmp_path / "golden", pages)
    done = adapt(AdaptRequest("herald", (site,), tmp_path / "m", golden=golden), lambda _: None)
    assert [check.name for check in done.worse] == ["golden pages"]
    assert not done.is_written


def test_one_page_holds_nothing_out(tmp_path: Path, site: Path) -> None:
    done = adapt(AdaptRequest("herald", (site / "page0.page",), tmp_path / "m"), lambda _: None)
    assert [check.name for check in done.checks] == ["golden pages"]
    assert done.is_written


def test_the_directory_gives_the_same_model_back(adapted: Path, html_model: object) -> None:
    del html_model
    model = load_model(adapted)
    assert len(model.text.sites) == 1
    page = invented_page(9).page
    assert model.classify(page).labels != linesift.load().classify(page).labels
    about = read_about(adapted)
    assert about["format"] == FORMAT
    assert about["sites"][0]["name"] == "herald"
    assert about["collections"] == read_about(SHIPPED)["collections"]


def test_the_card_says_from_what(adapted: Path) -> None:
    text = (adapted / "README.md").read_text("utf-8")
    assert text == card(read_about(adapted))
    wrong = read_about(adapted)["sites"][0]["wrong_lines"]
    before, after = wrong["held-out pages of the site"]
    n_lines = sum(n_labelled(invented_page(number)) for number in range(4))
    assert f"| herald | 4 | 0 | {n_lines} |" in text
    assert f"| {before} → {after} |" in text


def test_no_text_of_the_site_is_in_the_directory(adapted: Path) -> None:
    lines = [line for number in range(4) for line in invented_page(number).page.lines if len(line) > 12]
    for name in ("model.json", "probe.jsonl", "README.md"):
        text = (adapted / name).read_text("utf-8")
        assert not any(line in text for line in lines)


def test_a_second_site_is_added_and_the_first_can_be_renewed(tmp_path: Path, adapted: Path, site: Path) -> None:
    other = write_pages(tmp_path / "other", [invented_page(number) for number in range(30, 33)])
    both = tmp_path / "both"
    adapt(AdaptRequest("other", (other,), both, model=adapted, is_forced=True), lambda _: None)
    assert [each["name"] for each in read_about(both)["sites"]] == ["herald", "other"]
    adapt(AdaptRequest("herald", (site / "page1.page",), both, model=both, is_forced=True), lambda _: None)
    assert [(each["name"], each["pages"]) for each in read_about(both)["sites"]] == [("herald", 1), ("other", 3)]
    assert len(load_model(both).text.sites) == 2


@pytest.mark.parametrize("damage", ["keys", "anchors", "weights", "missing"])
def test_damaged_arrays_are_said_in_words(tmp_path: Path, adapted: Path, damage: str) -> None:
    for file in adapted.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with np.load(adapted / "weights.npz") as stored:
        arrays = dict(stored)
    if damage == "missing":
        del arrays["site0.keys"]
    elif damage == "weights":
        arrays["site0.weights"] = arrays["site0.weights"] * np.float32(np.nan)
    else:
        arrays[f"site0.{damage}"] = arrays[f"site0.{damage}"][::-1]
    with (tmp_path / "weights.npz").open("wb") as stream:
        np.savez(stream, **arrays)
    words = "incomplete" if damage == "missing" else "the arrays of site0 do not fit together"
    with pytest.raises(ModelError, match=words):
        load_model(tmp_path)


def test_what_cannot_be_adapted_to_is_said(tmp_path: Path, site: Path) -> None:
    def message(request: AdaptRequest, error: type[Exception]) -> str:
        with pytest.raises(error) as caught:
            adapt(request, lambda _: None)
        return str(caught.value)

    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    assert "holds files but no model" in message(AdaptRequest("a", (site,), tmp_path / "full"), ModelError)
    assert "no labelled pages" in message(AdaptRequest("a", (tmp_path / "full",), tmp_path / "m"), InputError)
    assert "has no name" in message(AdaptRequest(" ", (site,), tmp_path / "m"), InputError)
    assert not (tmp_path / "m").exists()


def test_doubtful_lines_are_mentioned(tmp_path: Path) -> None:
    stages: list[str] = []
    folder = write_pages(tmp_path / "doubtful", [replace(invented_page(0), doubtful=frozenset([1, 2]))])
    adapt(AdaptRequest("a", (folder,), tmp_path / "m"), stages.append)
    assert stages[0] == "1 labelled page for a; 2 lines still marked with ? count as they are"


def test_html_beside_the_pages_is_learnt_from(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    for number in range(3):
        page = invented_page(number)
        label_of = dict(zip(page.page.lines, page.labels, strict=True))
        blocks = "".join(f"<p class={label_of[line] or 'gap'}>{line}</p>" for line in page.page.lines if line)
        (folder / f"{number}.html").write_text(f"<!DOCTYPE html><body>{blocks}</body>", "utf-8")
        source = read_html((folder / f"{number}.html").read_bytes()).page
        labels = tuple(label_of[line] if line.strip() else None for line in source.lines)
        labelled = LabelledPage(source, labels, site="herald.example")
        (folder / f"{number}.page").write_text(format_page(labelled), "utf-8")
    done = adapt(AdaptRequest("herald", (folder,), tmp_path / "m"), lambda _: None)
    assert not done.worse
    assert read_about(tmp_path / "m")["sites"][0]["html_pages"] == 3
    model = load_model(tmp_path / "m")
    assert model.html is not None
    assert len(model.html.sites[0].keys) > len(model.text.sites[0].keys)


def test_pages_that_are_of_other_sites_by_their_headers_are_warned_of(tmp_path: Path) -> None:
    sites = ["www.Herald.example", "quay.example", "quay.example", "tide.example"]
    pages = [invented_page(number, site=site) for number, site in enumerate(sites)]
    folder = write_pages(tmp_path / "several", pages)
    stages: list[str] = []
    adapt(AdaptRequest("herald", (folder,), tmp_path / "m", is_forced=True), stages.append)
    assert stages[1] == (
        "warning: by their headers, 3 of 4 pages are of other sites (quay.example, tide.example); "
        "adapt to one at a time"
    )
    stages.clear()
    adapt(AdaptRequest("www.herald.example", (folder / "page0.page",), tmp_path / "m"), stages.append)
    assert not any("warning" in stage for stage in stages)
