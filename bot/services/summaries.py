"""The summary of a case in plain Thai: what officers see when they take over, and the draft of what is filed."""

from collections.abc import Sequence

from bot.domain.case import Case
from bot.domain.conversation import Author, Message
from bot.domain.masking import mask
from bot.domain.media import is_placeholder
from bot.domain.questions import names_goods
from bot.domain.readiness import Question, load_rules
from bot.domain.readiness_text import only_answers
from bot.domain.readiness_words import SKIP
from bot.domain.requests import asked_beside, says_nothing
from bot.domain.thanks import only_thanks
from bot.store.unit_of_work import UnitOfWork

TOPICS = {
    "export_start": "เริ่มต้นส่งออก", "documents": "เอกสารและกฎระเบียบ", "markets": "ตลาดและสถิติการค้า",
    "fairs": "งานแสดงสินค้าและกิจกรรม", "importers": "หาผู้นำเข้า/คู่ค้า", "membership": "สมาชิกและการอบรม",
    "complaint": "ร้องเรียน/ข้อพิพาท", "officer": "คุยกับเจ้าหน้าที่",
}  # fmt: skip
REASONS = {
    "customer_asked": "ลูกค้าขอคุยกับเจ้าหน้าที่", "complaint": "ร้องเรียน", "dispute": "ข้อพิพาททางการค้าหรือถูกหลอกลวง",
    "documents": "ขอเอกสารทางอีเมล",
    "misunderstood": "ผู้ช่วยไม่เข้าใจสองครั้งติดกัน", "nothing_found": "ไม่พบคำตอบในคลังความรู้",
    "for_people_only": "เรื่องที่ต้องให้เจ้าหน้าที่ตอบ", "bot_unavailable": "ระบบตอบอัตโนมัติขัดข้อง",
    "data_request": "ขอลบข้อมูลส่วนบุคคลหรือถอนความยินยอม", "event_failed": "ระบบอ่านข้อความของลูกค้าไม่ได้",
    "delivery_failed": "ส่งคำตอบของบอทถึงลูกค้าไม่สำเร็จ", "delivery_unknown": "ไม่ทราบว่าลูกค้าได้รับคำตอบของบอทหรือไม่",
    "answered_elsewhere": "มีผู้ตอบลูกค้าจากนอกระบบ (เช่น กล่องข้อความของเพจ) บอทจึงหยุดตอบ",
}  # fmt: skip
LONGEST_QUOTE = 200
LAST_QUESTIONS = 6  # beside the first one
SHORT = 15  # characters; a longer text that passes a question says more


async def draft(uow: UnitOfWork, case: Case) -> str:
    """Write the summary from what is stored: topic, readiness, questions, what was answered, why it was handed off."""
    messages = await uow.conversations.messages_of_case(case.id)
    known = await uow.cases.readiness(case.id)
    lines = []
    if case.topic:
        lines.append(f"หัวข้อ: {TOPICS.get(case.topic, case.topic)}")
    if known and known.level:
        lines.append(f"ระดับความพร้อม: {level_name(known.level)}")
    asked = await _questions(uow, messages)
    if asked:
        shown = asked[:1] + asked[1:][-LAST_QUESTIONS:]
        lines.append("ลูกค้าสอบถาม: " + " / ".join(quote(text) for text in shown))
    given = [message.text.splitlines()[0] for message in messages if message.article_id]
    if given:
        lines.append("ข้อมูลที่ให้: " + ", ".join(dict.fromkeys(given)))
    answers = [message.text for message in messages if message.author is Author.AGENT]
    if answers:
        lines.append("เจ้าหน้าที่ตอบล่าสุด: " + quote(answers[-1]))
    if case.handoff_reason:
        lines.append(f"เหตุที่ส่งต่อเจ้าหน้าที่: {REASONS.get(case.handoff_reason, case.handoff_reason)}")
    return "\n".join(lines)


async def _questions(uow: UnitOfWork, messages: Sequence[Message]) -> list[str]:
    """What the customer asked, oldest first: no taps and typed choices, greetings, thanks, files, wish for a person.

    Nor typed answers to readiness questions, which are stored as such, unless they tell of goods or countries.
    """
    offers = await uow.conversations.buttons_of([message.id for message in messages])
    offered = {button.title for button in offers}
    script: str | None = None
    asked: list[str] = []
    for message in messages:
        if message.author is not Author.CUSTOMER:
            script = message.script
        elif message.erased_at is None and message.text not in offered and asks(message.text, script):
            asked.append(message.text)
    return asked


def asks(text: str, script: str | None) -> bool:
    """Tell whether the customer's text tells what is wanted: no file, no greeting or thanks, no wish for a person.

    ``script`` names what was said before it: an answer to a readiness question that it asked tells nothing either.
    """
    passed = len(text) <= SHORT and SKIP.search(text)
    answers = only_answers(text, _asked_by(script)) and not names_goods(text)
    little = is_placeholder(text) or says_nothing(text) or only_thanks(text)
    return not (passed or answers or little) and asked_beside(text) != "ask_agent"


def _asked_by(script: str | None) -> Question | None:
    """Name the readiness question that a script asks: ``ask_registered``, or ``ask_registered_again`` in short."""
    return next((question for question in Question if script in (f"ask_{question}", f"ask_{question}_again")), None)


def quote(text: str) -> str:
    """Give the words as a summary quotes them: masked, on one line, LONGEST_QUOTE characters at most."""
    return mask(" ".join(text.split()))[:LONGEST_QUOTE]


def level_name(level: str) -> str:
    """Give the Thai name of a readiness level."""
    return next((names["th"] for key, names in load_rules().titles.items() if key.value == level), level)
