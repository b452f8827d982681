"""Which files are taken, told by what stands in them and never by their name.

The list is closed: pictures, recordings, films, PDF, Word, Excel and PowerPoint, plain text. Everything else is
refused, above all what a browser or an office program would run: HTML, SVG, archives, programs, documents with macros
(the old binary ones may hold some; they are only ever handed out as downloads, which Office opens protected).
"""

import codecs
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from string import whitespace
from typing import Final

from connectors.contract import MediaKind

LONGEST_NAME: Final = 120  # characters


@dataclass(frozen=True, kw_only=True)
class FileType:
    """A kind of file that is taken."""

    media_type: str
    extensions: tuple[str, ...]  # the first is the usual one
    kind: MediaKind
    shown: bool = False  # a picture that every browser shows


JPEG = FileType(media_type="image/jpeg", extensions=(".jpg", ".jpeg"), kind=MediaKind.IMAGE, shown=True)
PNG = FileType(media_type="image/png", extensions=(".png",), kind=MediaKind.IMAGE, shown=True)
GIF = FileType(media_type="image/gif", extensions=(".gif",), kind=MediaKind.IMAGE, shown=True)
WEBP = FileType(media_type="image/webp", extensions=(".webp",), kind=MediaKind.IMAGE, shown=True)
HEIC = FileType(media_type="image/heic", extensions=(".heic", ".heif"), kind=MediaKind.IMAGE)
MP4 = FileType(media_type="video/mp4", extensions=(".mp4", ".3gp"), kind=MediaKind.VIDEO)
MOV = FileType(media_type="video/quicktime", extensions=(".mov",), kind=MediaKind.VIDEO)
WEBM = FileType(media_type="video/webm", extensions=(".webm",), kind=MediaKind.VIDEO)
M4A = FileType(media_type="audio/mp4", extensions=(".m4a",), kind=MediaKind.AUDIO)
MP3 = FileType(media_type="audio/mpeg", extensions=(".mp3",), kind=MediaKind.AUDIO)
AAC = FileType(media_type="audio/aac", extensions=(".aac",), kind=MediaKind.AUDIO)
OGG = FileType(media_type="audio/ogg", extensions=(".ogg", ".oga", ".opus"), kind=MediaKind.AUDIO)
WAV = FileType(media_type="audio/wav", extensions=(".wav",), kind=MediaKind.AUDIO)
AMR = FileType(media_type="audio/amr", extensions=(".amr",), kind=MediaKind.AUDIO)
PDF = FileType(media_type="application/pdf", extensions=(".pdf",), kind=MediaKind.FILE)
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
DOCX = FileType(media_type=f"{_OPEN_XML}wordprocessingml.document", extensions=(".docx",), kind=MediaKind.FILE)
XLSX = FileType(media_type=f"{_OPEN_XML}spreadsheetml.sheet", extensions=(".xlsx",), kind=MediaKind.FILE)
PPTX = FileType(media_type=f"{_OPEN_XML}presentationml.presentation", extensions=(".pptx",), kind=MediaKind.FILE)
DOC = FileType(media_type="application/msword", extensions=(".doc",), kind=MediaKind.FILE)
XLS = FileType(media_type="application/vnd.ms-excel", extensions=(".xls",), kind=MediaKind.FILE)
PPT = FileType(media_type="application/vnd.ms-powerpoint", extensions=(".ppt",), kind=MediaKind.FILE)
TXT = FileType(media_type="text/plain", extensions=(".txt", ".csv"), kind=MediaKind.FILE)
TAKEN: Final = (
    JPEG, PNG, GIF, WEBP, HEIC, MP4, MOV, WEBM, M4A, MP3, AAC, OGG, WAV, AMR, PDF, DOCX, XLSX, PPTX, DOC, XLS, PPT, TXT,
)  # fmt: skip
PAPERS: Final = frozenset(taken for taken in TAKEN if taken.kind in (MediaKind.IMAGE, MediaKind.FILE))  # no films
BY_MEDIA_TYPE: Final = {taken.media_type: taken for taken in TAKEN}

