"""Labelled pages to other programs and back: Label Studio, `datasets`, TSV."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from hinted import ARTICLE
from linesift.errors import InputError, LabelError
from linesift.labelling.exchange import ImportConfig, import_pages, read_exported
from linesift.labels import LABELS, Label
from linesift.page import LabelledPage, Page
from linesift.read.html.page import read_html
from linesift.read.label_studio import read_label_studio
from linesift.read.labelled import format_page, read_labelled
from linesift.write.exports import LABEL_STUDIO_CONFIG, Exported, jsonl, label_studio, parquet, tsv
from test_read_labelled import labelled_pages

RAIN = LabelledPage(
    Page("Home\n\nRain 🌧 | again\n11 March\tnow\nIt rained.", "rain.page"),
    (Label.SIDEBAR, None, Label.HEADLINE, Label.TIMESTAMP, Label.BODY),
    site="a.example",
    lang="en",
    kind="live",
    collection="pages",
    url="https://a.example/rain",
    note="n",
    doubtful=frozenset({0, 3}),
    by_hand=True,
)


def annotated(pages: list[Exported]) -> list[dict[str, Any]]:
    """Tasks as Label Studio gives them back where somebody submitted every prediction as it was."""
    tasks: list[dict[str, Any]] = json.loads(label_studio(pages))
    for number, task in enumerate(tasks, start=1):
        (prediction,) = task.pop("predictions")
        task["id"] = number
        task["annotations"] = [{"id": number, "result": prediction["result"], "was_cancelled": False}]
    return tasks


def write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), "utf-8")
    return path


def test_there_and_back_through_label_studio(tmp_path: Path) -> None:
    path = write(tmp_path / "project.json", annotated([Exported("rain.page", RAIN)]))
    imported = read_label_studio(path)
    assert imported.pages == [RAIN]
    assert not imported.left_out


@given(labelled_pages())
def test_there_and_back_through_label_studio_whatever_the_page(
    tmp_path_factory: pytest.TempPathFactory, page: LabelledPage
) -> None:
    path = write(tmp_path_factory.getbasetemp() / "any.json", annotated([Exported("p.page", page)]))
    assert read_label_studio(path).pages == [page]


def test_the_labelling_interface_fits_the_tasks() -> None:
    """Names in the configuration are those that regions and data use."""
    view = ElementTree.fromstring(LABEL_STUDIO_CONFIG)  # noqa: S314
    (task,) = json.loads(label_studio([Exported("rain", RAIN)]))
    labels, lines = view.find("ParagraphLabels"), view.find("Paragraphs")
    assert labels is not None
    assert lines is not None
    assert [label.get("value") for label in labels] == list(LABELS)
    region = task["predictions"][0]["result"][0]
    assert (region["from_name"], region["to_name"]) == (labels.get("name"), lines.get("name"))
    assert labels.get("toName") == lines.get("name")
    rows = task["data"][str(lines.get("value"))[1:]]
    assert [row[str(lines.get("textKey"))] for row in rows] == RAIN.page.lines
    assert rows[2][str(lines.get("nameKey"))] == "3"
    assert region["value"]["endOffset"] == 4
    assert (
        task["predictions"][0]["result"][1]["value"]["endOffset"] == len("Rain 🌧 | again") + 1
    )  # as JavaScript counts


def task(result: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    data = {
        "id": "x",
        "site": "a.example",
        "lines": [{"text": line} for line in ("Home", "", "Rain", "It rained.", "More")],
    }
    return {"id": 1, "data": data, "annotations": [{"result": result, **more}]}


def region(start: int, end: int, *labels: str, offset: int = 3, **more: Any) -> dict[str, Any]:
    value = {"start": str(start), "end": str(end), "startOffset": 0, "endOffset": offset, "paragraphlabels": labels}
    return {"type": "paragraphlabels", "from_name": "l", "to_name": "t", "value": value, **more}


@pytest.mark.parametrize(
    ("result", "labels", "doubtful"),
    [
        ([], "sidebar None sidebar sidebar sidebar", set()),
        ([region(2, 2, "headline"), region(3, 4, "body")], "sidebar None headline body body", set()),
        ([region(2, 4, "Body", offset=0)], "sidebar None body body sidebar", set()),
        ([region(0, 4, "body")], "body None body body body", set()),
        ([region(2, 2, "body"), region(2, 2, "headline")], "sidebar None headline sidebar sidebar", {2}),
        ([region(3, 3, "body", meta={"text": ["doubtful"]})], "sidebar None sidebar body sidebar", {3}),
        (
            [region(3, 3, "body"), {"type": "choices", "value": {"choices": ["x"]}}],
            "sidebar None sidebar body sidebar",
            set(),
        ),
    ],
)
def test_regions(tmp_path: Path, result: list[dict[str, Any]], labels: str, doubtful: set[int]) -> None:
    (page,) = read_label_studio(write(tmp_path / "a.json", [task(result)])).pages
    assert " ".join(map(str, page.labels)) == labels
    assert page.doubtful == doubtful


@pytest.mark.parametrize("units", ["characters", "UTF-16"])
def test_spans_of_one_text(tmp_path: Path, units: str) -> None:
    text = "Home 🌧🌧🌧\nRain in town\nIt rained.\nAll day."

    def span(part: str, label: str) -> dict[str, Any]:
        start = text.index(part)
        places = [start, start + len(part)]
        if units == "UTF-16":
            places = [len(text[:place].encode("utf-16-le")) // 2 for place in places]
        return {"type": "labels", "value": {"start": places[0], "end": places[1], "text": part, "labels": [label]}}

    spans = [span("Rain in to", "headline"), span("It rained.\nAll day.", "body"), span("Hom", "timestamp")]
    tasks = [{"id": 7, "data": {"text": text}, "annotations": [{"result": spans}]}]
    (page,) = read_label_studio(write(tmp_path / "a.json", tasks), site="a.example").pages
    assert page.labels == (Label.SIDEBAR, Label.HEADLINE, Label.BODY, Label.BODY)
    assert (page.page.source, page.site) == ("7", "a.example")


def test_which_annotation_counts(tmp_path: Path) -> None:
    def by(label: str, **more: Any) -> dict[str, Any]:
        return {"result": [region(2, 2, label)], **more}

    cases = [
        (
            [by("body", updated_at="2024-01-02T00:00:00Z"), by("headline", updated_at="2024-01-01T00:00:00Z")],
            Label.BODY,
        ),
        ([by("body", updated_at="2024-01-02"), by("headline", ground_truth=True)], Label.HEADLINE),
        ([by("body", was_cancelled=True), by("timestamp")], Label.TIMESTAMP),
    ]
    for annotations, expected in cases:
        tasks = [{**task([]), "annotations": annotations}, {**task([]), "annotations": []}]
        imported = read_label_studio(write(tmp_path / "a.json", tasks))
        assert [page.labels[2] for page in imported.pages] == [expected]
        assert imported.left_out == {"not annotated": 1}


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ({}, InputError, "no list of tasks"),
        ([{"lines": [], "label": []}], InputError, "not as JSON-MIN"),
        ([task([region(2, 2, "title")])], LabelError, r"task 1 \(x\): unknown label 'title'; use headline"),
        ([{"data": {"id": "x"}, "annotations": [{"result": []}]}], LabelError, "neither a list of paragraphs nor"),
        ([{"data": {"l": [{"text": "a\nb"}]}, "annotations": [{"result": []}]}], LabelError, "an end of line in it"),
        ([{"data": {"l": [{}]}, "annotations": [{"result": []}]}], LabelError, "not in the format of Label Studio"),
        ([task([{"type": "paragraphlabels", "value": {}}])], LabelError, "not in the format of Label Studio"),
        ([task([region(4, 5, "body")])], LabelError, "a region outside the page"),
        ([{"data": 3, "annotations": [{"result": []}]}], LabelError, "not in the format of Label Studio"),
    ],
)
def test_exports_that_cannot_be_read(tmp_path: Path, value: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        read_label_studio(write(tmp_path / "a.json", value))


def test_no_json(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[")
    with pytest.raises(InputError, match="not JSON"):
        read_label_studio(tmp_path / "a.json")


# Rows of our schema


def folder(path: Path) -> Path:
    """A site with a page of text and one that came as HTML."""
    (path / "deep").mkdir(parents=True)
    (path / "rain.page").write_text(format_page(RAIN), "utf-8")
    html = ARTICLE.replace("Sport pages", "Sport – été")
    lines = read_html(html).page.lines
    text = "".join(f"body      | {line}\n" for line in lines)
    (path / "deep" / "ferry.page").write_text(f"site: a.example\n----\n{text}", "utf-8")
    (path / "deep" / "ferry.html").write_bytes(html.replace("<title>", "<meta charset=cp1252><title>").encode("cp1252"))
    return path


def test_rows_hold_everything(tmp_path: Path) -> None:
    """What is read back is what was written, the markup's hints included."""
    site = folder(tmp_path / "site")
    exported = list(read_exported([site]))
    assert [page.id for page in exported] == ["a.example/deep/ferry", "a.example/rain"]
    (tmp_path / "all.jsonl").write_text("".join(jsonl(exported)), "utf-8")
    for before, after in zip(read_labelled(site), read_labelled(tmp_path / "all.jsonl"), strict=True):
        assert (after.page.text, after.labels, after.doubtful) == (before.page.text, before.labels, before.doubtful)
        assert (after.site, after.lang, after.kind, after.url, after.note) == (
            (before.site, before.lang, before.kind, before.url, before.note)
        )
        assert (after.page.hints is None) == (before.page.hints is None)
        assert after.page.hints is None or before.page.hints is None or after.page.hints.equals(before.page.hints)


