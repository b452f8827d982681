"""What a file is stands in it, not in its name."""

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
    ],
)  # fmt: skip
def test_what_is_taken(data: bytes, name: str | None, taken: file_types.FileType) -> None:
    assert file_types.recognise(data, name) is taken


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.pdf"), (b"<!doctype html><script>", "a.pdf"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png"),
        (b"  <html>", "a.txt"), (b"MZ\x90\0" + b"\0" * 60, "a.pdf"), (archive("a.txt"), "a.docx"),
        (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "a.docx"),
        (archive("META-INF/MANIFEST.MF"), "a.jar"), (media.OLD_OFFICE, "a.msi"), (b"plain words", "a.pdf"),
        (b"plain\0words", "a.txt"), (b"PK\x03\x04broken", "a.docx"),
    ],
)  # fmt: skip
def test_what_is_refused(data: bytes, name: str) -> None:
    assert file_types.recognise(data, name) is None


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