_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"GIF87a", GIF), (b"GIF89a", GIF), (b"%PDF-", PDF),
    (b"OggS", OGG), (b"ID3", MP3), (b"#!AMR", AMR), (b"\x1aE\xdf\xa3", WEBM),
    (b"\xff\xfb", MP3), (b"\xff\xf3", MP3), (b"\xff\xf2", MP3), (b"\xff\xf1", AAC), (b"\xff\xf9", AAC),
)  # fmt: skip
_BRANDS: Final = {b"qt  ": MOV, b"M4A ": M4A, b"M4B ": M4A} | dict.fromkeys(
    (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), HEIC
)  # of the ISO base media format; any other is a film
_OFFICE: Final = {"word/": DOCX, "xl/": XLSX, "ppt/": PPTX}
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Word, Excel and PowerPoint until 2003, told apart by the name
_OLD_OFFICE: Final = (DOC, XLS, PPT)
_MOST_PARTS: Final = 5000  # of an Office document; one with more is no letter
_LARGEST_CONTENTS: Final = 500_000  # bytes of its table of contents: 100 for each part, about what Office writes
_MARKUP: Final = re.compile(rb"<(?:!doctype|html|head|body|script|iframe|svg|meta|style|title|\?xml)\b", re.IGNORECASE)
_SNIFFED: Final = 4096  # bytes in which programs that guess look for markup
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')


def recognise(data: bytes, name: str | None = None) -> FileType | None:
    """Tell what a file is, or None when it is none that is taken. The name tells apart only what looks alike."""
    for beginning, taken in _BEGINNINGS:
        if data.startswith(beginning):
            return taken
    if data[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], MP4)
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    suffix = _suffix(name)
    if data.startswith(_OLE):
        return next((old for old in _OLD_OFFICE if suffix in old.extensions), None)
    return TXT if suffix in TXT.extensions and _is_text(data) else None


def safe_name(name: str | None, taken: FileType) -> str:
    """Give the name under which a file is handed out: one line, no path, with the ending of what it is."""
    stem = _UNSAFE.sub(" ", name or "").strip(" .")
    ending = _suffix(stem)
    if ending in taken.extensions:
        stem = stem[: -len(ending)].rstrip(" .")
    else:
        ending = taken.extensions[0]
    return (stem[:LONGEST_NAME].strip(" .") or "file") + ending


def _suffix(name: str | None) -> str:
    return PurePosixPath((name or "").casefold()).suffix


class _Frugal(BytesIO):
    """Refuses to be read in a piece larger than a table of contents that is taken.

    ``zipfile`` reads that table in one piece and builds an object for each entry before anything can be counted. How
    many entries there are, and how long the table is, is told in several places of a file, and a file may lie.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        left = len(self.getbuffer()) - self.tell()
        if (left if size is None or size < 0 else min(size, left)) > _LARGEST_CONTENTS:
            raise zipfile.BadZipFile("Its table of contents is too long.")
        return super().read(size)


def _office(data: bytes) -> FileType | None:
    """Read the table of contents of an Office document; one with macros, and any other archive, is not taken."""
    try:
        with zipfile.ZipFile(_Frugal(data)) as archive:
            parts = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in parts or len(parts) > _MOST_PARTS:
        return None
    if any(part.casefold().endswith(("vbaproject.bin", ".exe", ".js", ".vbs")) for part in parts):
        return None
    return next((found for folder, found in _OFFICE.items() if any(part.startswith(folder) for part in parts)), None)


def _is_text(data: bytes) -> bool:
    """Tell whether it reads as text: UTF-8, or the old Thai encoding; markup is none."""
    start = data.lstrip(whitespace.encode() + codecs.BOM_UTF8)[:_SNIFFED]
    if b"\x00" in data or start.startswith(b"<") or _MARKUP.search(start):
        return False
    for encoding in ("utf-8", "cp874"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
