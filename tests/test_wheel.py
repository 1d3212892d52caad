"""The wheel as its user gets it: built, installed into an empty environment, and run from there."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = "Home\nSport\n\nFerry returns to the harbour\n11 March 2024, 09:20\n\nThe ferry came back on Monday.\n"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution, so that this one is whole too."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder, ROOT], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def bin_(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs of an environment that holds the wheel and what it depends on."""
    folder = tmp_path_factory.mktemp("empty") / "venv"
    venv.create(folder, with_pip=True)
    found = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(found / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    return found


def run(*command: object, cwd: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, check=False, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_wheel_holds_the_model_and_nothing_stray(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for name in ("model.json", "weights.npz", "probe.jsonl", "README.md"):
        assert f"linesift/models/news/{name}" in names
    assert "linesift/data/pages/en-us-reservoir-vote.page" in names
    assert "linesift/model/recurrence.json" in names
    assert {
        "linesift/py.typed",
        "linesift/features/chars.npz",
        "linesift/features/date_names.npz",
        "linesift/features/cues.npz",
    } <= set(names)
    assert {f"linesift/labelling/web/{name}" for name in ("index.html", "app.css", "app.js")} <= set(names)
    for name in ("colours.css", "base.css", "report.css", "report.js", "sections.css", "theme.js"):
        assert f"linesift/write/web/{name}" in names
    assert all(name.startswith(("linesift/", "linesift-")) for name in names)
    assert wheel.stat().st_size < 20_000_000


def test_environment_has_numpy_and_typer_and_no_extra(bin_: Path, tmp_path: Path) -> None:
    listed = json.loads(run(bin_ / "python", "-m", "pip", "list", "--format", "json", cwd=tmp_path))
    names = {package["name"].lower() for package in listed}
    assert {"linesift", "numpy", "typer"} <= names
    assert not names & {"scikit-learn", "scipy", "joblib", "datasets", "pyarrow", "catboost", "resiliparse"}


@pytest.mark.parametrize("command", [["linesift", "classify"], ["classify"]])
def test_classify(bin_: Path, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    program, *words = command
    rows = [line.split("\t") for line in run(bin_ / program, *words, "page.txt", cwd=tmp_path).splitlines()]
    assert [row[0] for row in rows] == ["1", "2", "4", "5", "7"]
    assert [row[3] for row in rows] == [line for line in PAGE.split("\n") if line]


def test_python(bin_: Path, tmp_path: Path) -> None:
    code = f"import linesift; p = linesift.classify({PAGE!r}); print(len(p.labels), p.probabilities.shape)"
    assert run(bin_ / "python", "-c", code, cwd=tmp_path) == "8 (8, 4)\n"


def test_adapt_needs_no_extra(bin_: Path, tmp_path: Path) -> None:
    """With the golden pages of the wheel. By force, because a single page may make one of them worse."""
    page = ROOT / "data" / "pages" / "en-us-reservoir-vote.page"
    out = run(bin_ / "linesift", "adapt", "--site", "reservoir", "--force", page, "--out", "m", cwd=tmp_path)
    assert "## Golden pages" in out
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    assert run(bin_ / "linesift", "learn-site", "page.txt", "--out", "a.site", cwd=tmp_path) == ""
    assert len(run(bin_ / "classify", "page.txt", "-m", "m", "--site", "a.site", cwd=tmp_path).splitlines()) == 5


def test_training_says_what_to_install(bin_: Path, tmp_path: Path) -> None:
    command = [bin_ / "linesift", "train", "--pages", ROOT / "data" / "pages", "--out", "m"]
    done = subprocess.run(list(map(str, command)), cwd=tmp_path, check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 2
    assert done.stderr.endswith("pip install 'linesift[train]'\n")
