"""The console's Thai: names of states, reasons and events, dates in the Buddhist era, and errors in plain words.

Only words stand here; what is shown is decided in ``console_views``. A code that is not listed is shown as it is, so
that a new one is noticed and nothing breaks.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from bot.domain.agent import Role
from bot.domain.articles_text import BUDDHIST, thai_date
from bot.domain.calendar_text import THAI_WEEKDAYS
from bot.domain.candidate import Judgement, Why
from bot.domain.case import BANGKOK, Case, HandoffReason, Service, State
from bot.domain.channel_alert import ChannelAlert
from bot.domain.channel_status import BEHIND, MISSED, SILENT, UNSUBSCRIBED, WRONG_SECRET, ChannelStatus
from bot.domain.conversation import Author, Delivery, Message, Reached
from bot.domain.errors import AlreadyTaken, DeskError
from bot.domain.history import Happened
from bot.domain.intents import intent_names
from bot.domain.promise import ClockState, Measure
from bot.domain.readiness import load_rules
from bot.services import summaries

LONGEST_EXCERPT = 80  # characters of a message that is answered
LOW_PERCENT = 10  # of a platform's messages of the month
NUMBER = re.compile(r"(?<![\w-])((?=[\w-]*\d)(?=[\w-]{3,24}(?![\w-]))\w+(?:-\w+)+)", re.ASCII)  # fits on a phone's line
FULL_MONTHS = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
CHANNELS = {"webchat": "เว็บแชต", "line": "LINE", "messenger": "Messenger"}
SERVICES = {Service.LIVE_CHAT: "แชต", Service.HOTLINE: "สายด่วน 1169", Service.COUNTER: "เคาน์เตอร์"}
STATES = {
    State.BOT: "บอท", State.QUEUED: "รอเจ้าหน้าที่", State.AGENT: "เจ้าหน้าที่", State.SURVEY: "รอคะแนน", State.CLOSED: "ปิดแล้ว",
}  # fmt: skip
ROLES = {Role.AGENT: "เจ้าหน้าที่", Role.VERIFIER: "ผู้ตรวจข้อมูล", Role.SUPERVISOR: "หัวหน้างาน", Role.ADMIN: "ผู้ดูแลระบบ"}
AUTHORS = {Author.CUSTOMER: "ลูกค้า", Author.BOT: "บอท", Author.AGENT: "เจ้าหน้าที่", Author.SYSTEM: "ระบบ"}
BRIEF_REASONS = {
    HandoffReason.CUSTOMER_ASKED: "ขอคุยกับคน", HandoffReason.COMPLAINT: "ร้องเรียน",
    HandoffReason.DISPUTE: "ข้อพิพาท/ถูกหลอก", HandoffReason.DOCUMENTS: "ขอเอกสาร",
    HandoffReason.MISUNDERSTOOD: "บอทไม่เข้าใจ", HandoffReason.NOTHING_FOUND: "ไม่พบคำตอบ",
    HandoffReason.FOR_PEOPLE_ONLY: "ต้องให้คนตอบ", HandoffReason.BOT_UNAVAILABLE: "บอทขัดข้อง",
    HandoffReason.DATA_REQUEST: "ขอลบข้อมูล", HandoffReason.EVENT_FAILED: "อ่านข้อความไม่ได้",
    HandoffReason.DELIVERY_FAILED: "ส่งคำตอบไม่ถึง", HandoffReason.DELIVERY_UNKNOWN: "ไม่ทราบผลการส่ง",
    HandoffReason.ANSWERED_ELSEWHERE: "มีผู้ตอบนอกระบบ",
}  # fmt: skip
GRAVE = frozenset({HandoffReason.DISPUTE, HandoffReason.COMPLAINT, HandoffReason.DATA_REQUEST})
OUTCOMES = {
    "answered": "ตอบครบแล้ว", "documents_sent": "ส่งเอกสารแล้ว", "referred": "แนะนำหน่วยงานอื่น",
    "no_answer_needed": "ไม่ต้องตอบ", "unresolved": "ยังไม่ได้ข้อยุติ",
}  # fmt: skip
CLOSED_AS = {
    "spam": "สแปม", "duplicate": "เรื่องซ้ำ", "unfollowed": "ลูกค้าเลิกติดตาม", "blocked": "ลูกค้าบล็อกบัญชี",
    "not_started": "ไม่ได้เริ่มสนทนา",
}  # fmt: skip
RATINGS = {1: "1 ประทับใจ", 2: "2 พึงพอใจ", 3: "3 ไม่พึงพอใจ"}
MEASURES = {Measure.HUMAN_WINDOW: "ตอบครั้งแรก", Measure.NEXT_REPLY: "ตอบข้อความล่าสุด"}
CLOCKS = {
    ClockState.RUNNING: "กำลังนับ", ClockState.PAUSED: "พักนับ", ClockState.MET: "ทันเวลา", ClockState.MISSED: "เกินเวลา",
    ClockState.CANCELLED: "ยกเลิก",
}  # fmt: skip
DELIVERIES = {
    Delivery.PENDING: "กำลังส่ง", Delivery.SENT: "ส่งแล้ว", Delivery.FAILED: "ส่งไม่สำเร็จ", Delivery.UNKNOWN: "ไม่ทราบผลการส่ง",
}  # fmt: skip
REACHED = {None: "ส่งแล้ว", Reached.DELIVERED: "ถึงเครื่องลูกค้าแล้ว", Reached.READ: "ลูกค้าอ่านแล้ว"}
DELIVERY_REASONS = {
    "channel_off": "ช่องทางนี้ปิดอยู่ โปรดแจ้งผู้ดูแลระบบ",
    "unreachable": "ลูกค้าบล็อกหรือเลิกติดตามแล้ว ส่งได้อีกเมื่อลูกค้าทักมาใหม่ หรือติดต่อทางโทรศัพท์หรืออีเมล",
    "no_answer": "แพลตฟอร์มไม่ตอบกลับ ลูกค้าอาจได้รับแล้วหรือยังไม่ได้รับ รอดูคำตอบของลูกค้า หรือส่งอีกครั้งหากจำเป็น",
    "awaiting_echo": "แพลตฟอร์มไม่ตอบกลับ กำลังรอการยืนยันว่าลูกค้าได้รับ",
    "interrupted": "การส่งหยุดกลางคัน ลูกค้าอาจได้รับแล้วหรือยังไม่ได้รับ รอดูคำตอบของลูกค้า หรือส่งอีกครั้งหากจำเป็น",
    "rate_limited": "ส่งถี่เกินที่แพลตฟอร์มกำหนด",
    "too_long": "ข้อความยาวเกินที่แพลตฟอร์มกำหนด โปรดแบ่งส่งเป็นหลายข้อความ",
    "outside_window": "พ้นเวลาที่แพลตฟอร์มให้ตอบลูกค้ารายนี้แล้ว ต้องรอลูกค้าทักมาใหม่ หรือติดต่อทางโทรศัพท์หรืออีเมล",
    "platform_down": "แพลตฟอร์มขัดข้องชั่วคราว",
    "refused": "แพลตฟอร์มไม่รับข้อความนี้ โปรดแจ้งผู้ดูแลระบบ",
    "no_access": "แพลตฟอร์มไม่ยอมรับรหัสเชื่อมต่อ (token) ของบัญชี ข้อความจะส่งเองเมื่อผู้ดูแลระบบต่ออายุรหัสแล้ว",
    "not_permitted": "บัญชีของกรมยังไม่ได้รับสิทธิ์ส่งข้อความลักษณะนี้ โปรดแจ้งผู้ดูแลระบบ",
    "quota_used": "โควตาข้อความ LINE ของเดือนนี้หมดแล้ว หากลูกค้าทักมาใหม่จะตอบกลับได้ หรือติดต่อทางโทรศัพท์หรืออีเมล",
    "thread_elsewhere": "แชตนี้อยู่กับแอปอื่นหรือกล่องข้อความของเพจ บอทจึงหยุดตอบ โปรดตอบในกล่องข้อความของเพจ "
    "หรือตั้งแอปของกรมเป็นแอปหลักที่ การตั้งค่าเพจ > Conversation routing",
    "page_restricted": "เพจถูกจำกัดการส่งข้อความชั่วคราว โปรดแจ้งผู้ดูแลเพจให้ตรวจคุณภาพเพจ",
    "tag_not_approved": "เพจยังไม่ได้รับอนุมัติให้ตอบหลังพ้น 24 ชั่วโมง (Human Agent) โปรดแจ้งผู้ดูแลระบบ",
    "busy_flow": "ลูกค้ากำลังตอบคำถามอัตโนมัติของเพจ",
    "waits_for_customer": "โควตาข้อความเหลือน้อย ระบบรอส่งพร้อมการทักครั้งถัดไปของลูกค้า ไม่เกิน 2 นาที",
    "suspended": "บัญชีถูกแพลตฟอร์มระงับชั่วคราว ข้อความจะส่งเองเมื่อบัญชีใช้งานได้ โปรดแจ้งผู้ดูแลระบบ",
    "bad_file": "แพลตฟอร์มเปิดไฟล์ที่แนบไม่ได้ โปรดแปลงเป็น PDF หรือ JPEG ขนาดไม่เกิน 25 MB แล้วส่งใหม่",
}  # fmt: skip
DEAF = {
    MISSED: "Webhook ไม่ส่งข้อความของลูกค้ามา{since} ระบบดึงข้อความที่ขาดมาให้แล้ว และดึงให้ทุก 15 นาที ลูกค้าจึงได้คำตอบช้า "
    "โปรดแจ้งผู้ดูแลระบบให้ตรวจด้วย messenger check แล้วสั่ง messenger setup",
    WRONG_SECRET: "ข้อความของลูกค้าเข้าระบบไม่ได้{since} เพราะรหัส Channel secret ไม่ตรงกับบัญชี ระบบจึงไม่รับสิ่งที่แพลตฟอร์มส่งมา "
    "โปรดแจ้งผู้ดูแลระบบให้คัดลอก Channel secret ใหม่ ตั้งค่า เริ่มระบบใหม่ แล้วตรวจด้วย line check",
    UNSUBSCRIBED: "แพลตฟอร์มเลิกส่งข้อความของลูกค้ามาทาง Webhook {since} (Webhook ถูกปิดหรือการสมัครรับเหตุการณ์หายไป) "
    "ระบบดึงข้อความใหม่มาให้ทุก 15 นาที ลูกค้าจึงได้คำตอบช้า โปรดแจ้งผู้ดูแลระบบให้สั่ง messenger setup แล้วตรวจด้วย messenger check",
    BEHIND: "เพจมีแชตค้างมากกว่าที่ระบบอ่านได้ในรอบเดียว{since} ระบบจะอ่านใหม่ทุก 15 นาที แต่ข้อความที่รอนานที่สุดยังไม่เข้าระบบ "
    "โปรดตอบแชตที่ค้างนานในกล่องข้อความของเพจ และแจ้งผู้ดูแลระบบให้ตรวจด้วย messenger check",
    SILENT: "ไม่มีเหตุการณ์ใดเข้ามาจากเพจเกิน 24 ชั่วโมง{since} และระบบไม่มีสิทธิ์อ่านว่ามีข้อความค้างหรือไม่ "
    "โปรดดูกล่องข้อความของเพจ และแจ้งผู้ดูแลระบบให้ตรวจด้วย messenger check",
}
# What keeps a whole channel from sending, and who does what about it.
TROUBLES = {
    "no_access": "ส่งข้อความถึงลูกค้าไม่ได้ เพราะรหัสเชื่อมต่อ (token) ใช้ไม่ได้แล้ว โปรดแจ้งผู้ดูแลระบบให้ออกรหัสใหม่และตั้งค่า "
    "ข้อความที่รออยู่จะส่งเองเมื่อใช้ได้ หากเร่งด่วน โปรดติดต่อลูกค้าทางโทรศัพท์หรืออีเมล",
    "suspended": "ส่งข้อความถึงลูกค้าไม่ได้ เพราะบัญชีถูกแพลตฟอร์มระงับ โปรดแจ้งผู้ดูแลระบบให้ตรวจอีเมลจากแพลตฟอร์มและหน้าจัดการบัญชี "
    "ข้อความที่รออยู่จะส่งเองเมื่อใช้ได้ หากเร่งด่วน โปรดติดต่อลูกค้าทางโทรศัพท์หรืออีเมล",
}
# What a platform says of our account without stopping it, and who does what about it.
ALERTS = {
    "policy_warning": "Meta เตือนว่าเพจอาจผิดนโยบายการส่งข้อความ ขณะนี้ยังส่งข้อความได้ โปรดแจ้งผู้ดูแลเพจให้ตรวจที่ "
    "Meta Business Suite > คุณภาพเพจ และแก้ไขก่อนถูกระงับ",
    "policy_block": "Meta ระงับการส่งข้อความของเพจ เพราะเห็นว่าผิดนโยบาย ลูกค้าอาจไม่ได้รับคำตอบ "
    "โปรดแจ้งผู้ดูแลเพจให้ตรวจและยื่นขอทบทวนที่ Meta Business Suite > คุณภาพเพจ หากเร่งด่วน โปรดติดต่อลูกค้าทางโทรศัพท์หรืออีเมล",
    "integrity": "Meta แจ้งว่าเพจฝ่าฝืนมาตรฐานหรือถูกจำกัดการใช้งาน โปรดแจ้งผู้ดูแลเพจให้ดูรายละเอียดที่ "
    "การตั้งค่าเพจ > สถานะเพจ แล้วแก้ไขหรือยื่นอุทธรณ์",
}
MILD = frozenset({"policy_warning"})  # alerts that keep nothing from leaving
PASSING = frozenset({"rate_limited", "platform_down", "busy_flow"})  # reasons that go away by themselves
TRIED_AGAIN = {
    Delivery.PENDING: " ระบบจะลองส่งให้อีก",
    Delivery.FAILED: " ระบบลองซ้ำแล้ว กด “ส่งอีกครั้ง” ได้ภายหลัง",
}
# Where the bot is silent because somebody else speaks on the platform: what to look at if that should not be.
ELSEWHERE = {
    "messenger": "บอทหยุดตอบ เพราะมีผู้ตอบจากกล่องข้อความของเพจหรือแอปอื่น หากไม่มีใครตอบจริง โปรดตรวจ "
    "การตั้งค่าเพจ > Conversation routing > Default app และปิด Meta Business Suite > กล่องข้อความ > ระบบอัตโนมัติ",
}
QUESTIONS = {
    "registered": "จดทะเบียนธุรกิจ", "exported": "เคยส่งออก", "exported_recently": "ส่งออกใน 12 เดือนที่ผ่านมา",
    "product": "มีสินค้า แบรนด์ หรือโรงงานของตนเอง", "market": "มีตลาดเป้าหมายหรือรู้จักผู้ซื้อ",
}  # fmt: skip
ANSWERS = {
    "skipped": "ขอข้าม", "with_proof": "เคย มีหลักฐาน", "without_proof": "เคย ไม่มีหลักฐาน",
    ("registered", "yes"): "จดแล้ว", ("registered", "no"): "ยังไม่จด", ("exported", "no"): "ยังไม่เคย",
    ("exported_recently", "yes"): "ใช่", ("exported_recently", "no"): "ไม่ใช่", "yes": "มี", "no": "ยังไม่มี",
}  # fmt: skip
METHODS = {
    "button": "ลูกค้ากดปุ่ม", "text": "อ่านจากข้อความของลูกค้า", "prefilled": "จากเรื่องก่อนหน้า", "agent": "เจ้าหน้าที่บันทึก",
    "conversation": "จากการสนทนา",
}  # fmt: skip
EVENTS = {
    Happened.OPENED: "เปิดเรื่อง", Happened.GREETED: "กล่าวต้อนรับ", Happened.CUSTOMER_WROTE: "ลูกค้าส่งข้อความ",
    Happened.TOPIC_CHOSEN: "เลือกหัวข้อ", Happened.READINESS: "บันทึกระดับความพร้อม", Happened.ANSWERED: "ตอบจากคลังความรู้",
    Happened.NOT_FOUND: "ไม่พบคำตอบในคลังความรู้", Happened.MISUNDERSTOOD: "บอทไม่เข้าใจข้อความ",
    Happened.HANDOFF_REQUESTED: "ส่งเรื่องให้เจ้าหน้าที่", Happened.BOT_UNAVAILABLE: "ระบบตอบอัตโนมัติขัดข้อง",
    Happened.BOT_SUPPRESSED: "งดส่งคำตอบของบอทที่มาช้า", Happened.EVENT_SET_ASIDE: "อ่านข้อความไม่ได้ ต้องให้คนดู",
    Happened.MOVED: "เปลี่ยนสถานะ", Happened.ACCEPTED: "รับเรื่อง", Happened.AGENT_REPLIED: "เจ้าหน้าที่ตอบ",
    Happened.TRANSFERRED: "ส่งต่อเรื่อง", Happened.RELEASED: "คืนเรื่องเข้าคิว", Happened.WITHDRAWN: "ลูกค้ายกเลิกการรอ",
    Happened.ASSISTED: "ลูกค้าถามบอทระหว่างรอ", Happened.RESOLVED: "จบเรื่อง", Happened.RATED: "ลูกค้าให้คะแนน",
    Happened.UNRATED: "หมดเวลาให้คะแนน", Happened.REOPENED: "ลูกค้าถามต่อ", Happened.CLOCK_STARTED: "เริ่มนับเวลา",
    Happened.CLOCK_STOPPED: "หยุดนับเวลา", Happened.NOTE_ADDED: "เพิ่มบันทึกภายใน",
    Happened.PROFILE_CHANGED: "แก้ไขข้อมูลลูกค้า",
    Happened.SUMMARY_FILED: "เก็บสรุปเข้า CKS",
    Happened.RECORDED_AFTER: "ข้อความหลังจบเรื่อง", Happened.ASSIGNED_BACK: "คืนเรื่องให้บอท",
    Happened.MESSAGE_ERASED: "ลูกค้ายกเลิกการส่งข้อความ", Happened.ANSWERED_ELSEWHERE: "มีผู้ตอบลูกค้าจากนอกระบบ",
    Happened.REFERRED: "ลูกค้ามาจากลิงก์หรือโฆษณา",
}  # fmt: skip
NOT_ASKED = "ยังขอคะแนนจากลูกค้าไม่ได้"  # what a case ended with in a closed talk says of itself
RELEASE_REASONS = {"agent_gone": "เจ้าหน้าที่ไม่อยู่หน้าจอ", "released": ""}
SAID = {
    "accept": "รับเรื่องแล้ว", "reply": "บันทึกข้อความแล้ว กำลังส่งถึงลูกค้า", "notes": "เพิ่มบันทึกภายในแล้ว",
    "retry": "กำลังส่งข้อความอีกครั้ง",
    "transfer": "ส่งต่อเรื่องแล้ว", "release": "คืนเรื่องเข้าคิวแล้ว", "return-to-bot": "คืนเรื่องให้บอทแล้ว",
    "resolve": "จบเรื่องและขอคะแนนจากลูกค้าแล้ว",
    "resolve-unasked": "จบเรื่องแล้ว ระบบจะขอคะแนนเมื่อลูกค้าทักกลับมา", "discard": "ปิดเรื่องแล้ว", "profile": "บันทึกข้อมูลลูกค้าแล้ว",
}  # fmt: skip
WHYS = {
    Why.NOT_UNDERSTOOD: "บอทไม่เข้าใจ", Why.NOT_FOUND: "ไม่พบคำตอบ", Why.NOT_HELPFUL: "ตอบไม่ตรงคำถาม",
    Why.PERSON_AFTER_ANSWER: "ตอบแล้ว ลูกค้าขอคุยกับเจ้าหน้าที่", Why.HANDED_OFF: "ส่งให้เจ้าหน้าที่",
}  # fmt: skip
JUDGEMENTS = {
    Judgement.NEW: "รอตรวจ", Judgement.LABELLED: "ระบุความหมายแล้ว", Judgement.ADDED: "เพิ่มในบทความแล้ว",
    Judgement.DISMISSED: "ไม่ใช้",
}  # fmt: skip
LEARNT = {
    "labelled": "ระบุความหมายแล้ว", "added": "เพิ่มคำถามในร่างบทความแล้ว รอผู้อื่นตรวจ", "dismissed": "ไม่ใช้ข้อความนี้แล้ว",
    "reopened": "นำกลับมารอตรวจแล้ว",
}  # fmt: skip
PROBLEMS = {
    "newer_messages": "ลูกค้าส่งข้อความใหม่เข้ามา โปรดอ่านข้อความที่มีป้าย “ใหม่” ก่อน แล้วกดอีกครั้ง สิ่งที่พิมพ์ไว้ยังอยู่ครบ",
    "message_erased": "ลูกค้ายกเลิกข้อความแล้ว โปรดตรวจสรุปอีกครั้ง",
    "idempotency_key_reused": "ข้อความก่อนแก้ไขส่งถึงลูกค้าไปแล้ว โปรดดูในบทสนทนาก่อน แล้วกดส่งอีกครั้งหากต้องการส่งฉบับนี้ด้วย",
    "window_closed": "พ้นเวลาที่แพลตฟอร์มให้ตอบลูกค้ารายนี้แล้ว ต้องรอลูกค้าทักมาใหม่ หรือติดต่อทางโทรศัพท์หรืออีเมล สิ่งที่พิมพ์ไว้ยังอยู่ครบ",
    "forbidden": "เรื่องนี้อยู่กับเจ้าหน้าที่ท่านอื่น จึงทำรายการนี้ไม่ได้",
    "not_found": "ไม่พบเรื่องหรือข้อความนี้",
    "invalid": "ข้อมูลยังไม่ครบหรือไม่ถูกต้อง โปรดตรวจสอบแล้วลองอีกครั้ง",
    "unauthenticated": "หมดเวลาเข้าใช้งาน โปรดเข้าสู่ระบบอีกครั้ง",
    "login_refused": "อีเมลหรือรหัสผ่านไม่ถูกต้อง",
    "too_many_tries": "ลองผิดหลายครั้งเกินไป โปรดรอ 10 นาทีแล้วลองใหม่",
    "too_large": "ไฟล์ใหญ่เกินกำหนด โปรดย่อไฟล์หรือส่งเป็นลิงก์",
    "file_not_taken": "แนบไฟล์ชนิดนี้ไม่ได้ แนบได้เฉพาะรูปภาพ PDF Word Excel PowerPoint และไฟล์ข้อความ (ไม่มีมาโคร)",
    "form_refused": "แบบฟอร์มนี้หมดอายุแล้ว โปรดโหลดหน้าใหม่แล้วลองอีกครั้ง",
    "unavailable": "ระบบยังไม่พร้อม โปรดลองอีกครั้งในอีกสักครู่",
    "already_judged": "มีผู้ตรวจข้อความนี้ไปแล้ว",
    "basket_open": "ยังมีเอกสารในตะกร้าที่ลูกค้ายืนยันแล้วแต่ยังไม่ได้ส่ง",
}  # fmt: skip
WRONG_STATE = {
    State.BOT: "ขณะนี้เรื่องนี้อยู่กับบอท จึงทำรายการนี้ไม่ได้",
    State.QUEUED: "ขณะนี้เรื่องนี้อยู่ในคิว โปรดกด “รับเรื่อง” ก่อน",
    State.AGENT: "ขณะนี้เรื่องนี้มีเจ้าหน้าที่ดูแลอยู่ จึงทำรายการนี้ไม่ได้",
    State.SURVEY: "เรื่องนี้จบและรอคะแนนจากลูกค้าอยู่ จึงทำรายการนี้ไม่ได้",
    State.CLOSED: "เรื่องนี้ปิดไปแล้ว จึงทำรายการนี้ไม่ได้",
}


def problem(error: DeskError) -> str:
    """Say in plain Thai what went wrong and what to do."""
    if isinstance(error, AlreadyTaken):
        return f"{error.details.get('agent') or 'เจ้าหน้าที่ท่านอื่น'} รับเรื่องนี้ไปแล้ว"
    if error.code == "illegal_transition":
        return WRONG_STATE.get(error.details.get("state", ""), "ทำรายการนี้กับเรื่องนี้ในตอนนี้ไม่ได้ โปรดดูสถานะล่าสุด")
    return str(error.details.get("thai") or PROBLEMS.get(error.code, "ทำรายการไม่สำเร็จ โปรดลองอีกครั้ง"))


def delivery_reason(message: Message) -> str:
    """Say why a message did not arrive, and what can be done about it."""
    code = message.delivery_reason or ""
    again = TRIED_AGAIN.get(message.delivery, "") if code in PASSING else ""
    return DELIVERY_REASONS.get(code, f"แพลตฟอร์มแจ้งว่า {code}") + again


def elsewhere(case: Case) -> str:
    """Say what to look at where the bot is silent because of somebody outside the desk; empty where it is not."""
    silent = case.state is State.QUEUED and case.handoff_reason is HandoffReason.ANSWERED_ELSEWHERE
    return ELSEWHERE.get(case.channel or "", "") if silent else ""


def author(message: Message) -> str:
    """Say who wrote a message: the desk's one word for the bot, whatever customers are told it is called."""
    return (message.name if message.author is not Author.BOT else None) or AUTHORS[message.author]


