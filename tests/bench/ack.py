"""How fast a webhook is acknowledged: ``python -m tests.bench.ack URL SECRET --rate 100`` prints one line of JSON.

Open loop: each request leaves at its time on the schedule, whether or not those before it were answered, and its time
runs from the schedule on, so that a slow server can't hide behind waiting. What the generator itself was late is told
apart. Each request is one LINE text event, signed, from one of 200 customers.
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import sys
import time
import uuid
from itertools import cycle, islice

import aiohttp
import uvloop

from tests.bench.questions import all_questions

CUSTOMERS = 200
PATIENCE = aiohttp.ClientTimeout(total=60)


def webhook(customer: int, question: str) -> bytes:
    """One delivery of LINE's: https://developers.line.biz/en/reference/messaging-api/#wh-text"""
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": time.time_ns() // 1_000_000,
        "source": {"type": "user", "userId": f"U{customer:032x}"},
        "webhookEventId": uuid.uuid4().hex[:26].upper(),
        "deliveryContext": {"isRedelivery": False},
        "replyToken": uuid.uuid4().hex,
        "message": {"type": "text", "id": str(uuid.uuid4().int % 10**18), "text": question},
    }
    return json.dumps({"destination": "U" + "0" * 32, "events": [event]}, ensure_ascii=False).encode()


def signed(body: bytes, secret: str) -> dict[str, str]:
    signature = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
    return {"Content-Type": "application/json", "X-Line-Signature": signature}


async def send(
    http: aiohttp.ClientSession, chosen: argparse.Namespace, body: bytes, due: float
) -> tuple[float, float]:  # fmt: skip
    """Send one; give how late it left and when it was answered, both from its time on the schedule."""
    late = time.perf_counter() - due
    async with http.post(chosen.url, data=body, headers=signed(body, chosen.secret)) as response:
        await response.read()
        response.raise_for_status()
    return late, time.perf_counter() - due


async def fire(chosen: argparse.Namespace) -> dict[str, list[float]]:
    """Send at the rate for so many seconds."""
    count = int(chosen.rate * chosen.seconds)
    customers = cycle(range(CUSTOMERS))
    bodies = [webhook(next(customers), question) for question in islice(cycle(all_questions()), count)]
    tasks = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=PATIENCE) as http:
        start = time.perf_counter() + 0.1
        for number, body in enumerate(bodies):
            due = start + number / chosen.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(asyncio.create_task(send(http, chosen, body, due)))
        measured = await asyncio.gather(*tasks)
    return {"late": [late for late, _ in measured], "latencies": [took for _, took in measured]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("secret")
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=8.0)
    json.dump(uvloop.run(fire(parser.parse_args())), sys.stdout)


if __name__ == "__main__":
    main()
