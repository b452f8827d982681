"""The words by which customers answer the readiness questions, as patterns on normalised text (lower case).

Only data: ``readiness_text`` says how the patterns are used. A pattern for "no" is tried before the one for "yes", so
that "ยังไม่ได้จด" never also reads as "จด". Add a sentence to ``tests/unit/test_readiness.py`` with every pattern.
"""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


COUNTRY = (
    r"(?:ญี่ปุ่น|จีน|เกาหลี|ไต้หวัน|ฮ่องกง|สิงคโปร์|มาเล(?:เซีย|ย์)?|อินโด(?:นีเซีย)?|เวียดนาม|ลาว|กัมพูชา|เขมร|พม่า|เมียนมา"
    r"|ฟิลิปปินส์|บรูไน|อินเดีย|บังกลาเทศ|ปากีสถาน|ศรีลังกา|เนปาล|มัลดีฟส์|ดูไบ|ซาอุ\w*|ตะวันออกกลาง|กาตาร์|คูเวต|โอมาน|อิหร่าน"
    r"|ตุรกี|อิสราเอล|อียิปต์|แอฟริกา\w*|ไนจีเรีย|เคนยา|อเมริกา\w*|สหรัฐ\w*|แคนาดา|เม็กซิโก|บราซิล|ชิลี|เปรู|ออสเตรเลีย|นิวซีแลนด์"
    r"|ยุโรป|อียู|อังกฤษ|เยอรมัน\w*|ฝรั่งเศส|อิตาลี|สเปน|เนเธอร์แลนด์|ฮอลแลนด์|เบลเยียม|สวีเดน|เดนมาร์ก|นอร์เวย์|สวิส\w*|โปแลนด์"
    r"|รัสเซีย|คาซัค\w*|อาเซียน|เพื่อนบ้าน|clmv"
    r"|\b(?:japan|china|korea|taiwan|hong kong|singapore|malaysia|indonesia|vietnam|laos|cambodia|myanmar|philippines"
    r"|india|dubai|uae|saudi arabia|middle east|africa|usa|america|canada|mexico|brazil|australia|new zealand"
    r"|europe|eu|uk|england|germany|france|italy|spain|netherlands|russia|asean)\b)"
)
_ABROAD = rf"(?:ต่างประเทศ|ต่างชาติ|ต่างแดน|เมืองนอก|ตปท\.?|นอก|{COUNTRY})"
_SEND = (
    rf"(?:ส่งออก|ส่ง(?:ของ|สินค้า|ขาย)?(?:ออก)?ไป(?:ขาย|ให้)?(?:ที่|ลูกค้า)*\s?{_ABROAD}|ส่ง\s?{_ABROAD}"
    rf"|ขาย(?:ของ|สินค้า)?(?:ไป|ให้|ใน)?(?:ที่|ลูกค้า|ประเทศ)*\s?{_ABROAD}|export\w*)"
)
_NOT = r"(?:ยัง)?(?:ไม่|มิ)(?:เคย|ได้|มี|ทัน|คิดจะ|ค่อย)*"
_SOON = r"(?:กำลัง(?:จะ)?|อยู่ระหว่าง(?:การ)?|เตรียม(?:ตัว)?(?:จะ)?|รอ|วางแผน(?:จะ)?|คิดจะ|ตั้งใจ(?:จะ)?|ว่าจะ|เดี๋ยว(?:จะ)?|กะจะ)"
_FEW = r"สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า"
_YEARS = rf"(?:[2-9]|\d\d|{_FEW}|สิบ\S?|หลาย)\s?(?:-\s?\d+\s?)?ปี"
_MONTHS_AGO = rf"(?:[1-9]|1[0-2]|{_FEW}|สองสาม|ไม่กี่)\s?เดือน(?:ที่แล้ว|ก่อน|มานี้)"