def test_datasets_loads_them(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="datasets is not installed: pip install 'linesift[train]'")
    exported = list(read_exported([folder(tmp_path / "site")]))
    (tmp_path / "all.jsonl").write_text("".join(jsonl(exported)), "utf-8")
    (tmp_path / "all.parquet").write_bytes(parquet(exported))
    kinds = {"json": "all.jsonl", "parquet": "all.parquet"}
    loaded = {
        kind: datasets.load_dataset(
            kind, data_files=str(tmp_path / name), split="train", cache_dir=str(tmp_path / kind)
        )
        for kind, name in kinds.items()
    }
    assert list(loaded["json"]) == list(loaded["parquet"]) == [json.loads(line) for line in jsonl(exported)]


def test_parquet_has_no_place_for_lone_surrogates() -> None:
    page = LabelledPage(Page("\ud83d"), (Label.BODY,))
    with pytest.raises(InputError, match=r"write \.jsonl"):
        parquet([Exported("x", page)])


def test_tsv() -> None:
    assert "".join(tsv([Exported("a/rain", RAIN)])) == (
        "a/rain\t1\tsidebar?\tHome\n"
        "a/rain\t3\theadline\tRain 🌧 | again\n"
        "a/rain\t4\ttimestamp?\t11 March now\n"
        "a/rain\t5\tbody\tIt rained.\n"
    )


