"""How the assistant calls what was asked ("ค่าธรรมเนียม", "the fee") where it has to say that CKS does not tell it.

The names are those of the trade dictionary's kind ``ask``, never a customer's words: what a customer takes back later
must not live on in an answer. What has no name here is what was asked besides.
"""

from collections.abc import Mapping

from bot.domain.scripts import Language

BESIDES: Mapping[Language, str] = {"th": "ที่ถามเพิ่มเติม", "en": "your other question"}
NAMES: Mapping[str, Mapping[Language, str]] = {
    "ค่าธรรมเนียม": {"th": "ค่าธรรมเนียม", "en": "the fee"},
    "ระยะเวลา": {"th": "ระยะเวลา", "en": "how long it takes"},
    "เอกสาร": {"th": "เอกสารที่ต้องใช้", "en": "the documents needed"},
    "แบบฟอร์ม": {"th": "แบบฟอร์ม", "en": "the form"},
    "คุณสมบัติ": {"th": "คุณสมบัติ", "en": "who may apply"},
    "ขั้นตอน": {"th": "ขั้นตอน", "en": "the steps"},
    "สมัคร": {"th": "การสมัคร", "en": "how to apply"},
    "สิทธิประโยชน์": {"th": "สิทธิประโยชน์", "en": "the benefits"},
    "รายชื่อ": {"th": "รายชื่อ", "en": "the list"},
    "ออนไลน์": {"th": "การทำทางออนไลน์", "en": "doing it online"},
    "เบอร์โทร": {"th": "เบอร์โทรศัพท์", "en": "the telephone number"},
    "ที่อยู่": {"th": "ที่อยู่", "en": "the address"},
    "อีเมล": {"th": "อีเมล", "en": "the e-mail address"},
    "ที่ไหน": {"th": "สถานที่หรือช่องทาง", "en": "where to get it"},
    "เว็บไซต์": {"th": "เว็บไซต์", "en": "the website"},
    "ติดต่อ": {"th": "การติดต่อ", "en": "whom to contact"},
    "เวลาทำการ": {"th": "เวลาทำการ", "en": "the opening hours"},
}


def what_was_asked(asked: str, title: str | None, language: Language) -> str:
    """Name it, with the title of the article that it was asked about."""
    name = NAMES.get(asked, BESIDES)[language]
    return f"{name} ({title})" if title else name