# Things that can be registered but are no business: "จด vat แล้ว" says nothing about the company.
OTHER_REGISTRATION = _any(
    r"จด(?:ทะเบียน)?(?:ผู้)?\s?(?:vat|แวต|แวท|ภ\.?พ|ภาษี|เครื่องหมาย|ลิขสิทธิ์|สิทธิบัตร|อย|โดเมน|แบรนด์|โลโก้)",
    r"จด(?:ทะเบียน)?(?:ผู้)?\s?(?:ส่งออก|ศุลกากร|e-?customs|สมาชิก)",
    r"\b(?:vat|trademark|patent|customs)[- ]registered",
    r"registered (?:for|the|a|our)? ?(?:vat|trademark|patent|brand|domain)",
)
SOMEBODY_ELSE = _any(
    r"^(?:เพื่อน|ลูกค้า|คู่แข่ง|คู่ค้า|เขา|ญาติ|พี่สาว|น้องชาย)",
    r"^(?:my )?(?:friend|customer|competitor|they)\b",
)

REGISTERED_NO = _any(
    rf"{_NOT}(?:ไป|ทำการ|ดำเนินการ|ยื่น)*จด(?!จำ|หมาย)",
    rf"{_NOT}(?:ไป)?(?:เปิด|ตั้ง)(?:เป็น)?(?:บริษัท|กิจการ)",
    r"ไม่(?:ได้)?(?:เป็น|ใช่)(?:บริษัท|นิติบุคคล)",
    r"ไม่(?:ได้)?มี(?:บริษัท|นิติบุคคล|ทะเบียน(?:พาณิชย์|การค้า|บริษัท)?|ธุรกิจ|กิจการ|หจก|บจก)",
    rf"{_SOON}(?:ไป|ดำเนินการ|ขอ|ยื่น|เรื่อง)*(?:จด(?!จำ)|(?:เปิด|ตั้ง)บริษัท)",
    r"บุคคลธรรมดา",
    r"(?:\b(?:not|never)|n't) (?:yet |been )*(?:registered|incorporated|register)\b|\bunregistered\b",
    r"(?:\b(?:no|not a|without a|not have a)|n't have a) (?:registered )?company\b",
)
REGISTERED_YES = _any(
    r"จด(?:ทะเบียน)?[^ไ]{0,24}?(?:แล้ว|เรียบร้อย|เสร็จ|ตั้งแต่|มา(?:แล้ว|ได้)?\s?\d|มานาน|ไว้|เมื่อ)",
    r"จด(?:ทะเบียน)?เป็น\s?(?:บริษัท|นิติบุคคล|หจก|บจก|ห้าง|วิสาหกิจ|ร้านค้า)",
    r"(?:เพิ่ง|พึ่ง)(?:จะ|ไป)?(?:จด|เปิดบริษัท|ตั้งบริษัท)",
    r"(?:เปิด|ตั้ง|ก่อตั้ง)บริษัท(?:มา|แล้ว|ได้|ตั้งแต่|เมื่อ|อยู่)",
    r"มีทะเบียน(?:พาณิชย์|การค้า|บริษัท)",
    r"มี(?:บริษัท|หจก\.?|บจก\.?)(?:$|แล้ว|อยู่|เอง|ของ|เป็น|จด|จำกัด|ชื่อ|และ|กับ|ครับ|ค่ะ|แต่|มา)",
    r"(?<!ต้อง)(?<!อยาก)(?<!จะ)(?:เป็น|ในนาม|ในรูป)(?:บริษัท|นิติบุคคล|หจก|บจก|ห้างหุ้นส่วน|วิสาหกิจชุมชน|สหกรณ์)",
    r"\b(?:is|are|'re|am|'m|already|fully|have|we|i) (?:already |fully |now )?registered\b",
    r"\bregistered (?:company|business|already|since|in|last|our|my)\b|\bincorporated\b",
    r"\b(?:have|own|run) (?:a|our own|my own|our) (?:registered )?company\b",
)


