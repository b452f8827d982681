"""Another site that embeds the chat: a page of a department with a strict policy, on an origin of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PAGE = """<!doctype html>
<html lang="{language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>กรมตัวอย่าง</title>
</head>
<body>
  <main>
    <h1>กรมตัวอย่าง</h1>
    <p>หน้าเว็บของหน่วยงานที่ฝังแชตไว้ มีเนื้อหายาวพอให้เลื่อนได้</p>
    <p><a href="/second">หน้าถัดไป</a></p>
  </main>
  <script src="{desk}/chat/widget.js"></script>
</body>
</html>"""


class HostSite:
    """Serves one page under every path; ``desk`` is the origin that its policy allows, and nothing else."""

    def __init__(self, desk: str) -> None:
        self.desk = desk
        self.language = "th"
        self.address = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = PAGE.format(desk=self.desk, language=self.language).encode()
        policy = f"default-src 'none'; script-src {self.desk}; frame-src {self.desk}"
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
            f"Content-Security-Policy: {policy}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def hosting(desk: str) -> AsyncIterator[HostSite]:
    """A running site."""
    site = HostSite(desk)
    server = await asyncio.start_server(site.answer, "127.0.0.1", 0)
    site.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield site
