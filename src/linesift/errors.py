"""What can go wrong, sorted by what the reader of the message has to do."""


class LinesiftError(Exception):
    """Base of every error that linesift raises on purpose; its text is one line for people."""


class InputError(LinesiftError):
    """A page cannot be read: give another file, another encoding, or text instead of a binary."""


class LabelError(LinesiftError):
    """A labelled page is not in the format of `data/README.md`: correct the file at the line named."""


class ModelError(LinesiftError):
    """A model directory is missing, damaged or of another version: name another one or train it again."""


class MissingExtraError(LinesiftError):
    """A part of linesift needs a package that is not installed; the text says what to install."""


class ConflictError(LinesiftError):
    """A file is not as it was when it was read: read it again, and decide what of both to keep."""


class MemoryFileError(LinesiftError):
    """A site memory cannot be read or merged: name another file or learn it again."""
