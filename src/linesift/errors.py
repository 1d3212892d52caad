"""Errors, one class for each thing that the reader of the message can do."""


class LinesiftError(Exception):
    """Base of every error that linesift raises on purpose; its text is one line that says what to do."""


class InputError(LinesiftError):
    """Input cannot be used: give another file, another encoding, or other options."""


class LabelError(LinesiftError):
    """A labelled page is not in the format of `data/README.md`: correct the file at the line named."""


class ModelError(LinesiftError):
    """A model directory is missing, damaged or of another version: name another one or train it again."""


class MissingExtraError(LinesiftError):
    """A package is not installed; the text has the command that installs it."""


class ConflictError(LinesiftError):
    """A file has changed since it was read: read it again, and decide which changes to keep."""


class MemoryFileError(LinesiftError):
    """A file of `linesift learn-site` cannot be read or merged: name another one or learn it again."""
