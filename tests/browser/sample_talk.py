"""A short talk in Thai and English for a look at the page; no part of the product speaks from here."""

from tests.browser.fake_server import Conversation, FakeServer

GREETING = {
    "th": "สวัสดีค่ะ ยินดีต้อนรับสู่บริการข้อมูลการค้าระหว่างประเทศ กรมส่งเสริมการค้าระหว่างประเทศ (DITP) ค่ะ\n"
    "ข้อความนี้ตอบโดยผู้ช่วยอัตโนมัติ ท่านขอคุยกับเจ้าหน้าที่ได้ทุกเมื่อ เพียงพิมพ์ว่า “ขอคุยกับเจ้าหน้าที่”\n"
    "ท่านสนใจเรื่องใดคะ เลือกหัวข้อด้านล่าง หรือพิมพ์คำถามได้เลยค่ะ",
    "en": "Welcome to the trade information service of the Department of International Trade Promotion (DITP).\n"
    "You are chatting with an automatic assistant. You can ask for a person at any time.\n"
    "What would you like to know? Choose a topic below or type your question.",
}
TOPICS = {
    "th": [
        "เริ่มต้นส่งออก",
        "เอกสารและกฎระเบียบ",
        "ตลาดและสถิติการค้า",
        "งานแสดงสินค้าและกิจกรรม",
        "หาผู้นำเข้า/คู่ค้า",
        "สมาชิกและการอบรม",
        "ร้องเรียน/ข้อพิพาท",
        "คุยกับเจ้าหน้าที่",
    ],
    "en": [
        "Starting to export",
        "Documents and rules",
        "Markets & statistics",
        "Fairs and activities",
        "Finding importers",
        "Members & training",
        "Complaint or dispute",
        "Talk to an officer",
    ],
}
QUESTION = "ขอสอบถามข้อมูลเบื้องต้นเพื่อแนะนำได้ตรงกับท่านนะคะ ท่านจดทะเบียนธุรกิจแล้วหรือยังคะ"
QUESTION_CHOICES = ["จดทะเบียนแล้ว", "ยังไม่ได้จดทะเบียน", "ขอข้ามคำถามนี้"]
ANSWER = (
    "การส่งออกสินค้าไปต่างประเทศมีเอกสารหลักที่ควรเตรียมดังนี้ค่ะ\n\n"
    "1. ใบกำกับสินค้า (Commercial Invoice)\n"
    "2. ใบรายการบรรจุหีบห่อ (Packing List)\n"
    "3. ใบตราส่งสินค้า (Bill of Lading หรือ Air Waybill)\n"
    "4. ใบขนสินค้าขาออก ซึ่งยื่นผ่านระบบของกรมศุลกากร\n"
    "5. หนังสือรับรองถิ่นกำเนิดสินค้า หากต้องการใช้สิทธิลดภาษีนำเข้าที่ประเทศปลายทาง\n\n"
    "ดูรายละเอียดได้ที่ https://www.example.go.th/export/documents?lang=th\n"
    "ที่มา: คู่มือการส่งออกเบื้องต้น · ทบทวนล่าสุด 14 มีนาคม 2568"
)
RELATED = [
    "หนังสือรับรองถิ่นกำเนิดสินค้ามีกี่แบบ และต้องขอที่หน่วยงานใด",
    "สินค้าใดบ้างที่ต้องขอใบอนุญาตก่อนส่งออก",
]


async def greet(server: FakeServer, talk: Conversation) -> None:
    """The first message of a session."""
    await server.say(GREETING[talk.language], conversation=talk, buttons=TOPICS[talk.language])


async def reply(server: FakeServer, talk: Conversation, text: str) -> None:
    """Answers anything with the question first and the article after it."""
    asked = any(message["text"] == QUESTION for message in talk.messages)
    if asked:
        await server.say(ANSWER, conversation=talk, buttons=RELATED)
    else:
        await server.say(QUESTION, conversation=talk, buttons=QUESTION_CHOICES)
