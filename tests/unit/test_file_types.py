"""What a file is stands in it, not in its name."""

import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import file_types
from bot.domain.file_types import DOC, DOCX, HEIC, JPEG, M4A, MOV, MP3, MP4, PDF, PNG, TAKEN, TXT, WAV, WEBP, XLSX
from tests.fakes import media
from tests.fakes.media import archive


def box(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0" + b"\0" * 40


@pytest.mark.parametrize(
    ("data", "name", "taken"),
    [
        (media.JPEG, "x.png", JPEG), (media.PNG, None, PNG), (b"RIFF\0\0\0\0WEBPVP8 ", None, WEBP),
        (b"RIFF\0\0\0\0WAVEfmt ", None, WAV), (box(b"heic"), None, HEIC), (box(b"mif1"), None, HEIC),
        (box(b"isom"), None, MP4), (box(b"qt  "), None, MOV), (box(b"M4A "), None, M4A), (b"ID3\x03\0", None, MP3),
        (media.PDF, "invoice.exe", PDF), (archive("[Content_Types].xml", "word/document.xml"), None, DOCX),
        (archive("[Content_Types].xml", "xl/workbook.xml"), None, XLSX), (media.OLD_OFFICE, "ใบขน.DOC", DOC),
        ("สินค้า,ราคา\nข้าว,3".encode(), "ราคา.csv", TXT), ("สินค้า".encode("cp874"), "a.txt", TXT),
        (b"\xef\xbb\xbfHS,price\n1006,<3", "a.csv", TXT), (b"From: Somchai <som@example.com>\n", "a.txt", TXT),
    ],
)  # fmt: skip
def test_what_is_taken(data: bytes, name: str | None, taken: file_types.FileType) -> None:
    assert file_types.recognise(data, name) is taken


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.pdf"), (b"<!doctype html><script>", "a.pdf"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png"),
        (b"  <html>", "a.txt"), (b" " * 9000 + b"<p>", "a.txt"), (b"\xef\xbb\xbf<html>", "a.txt"),
        (b"\xef\xbb\xbf \xef\xbb\xbf\n<a>", "a.csv"),
        ("\u200b<hTmL lang=th>".encode(), "a.txt"), (b"price,3\n<script>x</script>", "a.csv"),
        (b"MZ\x90\0" + b"\0" * 60, "a.pdf"), (archive("a.txt"), "a.docx"),
        (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "a.docx"),
        (archive("META-INF/MANIFEST.MF"), "a.jar"), (media.OLD_OFFICE, "a.msi"), (b"plain words", "a.pdf"),
        (b"plain\0words", "a.txt"), (b"PK\x03\x04broken", "a.docx"),
    ],
)  # fmt: skip
def test_what_is_refused(data: bytes, name: str) -> None:
    assert file_types.recognise(data, name) is None


def crowded(entries: int) -> bytes:
    """An archive whose table of contents names so many empty parts, none of which is there."""
    head = archive("[Content_Types].xml", "word/document.xml")
    at = head.index(b"PK\x01\x02")
    table = head[at : head.index(b"PK\x05\x06")]
    table += (b"PK\x01\x02" + b"\x14\0" * 2 + b"\0" * 20 + b"\x01\0" + b"\0" * 16 + b"x") * entries
    ends = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(table), at, 0)  # tells of two parts only
    return head[:at] + table + ends


def test_a_long_table_of_contents_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    class Entry(zipfile.ZipInfo):
        def __init__(self, filename: str) -> None:
            made.append(filename)
            super().__init__(filename)

    long, longer, enormous = crowded(4000), crowded(6000), crowded(500_000)
    monkeypatch.setattr(zipfile, "ZipInfo", Entry)

    assert file_types.recognise(long) is DOCX
    assert len(made) == 4002
    assert file_types.recognise(longer) is None
    made.clear()
    assert file_types.recognise(enormous) is None
    assert not made


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("ใบขนสินค้า.pdf", "ใบขนสินค้า.pdf"), ("invoice.exe", "invoice.exe.pdf"), (None, "file.pdf"), ("", "file.pdf"),
        ("../../etc/passwd", "etc passwd.pdf"), ('a"b\r\nX-Evil: 1.PDF', "a b X-Evil  1.pdf"), (".pdf", "pdf.pdf"),
        ("gpj\u202efdp.exe", "gpj fdp.exe.pdf"),
    ],
)  # fmt: skip
def test_a_file_is_handed_out_under_a_harmless_name(name: str | None, safe: str) -> None:
    assert file_types.safe_name(name, PDF) == safe


@given(st.binary(max_size=300), st.none() | st.text(max_size=20))
def test_no_bytes_break_the_look_at_them(data: bytes, name: str | None) -> None:
    for beginning in (b"", b"PK\x03\x04", b"RIFF", b"\0\0\0\x18ftyp"):
        assert file_types.recognise(beginning + data, name) in {None, *TAKEN}


@given(st.none() | st.text(max_size=300), st.sampled_from(TAKEN))
def test_a_safe_name_is_one_line_with_the_right_ending(name: str | None, taken: file_types.FileType) -> None:
    safe = file_types.safe_name(name, taken)

    assert safe.endswith(taken.extensions)
    assert safe[0] != "."
    assert len(safe) <= file_types.LONGEST_NAME + 6
    assert not set(safe) & set('/\\\r\n\0"')
    assert file_types.safe_name(safe, taken) == safe
