"""The card of a model begins with front matter that model hubs can read."""

from linesift import shipped

KEYS = {"license", "language", "library_name", "pipeline_tag", "tags", "metrics"}


def test_front_matter() -> None:
    text = (shipped() / "README.md").read_text("utf-8")
    opened, front_matter, rest = text.split("---\n", 2)
    assert not opened
    assert {line.partition(":")[0] for line in front_matter.splitlines() if not line.startswith("- ")} == KEYS
    assert "pipeline_tag: text-classification\n" in front_matter
    assert rest.startswith("\n# news\n")