EXPORTED_NO = _any(
    rf"{_NOT}(?:เริ่ม|ทำ|ประวัติ|ประสบการณ์|ยอด|ลอง|การ|ของ|สินค้า|เคย)*\s?{_SEND}",
    r"ไม่เคย(?:ได้)?(?:ส่ง|ขาย)",
    r"ขาย(?:แต่|แค่|เฉพาะ)?ใน(?:ไทย|ประเทศ)|ขาย(?:แต่|แค่|เฉพาะ)(?:ไทย|ประเทศ)",
    r"(?:\b(?:not|never)|n't) (?:yet |ever |have |had )*export\w*|\bno export\b",
    r"\b(?:only sell|sell only) in thailand\b",
)
_NOT_A_WISH = r"(?<!อยาก)(?<!จะ)(?<!พร้อม)(?<!เริ่ม)(?<!การ)(?<!ให้)(?<!สนใจ)(?<!คิด)"
_DID = r"(?:อยู่|ไปแล้ว|แล้ว(?!ต้อง|จะ)|มาตลอด|มา\s?\S{1,4}\s?ปี|มาหลายปี|ประจำ|เป็นประจำ|ตลอด|ทุก|ต่อเนื่อง|เมื่อ(?!ไ)|ครั้ง|รอบ|ตู้)"
EXPORTED_YES = _any(
    rf"เคย(?:ทำ|ได้|มี|ลอง|ไป|ของ|สินค้า|ยอด)*\s?{_SEND}",
    r"(?<!ไม่)เคย(?:ส่ง(?!ตัวอย่าง|อีเมล|เมล|เอกสาร|ข้อความ)|ขายให้ฝรั่ง|export)",
    rf"{_NOT_A_WISH}{_SEND}\S{{0,20}}?{_DID}",
    rf"(?:ปีนี้|เดือนที่แล้ว|เดือนนี้|เพิ่ง|พึ่ง|ล่าสุด)(?:จะ|ได้|ก็)?{_SEND}",
    r"มี(?:ยอด|ประวัติ|ประสบการณ์)(?:การ)?ส่งออก(?!ไม่)",
    r"จริง(?:ๆ)?(?:แล้ว)?\s?(?:ก็)?เคย",
    r"(?<!อยาก)(?<!จะ)(?<!การ)เป็นผู้ส่งออก(?:อยู่|มา|แล้ว)",
    r"\b(?:we|i|company) (?:already |currently |now |do |also |regularly )*export(?:ed|s)?\b",
    r"\b(?:have|has|had|'ve) (?:already |ever |also )*(?:exported|shipped)\b|\bbeen exporting\b|\balready export",
    r"\bexported (?:before|to|once|twice|already|last)\b|\bexporting (?:already|to)\b",
    r"\bshipped (?:to|abroad|overseas)\b",
)
SENT = re.compile(r"ส่ง|ขาย|export|ship")  # exporting may be what the clause is about
# Only while the question about exporting waits for its answer.
ASKED_EXPORTED_NO = re.compile(r"ไม่(?:ได้|เคย)?(?:ส่ง|ขาย)")
ASKED_EXPORTED_YES = re.compile(r"^(?:ก็)?(?:เคย(?!ไป|โทร|ดู|ศึกษา|คิด|ถาม)|มีส่ง|ส่ง(?:แล้ว|อยู่|ประจำ|ไป|เป็นประจำ|ตลอด|ทุก))")

_PROOF = r"(?:ใบขน\S{0,14}|b\s?/\s?l\b|บีแอล|bill of lading|l\s?/\s?c\b|แอลซี)"
_LOOSE_PROOF = r"(?:หลักฐาน|เอกสาร|ใบเสร็จ|ใบกำกับ|อินวอยซ์?|invoice|receipt|proof|documents?|declaration)"
PROOF_NO = _any(
    rf"(?:ไม่|ไม่ค่อย)(?:มี|ได้เก็บ|ได้ขอ|ได้ทำ|เหลือ|เก็บ|เจอ)\S{{0,12}}?\s?(?:{_PROOF}|{_LOOSE_PROOF})",
    r"(?:หลักฐาน|เอกสาร|ใบขน)(?:ก็)?(?:หาย|ไม่มี|ไม่ครบ|ไม่ได้เก็บ)",
    r"(?:\b(?:no|without|not have|lost)|n't have) (?:any )?(?:the |any |our )?(?:proof|documents?|papers|receipts?)\b",
)
PROOF_YES = _any(  # papers that only an exporter has
    rf"(?:มี|เก็บ|แนบ|ได้)\S{{0,10}}?\s?{_PROOF}",
    rf"\b(?:have|with|has) (?:the |a |an )?(?:{_PROOF}|export declaration)",
)
LOOSE_PROOF_YES = _any(  # papers that prove something only where exporting is being talked about
    rf"(?:มี|เก็บ|พร้อม)\S{{0,8}}?\s?{_LOOSE_PROOF}",
    rf"\b(?:have|with|has) (?:the |a |an |all |our |export )*{_LOOSE_PROOF}",
)