# Into `.page` files


def test_import_writes_what_was_exported(tmp_path: Path) -> None:
    site = folder(tmp_path / "site")
    exported = list(read_exported([site]))
    write(tmp_path / "ls.json", annotated(exported))
    done = import_pages(tmp_path / "ls.json", ImportConfig(tmp_path / "back"))
    assert [path.name for path in done.written] == ["deep-ferry.page", "rain.page"]
    assert (tmp_path / "back" / "rain.page").read_bytes() == (site / "rain.page").read_bytes()
    (tmp_path / "all.jsonl").write_text("".join(jsonl(exported)), "utf-8")
    import_pages(tmp_path / "all.jsonl", ImportConfig(tmp_path / "again"))
    hints = [page.page.hints for page in (*read_labelled(tmp_path / "again"), *read_labelled(site))]
    assert hints[0] is not None
    assert hints[2] is not None
    assert hints[0].equals(hints[2])
    assert (tmp_path / "again" / "rain.page").read_bytes() == (site / "rain.page").read_bytes()


def test_import_keeps_what_is_there(tmp_path: Path) -> None:
    site = folder(tmp_path / "site")
    tasks = annotated([Exported("a.example/rain", RAIN)])
    tasks[0]["annotations"][0]["result"] = []
    path = write(tmp_path / "ls.json", tasks)
    before = (site / "rain.page").read_text("utf-8")
    done = import_pages(path, ImportConfig(site))
    assert (done.written, done.kept) == ((), (site / "rain.page",))
    assert (site / "rain.page").read_text("utf-8") == before
    done = import_pages(path, ImportConfig(site, is_update=True))
    assert (site / "rain.page").read_text("utf-8").count("sidebar") == 4
    tasks[0]["data"]["lines"][0]["text"] = "Start"
    with pytest.raises(InputError, match="holds another text"):
        import_pages(write(path, tasks), ImportConfig(site, is_update=True))


def test_names_of_tasks_stay_in_the_folder(tmp_path: Path) -> None:
    tasks = [task([], id=1)]
    tasks[0]["data"]["id"] = "../../etc/passwd"
    done = import_pages(write(tmp_path / "ls.json", tasks), ImportConfig(tmp_path / "out"))
    assert [path.parent for path in done.written] == [tmp_path / "out"]
