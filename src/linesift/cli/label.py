"""`linesift label`: drafts of labelled pages, and a page in the browser to correct them."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linesift.cli import console
from linesift.cli.items import require_pages
from linesift.cli.options import OUT, Encoding, Model
from linesift.errors import InputError, LabelError, MissingExtraError
from linesift.labelling.draft import DOUBT, DraftConfig
from linesift.labels import LABELS
from linesift.read.find import find_pages
from linesift.read.labelled import LANGUAGE_ADVICE, find_labelled_files, has_labels, language_code
from linesift.read.page import LABELLED_SUFFIX
from linesift.read.text import check_encoding
from linesift.write import terminal

if TYPE_CHECKING:
    from linesift.labelling.draft import Drafted
    from linesift.labelling.folder import Folder
    from linesift.model.model import Model as LoadedModel

HELP = """Label pages by hand: correct a draft that the model makes.

Correct the draft in an editor, or with --web in the browser; doubtful lines are marked with a question mark. A copy of
the page is kept beside the labelled page, so that 'linesift check' finds changed text and HTML keeps its markup. Files
that exist are kept. With --web, each change is saved in the files at once.
"""
EXAMPLES = """
Examples:

\b
  linesift label page.txt page.html --out data/sites/mysite
  linesift label saved/*.html --out data/sites/mysite --lang id --web
  linesift label --web data/sites/mysite
  linesift label saved/*.html --out data/sites/mysite --update
"""

_Pages = Annotated[
    list[Path],
    typer.Argument(
        metavar="PAGE",
        help="Text, HTML and MHTML files to label, labelled pages (.page) for --web, or directories of them.",
    ),
]
_Out = Annotated[
    Path | None,
    typer.Option(
        *OUT,
        metavar="DIR",
        help="Write labelled pages to this directory; one for each site. Those that are below it already stay there.",
    ),
]
_Web = Annotated[
    bool, typer.Option("--web", "-w", help="Correct the labels in the browser; no other machine can open the page.")
]
_Site = Annotated[str, typer.Option(metavar="NAME", help="Site of the pages [default: name of the directory].")]
_Lang = Annotated[
    str, typer.Option(metavar="CODE", help="Language of the pages, such as en [default: as the HTML says].")
]
_Doubt = Annotated[
    float,
    typer.Option(
        min=0,
        max=1,
        metavar="P",
        help=f"Mark lines whose label is less probable than this [default: {DOUBT}].",
        show_default=False,
    ),
]
_Update = Annotated[
    bool,
    typer.Option(
        "--update",
        help="Draft again files that exist; keep the header, and labels without ? of lines that are still there.",
    ),
]
_Port = Annotated[int | None, typer.Option(min=0, max=65535, metavar="N", help="Port of --web [default: 8377].")]
_Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser for --web.")]


def label(
    pages: _Pages,
    out: _Out = None,
    web: _Web = False,
    site: _Site = "",
    lang: _Lang = "",
    model: Model = None,
    encoding: Encoding = None,
    doubt: _Doubt = DOUBT,
    update: _Update = False,
    port: _Port = None,
    browser: _Browser = True,
) -> None:
    """Draft labelled pages, as `HELP` says, and serve them to the browser where asked for."""
    with console.errors():
        labelled, sources = _sort(pages, has_out=out is not None)
        require_pages(sources)
        if sources and out is None:
            raise InputError(f"{sources[0]}: is not labelled yet; name a directory for labelled pages: --out DIR")
        if labelled and not web:
            raise InputError(f"{labelled[0]}: is labelled already; open it in an editor, or add --web")
        n_failed = 0
        if sources and out is not None:
            if encoding is not None:
                check_encoding(encoding)
            if lang and not language_code(lang):
                raise InputError(f"--lang: {lang!r} {LANGUAGE_ADVICE}")
            code = language_code(lang)
            config = DraftConfig(out, site=site, lang=code, encoding=encoding, doubt=doubt, is_update=update)
            found, n_failed = _draft(sources, model, config)
            labelled += found
        if web and labelled:
            import linesift
            from linesift.labelling.folder import Folder

            _serve(Folder(labelled), linesift.load(model), port, opens=browser)
        if n_failed:
            raise typer.Exit(console.EXIT_FAILED)


def _sort(given: Sequence[Path], *, has_out: bool) -> tuple[list[Path], list[Path]]:
    """Separate labelled pages from files to label.

    A directory may hold both; with `--out` its files are to be labelled.

    Returns:
        Paths of labelled pages, and files to label.
    """
    labelled: list[Path] = []
    sources: list[Path] = []
    for path in given:
        if path.suffix == LABELLED_SUFFIX or (not has_out and path.is_dir() and has_labels(path)):
            labelled.append(path)
        else:
            sources += _find_pages(path, has_out=has_out)
    return labelled, list(dict.fromkeys(sources))


def _find_pages(path: Path, *, has_out: bool) -> list[Path]:
    try:
        return list(find_pages(path))
    except InputError:
        if not has_out:
            find_labelled_files(path)  # its error says that there is no labelled page either, and how to make some
        raise


def _draft(sources: Sequence[Path], model: Path | None, config: DraftConfig) -> tuple[list[Path], int]:
    """Draft pages one after the other; one that cannot be read is reported, and does not stop the others.

    Returns:
        Paths of the labelled pages, and how many pages failed.
    """
    import linesift
    from linesift.labelling.draft import place_drafts, read_source, write_draft

    places = place_drafts(sources, config)
    loaded = linesift.load(model)
    drafted: list[Drafted] = []
    n_failed = 0
    for number, (place, path) in enumerate(zip(places, sources, strict=True), start=1):
        console.progress(number, len(sources))
        try:
            source = read_source(path, config.encoding)
            if source.warning is not None:
                console.say(f"warning: {source.warning}")
            elif not source.page.text.strip():
                console.say(f"warning: {path}: the page is empty")
            drafted.append(write_draft(place, source, loaded, config))
        except (InputError, LabelError, MissingExtraError) as error:
            console.say(f"{path}: {error}" if isinstance(error, MissingExtraError) else str(error))
            n_failed += 1
            continue
        for warning in drafted[-1].warnings:
            console.say(f"warning: {warning}")
        with console.open_output(None) as stream:
            stream.write(f"{_row(drafted[-1])}\n")
    _say_next(drafted, config)
    return [one.path for one in drafted], n_failed


def _row(drafted: "Drafted") -> str:
    """Write in one line what was done with a page."""
    path, page = terminal.visible(str(drafted.path)), drafted.page
    if console.wants_colour(None, None):
        path = typer.style(path, bold=True)
    if page is None:
        return f"{path}: kept, but it has mistakes; find them with linesift check"
    counts = tuple(map(page.labels.count, LABELS))
    what = "" if drafted.is_written else ", kept as it was"
    what = f", {console.count(drafted.n_kept, 'label')} kept" if drafted.n_kept else what
    return f"{path}: {terminal.summary(terminal.Tally(1, counts, len(page.doubtful)))}{what}"


def _say_next(drafted: "Sequence[Drafted]", config: DraftConfig) -> None:
    n_doubtful = sum(len(one.page.doubtful) for one in drafted if one.page is not None)
    if drafted:
        console.status(
            f"{console.count(len(drafted), 'page')}, {console.count(n_doubtful, 'line')} to look at; "
            f"open them in an editor, or with: linesift label --web {config.folder}"
        )


def _serve(folder: "Folder", model: "LoadedModel", port: int | None, *, opens: bool) -> None:
    """Serve until interrupted."""
    import webbrowser

    from linesift.labelling.folder import Wanted
    from linesift.labelling.server import HOST, PORT, LabelServer

    try:
        server = LabelServer(folder, PORT if port is None else port, model)
    except OSError as error:
        if port is not None:
            raise InputError(f"{HOST}:{port}: {(error.strerror or str(error)).lower()}; name another --port") from error
        server = LabelServer(folder, model=model)
    with server:
        console.status(f"Labelling page, at an address that works once: {server.first_address}")
        console.status("Each change is saved in the files at once. Ctrl+C ends.")
        if opens and _has_desktop():
            webbrowser.open(server.first_address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            left = console.count(sum(folder.find(Wanted(is_doubtful=True)).values()), "doubtful line")
            unread = folder.unread()
            lost = f"; {console.count(len(unread), 'page')} could not be read" if unread else ""
            console.status("")
            console.status(f"{left} left{lost}; find mistakes with: linesift check")


def _has_desktop() -> bool:
    """Tell whether a browser would open a window; one inside the terminal would stop the server."""
    return sys.platform in {"win32", "darwin"} or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