_OF_LATE = r"(?:ปีนี้|ช่วงนี้|ช่วงหลัง|ระยะหลัง|หลังๆ|ตอนนี้|12 เดือน(?:ที่ผ่านมา|นี้|หลัง)?|ปีที่ผ่านมา)"
RECENT_NO = _any(
    rf"ไม่ได้(?:ส่ง|ขาย|export)\S{{0,12}}?\s?(?:มา|ไป)?(?:แล้ว|นาน|\s?{_YEARS}|เป็นปี|ปีกว่า)",
    rf"{_OF_LATE}\S{{0,4}}?\s?(?:ยัง)?ไม่(?:ได้|มี|ค่อย)*\s?(?:ส่ง|ขาย|export|การส่ง|ยอด|ออเดอร์)\S*",
    r"ไม่(?:ได้|มี|เคย)*\s?(?:ส่ง|ขาย|export)\S*\s?(?:ปีนี้|ช่วงนี้)|ปีนี้(?:ก็)?ยัง(?:ไม่|เลย|$)",
    r"(?:หยุด|เลิก|พัก)(?:ส่ง|ทำส่งออก|export)\S*",
    rf"{_YEARS}\S{{0,4}}?(?:ที่แล้ว|ก่อน)|ตั้งแต่{_YEARS}",
    r"(?:นานแล้ว|นานมาก|นานละ|หลายปีแล้ว|ก่อนโควิด|ช่วงโควิด)",
    r"\b(?:[2-9]|\d\d|two|three|four|five|six|ten|several|many|some)? ?years ago\b",
    r"\blong (?:time )?ago\b|\bbefore covid\b|\b(?:stopped|quit) export\w*|\bno longer export\w*",
    r"\bnot export\w* (?:any ?more|since|for|this year|in)\b",
)
STILL_EXPORTED = _any(  # not lately, but once
    r"ไม่ได้(?:ส่ง|export)\S{0,12}?\s?มา",
    r"(?:หยุด|เลิก|พัก)(?:ส่ง|ทำส่งออก|export)",
    r"stopped export|no longer export",
)
RECENT_YES = _any(
    r"(?:เดือน|อาทิตย์|สัปดาห์)(?:ที่แล้ว|ก่อน|นี้)|เมื่อวาน|ปีนี้|ต้นปี",
    rf"{_MONTHS_AGO}|(?:12 เดือน|ปี)ที่ผ่านมา(?:มี|ก็มี|ส่ง)",
    r"(?:เพิ่ง|พึ่ง)(?:จะ)?(?:ส่ง|ขาย|export)|ล่าสุดเดือน",
    r"ทุก(?:ๆ)?\s?(?:เดือน|อาทิตย์|สัปดาห์|ไตรมาส|ปี|วัน)|ประจำ|ต่อเนื่อง|ตลอด|เรื่อยๆ|เดือนละ|ปีละ",
    r"(?:ส่งออก|ส่ง|export)อยู่|ส่งออกมา(?:ได้)?\s?\S{1,4}\s?ปี",
    r"\b(?:last|this) (?:month|week|quarter)\b|\bthis year\b|\b(?:every|each) (?:month|week|year|quarter)\b",
    r"\b(?:[1-9]|1[0-2]|two|three|a few|few|several|six) months? ago\b|\bwithin the (?:last|past) (?:year|12 months)\b",
    r"\b(?:regularly|currently|recently|monthly)\b",
)

