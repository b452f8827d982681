"""The console's Thai about files: how far one came, and why it is not here."""

from collections.abc import Sequence

from bot.domain.attachment import Attachment, FileState
from bot.domain.conversation import Message
from bot.domain.media import NAMES, placeholder
from bot.services import uploads

FILE_STATES = {
    FileState.PENDING: "กำลังรับไฟล์จากแพลตฟอร์ม", FileState.UPLOADED: "กำลังส่ง",
    FileState.GONE: "ไฟล์นี้ไม่มีอยู่บนแพลตฟอร์มแล้ว โปรดขอให้ลูกค้าส่งใหม่",
    FileState.REFUSED: "ระบบไม่รับไฟล์นี้", FileState.ERASED: "ลูกค้ายกเลิกการส่งไฟล์นี้ ระบบลบแล้ว",
}  # fmt: skip
FILE_REASONS = {
    "too_large": "ไฟล์ใหญ่เกินกำหนด", "type": "ไม่ใช่ชนิดไฟล์ที่รับ (รับรูปภาพ เสียง วิดีโอ PDF Word Excel PowerPoint และข้อความ)",
    "foreign": "ไฟล์อยู่นอกแพลตฟอร์ม", "not_ready": "แพลตฟอร์มกำลังเตรียมไฟล์", "platform_down": "แพลตฟอร์มไม่ตอบ กำลังลองใหม่",
    "rate_limited": "แพลตฟอร์มให้รอ กำลังลองใหม่", "no_access": "โทเคนของแพลตฟอร์มใช้ไม่ได้ โปรดแจ้งผู้ดูแลระบบ",
    "channel_off": "ช่องทางนี้ปิดอยู่ในการตั้งค่า", "no_room": "พื้นที่เก็บไฟล์เต็ม โปรดแจ้งผู้ดูแลระบบ", "failed": "ระบบขัดข้อง กำลังลองใหม่",
}  # fmt: skip


def alternative(file: Attachment, *, of_customer: bool) -> str:
    """Say what a picture is, for who can't see it."""
    return f"{NAMES[file.kind]}{'จากลูกค้า' if of_customer else 'ที่ส่งให้ลูกค้า'}"


def only_names(message: Message, files: Sequence[Attachment]) -> bool:
    """Tell whether a message's text says nothing but which file it brought, which stands below by itself."""
    saved = bool(files) and all(file.state is FileState.SAVED for file in files)
    sent = uploads.named(files, message.language)
    return saved and message.text in {
        sent, *(placeholder(file.kind, name) for file in files for name in (file.file_name, None))
    }  # fmt: skip


def file_state(file: Attachment) -> str:
    """Say why a file is not here."""
    why = FILE_REASONS.get(file.reason or "", file.reason)
    return FILE_STATES[file.state] + (f": {why}" if why else "")


def file_size(size: int | None) -> str:
    """Say a size: 820 KB, 1.4 MB."""
    if size is None:
        return ""
    return f"{max(1, round(size / 1000)):,} KB" if size < 995_000 else f"{size / 1_000_000:.1f} MB"
