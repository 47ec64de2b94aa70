"""Why a file cannot be read as a fax: one class per thing that a person can act on."""

from typing import ClassVar


class UnreadableFax(Exception):
    """A file that cannot be opened as a fax; the message is one line that names the remedy."""

    code: ClassVar[str] = "unreadable"


class EmptyFile(UnreadableFax):
    """The file has no bytes."""

    code = "empty_file"


class NotAFax(UnreadableFax):
    """The bytes are no TIFF, PDF, PNG or JPEG."""

    code = "not_a_fax"


class DamagedFax(UnreadableFax):
    """The bytes claim to be a fax, and not one page of them can be decoded."""

    code = "damaged"


class EncryptedPdf(UnreadableFax):
    """The PDF asks for a password."""

    code = "encrypted_pdf"


class NoPages(UnreadableFax):
    """The file opens and holds no page."""

    code = "no_pages"


class TooManyPages(UnreadableFax):
    """The file holds more pages than the limit."""

    code = "too_many_pages"


class ImageTooLarge(UnreadableFax):
    """A page, or all of them together, declares more pixels than the limit; nothing was decoded."""

    code = "image_too_large"


class FileTooLarge(UnreadableFax):
    """The file has more bytes than the limit."""

    code = "file_too_large"


class OpeningTimeout(UnreadableFax):
    """The outside program that draws PDF pages did not end in time."""

    code = "opening_timeout"


class PopplerMissing(UnreadableFax):
    """The programs of poppler-utils are not installed."""

    code = "poppler_missing"
