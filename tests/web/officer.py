"""An officer with a browser but without its script: pages are read, forms are posted as they stand in the page."""

import re
import uuid
from dataclasses import dataclass
from html.parser import HTMLParser

import httpx

from bot.domain.agent import Agent, Role
from bot.services import agents
from tests.served import PASSWORD, Web


@dataclass
class Officer:
    """A cookie jar of its own at the served desk."""

    http: httpx.AsyncClient
    agent: Agent

    @classmethod
    async def at(cls, web: Web, name: str = "สมศรี ใจดี", role: Role = Role.AGENT) -> "Officer":
        """Create an officer and sign in through the page's form."""
        email = f"{uuid.uuid4().hex[:8]}@example.com"
        async with web.desk.uow() as uow:
            agent = await agents.create(uow, email=email, name=name, role=role, password=PASSWORD)
            await uow.commit()
        officer = cls(await web.browser(), agent)
        response = await officer.sign_in(email, PASSWORD)
        assert response.status_code == 303, response.text
        return officer

    async def sign_in(self, email: str, password: str) -> httpx.Response:
        """Sign in by the page's form, as if for the first time."""
        self.http.cookies.clear()
        page = await self.http.get("/desk/sign-in")
        data = {"form_token": token_of(page.text), "email": email, "password": password, "next": "/desk"}
        return await self.http.post("/desk/sign-in", data=data)

    async def page(self, path: str) -> str:
        response = await self.http.get(path)
        assert response.status_code == 200, response.text
        return response.text

    async def post(self, path: str, *, live: bool = False, **fields: str | int) -> httpx.Response:
        """Post a form with the secret of this session."""
        token = token_of(await self.page("/desk"))
        headers = {"X-Desk": "live"} if live else {}
        return await self.http.post(path, data={"form_token": token, **fields}, headers=headers)

    async def send_file(self, case_id: int, name: str, data: bytes, **fields: str | int) -> httpx.Response:
        """Post the reply's form with a file, as a browser does."""
        token = token_of(await self.page("/desk"))
        form = {"form_token": token, **{field: str(value) for field, value in fields.items()}}
        return await self.http.post(f"/desk/cases/{case_id}/reply", data=form, files={"file": (name, data)})

    async def do(self, case_id: int, action: str, **fields: str | int) -> str:
        """Press a button of a case, and give the page that comes after it."""
        response = await self.post(f"/desk/cases/{case_id}/{action}", **fields)
        assert response.status_code == 303, text_of(response.text)
        return await self.page(response.headers["location"])


def token_of(page: str) -> str:
    """The secret in a page's forms."""
    found = re.search(r'name="form_token" value="([0-9a-f]{64})"', page)
    assert found, page
    return found[1]


def text_of(page: str) -> str:
    """What a page says, with single spaces."""

    class Reader(HTMLParser):
        words: list[str] = []

        def handle_data(self, data: str) -> None:
            self.words.append(data)

    reader = Reader()
    reader.words = []
    reader.feed(page)
    return " ".join(" ".join(reader.words).split())