_OWN = (
    r"(?:เอง|ตัวเอง|ตนเอง|ของ(?:ตัว|ตน)?เอง|ของ(?:เรา|ผม|หนู|ดิฉัน|บริษัท)|เป็นของ|แล้ว|อยู่|พร้อม|เล็ก|ผลิต|ชื่อ"
    r"|$|ครับ|ค่ะ|ด้วย|และ|กับ|จด|\s)"
)
PRODUCT_NO = _any(
    r"(?:ยัง)?ไม่(?:ได้)?มี(?:สินค้า|แบรนด์|ยี่ห้อ|โรงงาน|ผลิตภัณฑ์|\s?brand|\s?factory|\s?product)(?:เป็น)?(?:ของ)?(?:ตัว)?(?:เอง)?",
    r"(?:ยัง)?ไม่(?:ได้)?มีของ(?:ขาย|เป็น|ตัวเอง)",
    r"ไม่ได้(?:ผลิต|ทำ)(?:สินค้า|ของ)?(?:ขึ้น)?เอง|ซื้อมาขายไป|รับ(?:ของ|สินค้า)?มาขาย",
    r"(?:เป็น|แค่)\s?(?:เทรดเดอร์|นายหน้า|คนกลาง|trader)",
    r"(?:\b(?:no|not have)|n't have) (?:an? |our |any |my )?(?:own )?(?:product|brand|factory)\b",
    r"\b(?:a|just|only) (?:trader|trading company|middleman)\b|\bnot (?:a )?(?:manufacturer|producer)\b",
)
PRODUCT_YES = _any(
    rf"มี(?:ทั้ง)?(?:สินค้า|แบรนด์|ยี่ห้อ|โรงงาน|ผลิตภัณฑ์|brand|factory)(?:ขนาด|ที่)?{_OWN}",
    r"มี(?:สินค้า|แบรนด์|ยี่ห้อ|โรงงาน)\S{1,24}?(?:ของ(?:ตัว|ตน)?เอง|เป็นของ)",
    r"(?:สินค้า|แบรนด์|ยี่ห้อ|โรงงาน|brand)(?:เป็น)?(?:ของ)?(?:ตัวเอง|ตนเอง|เรา(?!ยัง)|ผม(?!ยัง)|เอง)",
    r"(?:ผลิต|ปลูก|แปรรูป|ออกแบบ|ทำ)(?:ขึ้น|สินค้า|ของ)?(?:ขาย)?เอง",
    r"(?<!หา)(?<!จ้าง)(?:เป็น|เรา|ผม)(?:เป็น)?(?:ผู้ผลิต|โรงงาน(?:ผลิต)?|เจ้าของ(?:แบรนด์|สินค้า|โรงงาน))",
    r"\b(?:our|my|own|have a|have an) (?:own )?(?:product|brand|factory)s?\b",
    r"\b(?:we|i) (?:are|am) (?:a |the )?(?:manufacturer|producer)|\b(?:we|i) (?:make|produce|manufacture)\b",
)

_CUSTOMER = r"(?:ลูกค้า|ผู้ซื้อ|ผู้นำเข้า|คู่ค้า|buyer|ออเดอร์|order)"
_PLANS = r"(?:อยาก|จะ|ตั้งใจ(?:จะ)?|สนใจ|วางแผน(?:จะ)?)"
MARKET_NO = _any(
    rf"(?:ยัง)?ไม่(?:ได้)?(?:มี|เจอ)(?:ตลาด|{_CUSTOMER}|ประเทศ|เป้าหมาย)",
    r"ไม่(?:รู้|ทราบ|แน่ใจ|ชัดเจน|ตัดสินใจ|ได้(?:คิด|เลือก|ตัดสินใจ|กำหนด|เล็ง|หา))\S{0,14}?(?:ประเทศ|ตลาด|ไหน|ใคร|ลูกค้า)",
    r"ยังหา(?:ลูกค้า|ตลาด|ผู้ซื้อ)?ไม่(?:ได้|เจอ)|หา(?:ลูกค้า|ตลาด|ผู้ซื้อ|ผู้นำเข้า)อยู่|อยากหา(?:ลูกค้า|ตลาด|ผู้ซื้อ)",
    r"(?:\b(?:no|not have|without)|n't have) (?:a |any )?(?:target )?(?:market|buyer|customer|importer)s?\b",
    r"\blooking for (?:a |an )?(?:buyer|importer|customer)s?\b|\bnot sure (?:which|where)\b",
)
MARKET_YES = _any(
    rf"มี(?:{_CUSTOMER}|คนสั่ง|คนซื้อ|ตัวแทน)\S{{0,6}}?\s?(?:แล้ว|อยู่|รอ|ที่|ใน|จาก|ติดต่อ|{_ABROAD}|สนใจ|สั่ง)",
    r"มี(?:ตลาด|กลุ่ม|ประเทศ)?เป้าหมาย|(?:ตลาด|ประเทศ)(?:ที่)?เป้าหมาย(?:คือ|เป็น)|มีตลาด(?:แล้ว|ใน|ที่|รอ|อยู่)",
    rf"(?:{_PLANS}|เล็ง|มอง|เน้น)(?:ส่งออก|ส่ง|ขาย|ทำ|เจาะ|ลุย)?(?:ของ|สินค้า)?(?:ไป)?(?:ขาย)?"
    rf"(?:ที่|ใน|ตลาด|ประเทศ|ลูกค้า|ออก|ทาง|แถบ|ไว้)*\s?{COUNTRY}",
    rf"{_PLANS}(?:ส่งออก|ส่ง|ขาย)\S{{0,16}}?(?:ไป|ที่|ให้)\s?{COUNTRY}",
    r"\b(?:have|got|has) (?:a |an |some |already )*(?:buyer|customer|importer|distributor|order|target market)s?\b",
    rf"\b(?:target|targeting|(?:want|plan) to (?:sell|export) to|interested in|our market is)\s?{COUNTRY}",
)

