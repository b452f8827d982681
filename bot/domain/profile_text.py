"""Finding an e-mail address or a telephone number in what a customer wrote."""

import re
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from bot.domain.thai import normalise

EMAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}", re.IGNORECASE)
REGION = "TH"
TELLING = 3  # characters; a shorter detail could be part of any word
ENDS = r"(?=\s|$|ค่ะ|คะ|ครับ|คับ|นะ|โทร|เบอร์|อีเมล|บริษัท|หจก|,)"
NAMED = {
    "name": re.compile(r"(?:^|\s)(?:(?:ผม|ดิฉัน|หนู)?ชื่อ|my name is)\s*([^\W\d]\S{1,40}?)" + ENDS),
    "company": re.compile(r"((?:บริษัท|บจก\.?|หจก\.?)\s*[^\W\d]\S{1,60}?)" + ENDS),
}


@dataclass(frozen=True, kw_only=True)
class Found:
    """Contact details in a text, and what else the text says."""

    email: str | None
    phone: str | None
    rest: str
    named: dict[str, str]  # name and company, where the text gives them beside e-mail or telephone

    @property
    def fields(self) -> dict[str, str]:
        """The details as profile fields."""
        direct = {name: value for name, value in (("email", self.email), ("phone", self.phone)) if value}
        return {**direct, **self.named} if direct else {}


def find_details(text: str) -> Found:
    """Find the first valid e-mail address and telephone number (E.164); what is not valid is no detail."""
    plain = normalise(text)
    email, rest = None, plain
    for match in EMAIL.finditer(plain):
        try:
            email = validate_email(match[0], check_deliverability=False).normalized
        except EmailNotValidError:
            continue
        rest = rest.replace(match[0], " ")
        break
    phone = None
    for number in phonenumbers.PhoneNumberMatcher(rest, REGION, leniency=phonenumbers.Leniency.VALID):
        phone = phonenumbers.format_number(number.number, phonenumbers.PhoneNumberFormat.E164)
        rest = rest[: number.start] + rest[number.end :]
        break
    named = {name: given[1] for name, pattern in NAMED.items() if (given := pattern.search(rest))}
    return Found(email=email, phone=phone, rest=rest.strip(), named=named)


def tells(text: str, detail: str) -> bool:
    """Tell whether a detail on file stands in a text, word for word or in the form that it is filed in."""
    found = find_details(text)
    if detail in (found.email, found.phone, *found.named.values()):
        return True
    return len(detail.strip()) >= TELLING and normalise(detail) in normalise(text)


def check_phone(text: str) -> str | None:
    """Give a telephone number as E.164, or None when it is none."""
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    valid = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if valid else None
