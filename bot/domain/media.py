"""How a transcript names what is no text: a placeholder in Thai, with the platform's own words about it."""

from connectors.contract import MediaKind

NAMES = {
    MediaKind.STICKER: "สติกเกอร์",
    MediaKind.IMAGE: "รูปภาพ",
    MediaKind.VIDEO: "วิดีโอ",
    MediaKind.AUDIO: "ข้อความเสียง",
    MediaKind.FILE: "ไฟล์",
    MediaKind.LOCATION: "ตำแหน่งที่ตั้ง",
    MediaKind.LINK: "ลิงก์ที่แชร์",
    MediaKind.UNSUPPORTED: "ข้อความชนิดที่ระบบยังไม่รองรับ",
}
ERASED = "[ลูกค้ายกเลิกการส่งข้อความนี้]"
LONGEST_WORDS = 200  # characters of what the platform tells about it


def placeholder(kind: MediaKind, words: str | None) -> str:
    """Name a sticker, picture or file: "[ไฟล์: ใบขน.pdf]"."""
    about = " ".join((words or "").split())[:LONGEST_WORDS]
    return f"[{NAMES[kind]}: {about}]" if about else f"[{NAMES[kind]}]"


def is_placeholder(text: str) -> bool:
    """Tell whether a text of the transcript only names a sticker, picture or file."""
    return text.startswith(tuple(f"[{name}{end}" for name in NAMES.values() for end in "]:"))
