"""The card of a model begins with front matter that model hubs can read."""

from linesift import shipped
from linesift.evaluate.card import card
from linesift.model.directory import read_about

KEYS = {"license", "language", "library_name", "pipeline_tag", "tags", "metrics"}


def test_front_matter() -> None:
    text = (shipped() / "README.md").read_text("utf-8")
    opened, front_matter, rest = text.split("---\n", 2)
    assert not opened
    assert {line.partition(":")[0] for line in front_matter.splitlines() if not line.startswith("- ")} == KEYS
    assert "pipeline_tag: text-classification\n" in front_matter
    assert rest.startswith("\n# news\n")


def test_temperatures_of_lines_that_no_network_reads() -> None:
    about = read_about(shipped())
    temperatures = [about[part][name] for part in ("text", "html") for name in ("temperature", "sure_temperature")]
    assert all(f"{temperature} for " in card(about) for temperature in temperatures)
    linear = card({**about, "config": {**about["config"], "learner": "linear"}, "html": None})
    assert f"temperatures {temperatures[0]} for text.\n" in linear
    assert "no network reads" not in linear