# Short answers, read only while their question (the key) waits for one. Exporting has its own above.
ASKED_YES = {
    "registered": _any(r"^(?:ก็)?(?:จด(?!ไม่|ที่)|บริษัท|หจก|บจก|ห้างหุ้นส่วน|นิติบุคคล|ทะเบียนพาณิชย์)"),
    "exported_recently": _any(r"^(?:ก็)?(?:มี|ส่ง(?:ไป|อยู่|ออก))(?!.*ไม่)", r"ปี(?:ที่แล้ว|ก่อน|กลาย)", r"\blast year\b"),
    "product": _any(r"^(?:ก็)?(?:ทำ|ผลิต|ปลูก|แปรรูป|โรงงาน|แบรนด์|มี(?!คำถาม|เรื่อง|ปัญหา|ลูกค้า|บริษัท|แต่))"),
    "market": _any(COUNTRY),
}
ASKED_NO = {
    "exported_recently": _any(r"ไม่(?:ได้|เคย|มีการ|มียอด|มี)*\s?(?:ส่ง|ขาย|export)"),
    "market": _any(r"^(?:ยัง)?ไม่(?:รู้|ทราบ|แน่ใจ|ได้คิด|ได้เลือก)|^not sure|^don't know"),
}

SKIP = _any(
    r"ข้าม|ขอผ่าน|ผ่านข้อ|ไม่(?:อยาก|สะดวก|ขอ|ประสงค์|พร้อม)(?:จะ)?(?:ตอบ|บอก|ให้|เปิดเผย)|ไม่(?:ตอบ|บอก)(?!โจทย์)",
    r"\bskip\b|\brather not\b|\bprefer not\b|\bnot answer\b",
)
POLITE = re.compile(
    r"(?:นะ|น่ะ|น้า|อะ|อ่ะ|จ้า|จ้ะ|จ๊ะ|ค่ะ|คะ|ค่า|ครับผม|ครับ|คับ|ฮะ|เลย|หรอก|แอด(?:มิน)?|พี่|ๆ|เด้อ|สิ|ซิ|แหละ|\s|[.!,~])+$"
)
OPENING = re.compile(r"^(?:อ๋อ|อ้อ|เอ่อ|อืม+|อ่า|ก็|คือ|ตอนนี้|จริงๆ|จริง|well|um)\s?(?:แล้ว)?")
YES_OR_NO_FIRST = re.compile(r"^(yes|yeah|yep|no|nope)\b")
ABBREVIATION = re.compile(r"\s+(?=(?:หจก|บจก|บมจ)\b)")
PAUSE = re.compile(r"(?<=เคย)\s+(?=ส่ง|ขาย)")  # "ยังไม่เคย ส่งออก" is one clause
BARE_YES = frozenset(
    "ใช่ ใช่แล้ว มี มีแล้ว มีอยู่ มีครบ เคย เคยแล้ว แล้ว เรียบร้อย เรียบร้อยแล้ว จดแล้ว จด ถูก ถูกต้อง ถูกต้องแล้ว ส่ง ส่งอยู่"
    " ใช่มี ใช่เคย yes yep yeah y yup already".split()
) | {"i do", "we do", "i have", "we have"}
BARE_NO = frozenset(
    "ไม่ ไม่มี ไม่เคย ไม่ใช่ ไม่ได้ ยัง ยังไม่ ยังไม่มี ยังไม่เคย ยังไม่ได้ เปล่า ป่าว ไม่มีแล้ว ยังเหมือนกัน no nope never none".split()
) | {"not yet", "not really", "i don't", "we don't", "i haven't", "we haven't"}
ASKED_WHETHER_YET = frozenset({"registered", "market"})  # their questions end in "…แล้วหรือยังคะ"
# Before something that is wanted, these turn the question down; "ไม่มีค่ะ อยากได้ลูกค้า" and "ยังค่ะ" still answer it.
TURNS_DOWN = frozenset("ไม่ ไม่ใช่ เปล่า ป่าว no nope".split())
WANTS = _any(
    r"อยาก|ต้องการ|สนใจ|ขอ(?!ง|บคุณ|บใจ|โทษ|อภัย)|รบกวน|ช่วย|ถาม|คุย|ปรึกษา|(?:จะ|มา|กำลัง|^)หา(?!ย)|เรื่องอื่น|เรื่องราคา",
    r"\b(?:want|need|looking for|would like|i'd like|ask|asking|talk|find|interested)\b",
)