def excerpt(text: str) -> str:
    """Give the beginning of a message, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_EXCERPT else line[: LONGEST_EXCERPT - 1].rstrip() + "…"


def pieces(text: str) -> list[str]:
    """Cut a text around numbers with hyphens (LC-2569-000001, 02-507-7999): every second piece is one."""
    return NUMBER.split(text)


def place(case: Case) -> str:
    """Say where the case came in."""
    return CHANNELS.get(case.channel or "", case.channel or SERVICES[case.service])


def answer(question: str, value: str) -> str:
    """Say a readiness answer in words."""
    return ANSWERS.get((question, value)) or ANSWERS.get(value, value)


@cache
def levels() -> dict[str, str]:
    """Give the Thai names of the readiness levels (the rule file is read once)."""
    return {level.value: names["th"] for level, names in load_rules().titles.items()}


def topics() -> dict[str, str]:
    """Give the Thai names of the topics."""
    return summaries.TOPICS


def reason(code: str) -> str:
    """Say why a case needs a person."""
    return summaries.REASONS.get(code, code)


def brief_reason(code: str) -> str:
    """Say it in two or three words, for a list."""
    return BRIEF_REASONS.get(HandoffReason(code), code)


def intent(code: str) -> str:
    """Say what an intent means."""
    return intent_names().get(code, code)


def new_key() -> str:
    """Make the key under which a new draft is sent once."""
    return uuid.uuid4().hex


@dataclass(frozen=True, kw_only=True)
class ChannelNote:
    """What officers should know of a channel; ``bad``: it soon keeps messages from leaving; ``alert``: it does."""

    text: str
    bad: bool = False
    alert: bool = False


def trouble(status: ChannelStatus | None, now: datetime) -> str:
    """Say what keeps a channel from sending, since when, and what to do; empty where nothing does."""
    if status is None or status.trouble is None:
        return ""
    name = CHANNELS.get(status.channel, status.channel)
    since = f" (ตั้งแต่ {brief_moment(status.trouble_since, now)})" if status.trouble_since else ""
    why = TROUBLES.get(status.trouble) or DELIVERY_REASONS.get(status.trouble, status.trouble)
    return f"{name}{since}: {why}"


def alert_note(alert: ChannelAlert, now: datetime) -> ChannelNote:
    """Say what a platform says of our account, in its own words, too, and what to do."""
    name, code = CHANNELS.get(alert.channel, alert.channel), alert.code or ""
    quoted = f" (คำแจ้งของแพลตฟอร์ม: “{alert.words}”)" if alert.words else ""
    text = f"{name} ({brief_moment(alert.at, now)}): {ALERTS.get(code, code)}{quoted}"
    return ChannelNote(text=text, bad=code in MILD, alert=code not in MILD)


def channel_notes(
    statuses: Sequence[ChannelStatus], now: datetime, alerts: Sequence[ChannelAlert] = ()
) -> list[ChannelNote]:
    """Say what keeps channels from sending or hearing, or soon may, and how many messages of the month are left."""
    notes = [alert_note(alert, now) for alert in alerts]
    for status in statuses:
        name = CHANNELS.get(status.channel, status.channel)
        if text := trouble(status, now):
            notes.append(ChannelNote(text=text, alert=True))
        if status.deaf is not None and status.deaf_since is not None:
            since = f"ตั้งแต่ {brief_moment(status.deaf_since, now)}"
            notes.append(ChannelNote(text=f"{name}: {DEAF[status.deaf].format(since=since)}", alert=True))
        if status.quota_left is not None:
            text = f"{name}: โควตาข้อความเดือนนี้เหลือ {status.quota_left:,} จาก {status.quota_limit:,} (คำตอบที่ทันเวลาไม่นับ)"
            notes.append(ChannelNote(text=text, bad=status.saves(LOW_PERCENT)))
    return notes


def clock_time(at: datetime) -> str:
    """Write a time of day, such as 10.03 น."""
    return f"{at.astimezone(BANGKOK):%H.%M} น."


def moment(at: datetime) -> str:
    """Write date and time, such as 23 พ.ย. 2569 10.03 น."""
    return f"{thai_date(at.astimezone(BANGKOK).date())} {clock_time(at)}"


def short_day(day: date) -> str:
    """Write a day as it is typed, such as 1/11/2569."""
    return f"{day.day}/{day.month}/{day.year + BUDDHIST}"


def full_day(day: date) -> str:
    """Write a day in full, such as วันจันทร์ที่ 23 พฤศจิกายน 2569."""
    return f"{THAI_WEEKDAYS[day.weekday()]}ที่ {day.day} {FULL_MONTHS[day.month - 1]} {day.year + BUDDHIST}"


def brief_moment(at: datetime, now: datetime) -> str:
    """Write only the time for today, else also the date, and the year only if it is another one."""
    day, today = at.astimezone(BANGKOK).date(), now.astimezone(BANGKOK).date()
    if day == today:
        return clock_time(at)
    written = thai_date(day).rpartition(" ")[0] if day.year == today.year else thai_date(day)
    return f"{written} {clock_time(at)}"