QUESTION_MARK = _any(
    r"\?|ไหม|มั้ย|มัย|ม๊ย|มั๊ย|หรือเปล่า|รึเปล่า|หรือป่าว|รึป่าว|(?:ปะ|ป่ะ|ป่าว|ปล่าว|เปล่า)$|หรือยัง|รึยัง|ใช่ปะ",
    r"ยังไง|อย่างไร|ไง$|ทำไง|อะไร|ที่ไหน|ตรงไหน|กี่|เท่าไ|เมื่อไ|ใคร(?!่)|ทำไม|ไหน|ได้บ้าง|ไรบ้าง|ไรมั่ง|ล่ะ$",
    r"อยากรู้|อยากทราบ|อยากถาม|ขอถาม|สอบถาม|ขอทราบ|แนะนำ|ช่วย(?:หา|ดู|บอก|เช็ค)",
    r"(?:ขอ|อยากได้)(?:รายละเอียด|ข้อมูล|รายชื่อ|ลิสต์|เบอร์|ลิงก์|ลิงค์|ตัวอย่าง|สถิติ|form|ฟอร์ม|เว็บ)",
    r"^(?:how|what|where|when|which|who|why|can|could|do|does|did|should|is|are|must|may|will)\b",
    r"\b(?:do i need|tell me|want to know|how to|can i|should i|give me|show me|send me)\b",
)
INDEFINITE = _any(  # question words that ask nothing: "ไม่มีอะไรเลย", "ที่ไหนก็ได้"
    r"ไม่(?:(?!ต้อง|ควร|ทำยัง|ใช้|ขอ|เริ่ม|\s).){0,22}?(?:อะไร|ที่ไหน|ประเทศไหน|ไหน|ใคร|ยังไง)(?:เลย|ดี|ทั้งนั้น|อะไร)?",
    r"(?:ที่ไหน|อะไร|ไหน|ใคร)ก็ได้",
)
CONDITION = _any(
    r"ถ้า|หาก|กรณี|สมมติ|เผื่อ",
    r"(?:ที่|เมื่อกี้|ตะกี้|ก่อนหน้านี้)(?:บอก|ตอบ)(?:ไป)?ว่า",  # what was said before, about to be corrected
    r"\b(?:if|unless|suppose)\b",
)
TAIL_OF_A_QUESTION = re.compile(r"^(?:แล้ว)?(?:ไหม|มั้ย|หรือ|รึ|ปะ|ป่ะ|ป่าว|(?:ได้|ใช่)(?:ไหม|มั้ย|รึ|หรือ|ปะ))")
