"""``make bench``: prints this machine's figures and what was aimed at; writes nothing. About ten minutes in all.

``PARTS`` names those wanted: ``make bench PARTS="throughput acknowledgement"``.

Where two things are compared they take turns within one run, so that neither has the quieter machine.
"""

import os
import signal
import statistics
import sys
import tempfile
from pathlib import Path

import psutil

from tests.bench import machine
from tests.bench.figures import Latencies, aim, heading, row, write
from tests.bench.stage import LINE_SECRET, Stage

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
WAITING = "select count(*) from inbound_events where state in ('new', 'asking')"
ROUNDS = 3
CROWDS = (8, 32)


def main() -> None:
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        sys.exit(f"There is no part {' or '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # an interrupted run ends what it started, too
    os.environ.update(ONE_THREAD)
    with tempfile.TemporaryDirectory(prefix="desk-bench-", ignore_cleanup_errors=True) as folder:
        write("Benchmarks of the desk: starting it twice, and stock Rasa beside it …")
        with Stage(Path(folder)) as stage:
            machine.describe(stage.postgres_version())
            for name in (part for part in PARTS if part in wanted):  # the last leaves the bot work for minutes
                PARTS[name](stage)


def start_times(stage: Stage) -> None:
    heading("Time to ready")
    row("first start (makes the database, trains if no model is cached)", f"{stage.started[0]:.1f} s  (n=1)")
    row("second start", f"{stage.started[1]:.1f} s  (n=1)")


def rasa_alone(stage: Stage) -> None:
    heading("Rasa's REST channel alone, one customer at a time, SQL tracker in PostgreSQL")
    targets = {"stock rasa run": stage.stock_url, "the desk's Rasa (two caches)": stage.rasa_url}
    taken = {name: list[float]() for name in targets}
    for turn in range(ROUNDS):
        for name, url in targets.items():
            run = stage.load("customers", "rasa", url, "--seconds", 6, "--skip", turn * 25)
            taken[name] += run["latencies"]
    for name, latencies in taken.items():
        row(name, Latencies.of(latencies))


def answers(stage: Stage) -> None:
    heading(
        "An answer end to end: the customer's POST to the committed answer read from the page's stream, one at a time"
    )
    run = stage.load("customers", "chat", stage.desk.address, "--seconds", 25)
    latencies = Latencies.of(run["latencies"])
    row("web chat", latencies)
    aim("p95 <= 150 ms", met=latencies.p95 <= 150)


def throughput(stage: Stage) -> None:
    heading(
        "Bot messages a second: greetings and answers, closed loop (each customer waits, then asks the next question)"
    )
    targets = {
        "stock rasa run, REST": ("rasa", stage.stock_url),
        "the desk's Rasa, REST": ("rasa", stage.rasa_url),
        "the desk, web chat to committed answer": ("chat", stage.desk.address),
    }
    for customers in CROWDS:
        write(f"{customers} customers:")
        rates, answers = crowd(stage, targets, customers)
        stock, _, desk = (statistics.fmean(rates[name]) for name in targets)
        stock_answers, _, desk_answers = (statistics.fmean(answers[name]) for name in targets)
        ratios = f"{desk / stock:.2f} x, {desk_answers / stock_answers:.2f} x in answers alone"
        aim(f">= 3 x stock; the desk has {ratios} (its greetings are not asked of Rasa)", met=desk >= 3 * stock)


def crowd(
    stage: Stage, targets: dict[str, tuple[str, str]], customers: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Let them take turns; print each one's mean rate over the rounds, and the rounds.

    Give the rates of all messages, and of answers alone.
    """
    rates = {name: list[float]() for name in targets}
    answers = {name: list[float]() for name in targets}
    for turn in range(ROUNDS):
        for name, (kind, url) in targets.items():
            run = stage.load("customers", kind, url, "--customers", customers, "--seconds", 8, "--skip", turn * 40)
            answers[name].append(len(run["latencies"]) / run["seconds"])
            rates[name].append((len(run["latencies"]) + run["greetings"]) / run["seconds"])
    for name, found in rates.items():
        rounds = " ".join(f"{rate:.1f}" for rate in found)
        answered = statistics.fmean(answers[name])
        row(
            f"  {name}",
            f"{statistics.fmean(found):.1f} messages/s, {answered:.1f} of them answers  (rounds of 8 s: {rounds})",
        )
    return rates, answers


def processor_time(stage: Stage) -> None:
    heading(
        "Processor time for one bot message of the web chat (greetings included), 8 customers: what limits full cores"
    )
    before = machine.processor_seconds(stage.desk.pids())
    run = stage.load("customers", "chat", stage.desk.address, "--customers", 8, "--seconds", 15, "--skip", 200)
    after = machine.processor_seconds(stage.desk.pids())
    spent = {name: after[name] - before[name] for name in after} | {"load generator": run["cpu"]}
    for name, seconds in spent.items():
        row(name, f"{1000 * seconds / run['all']:.1f} ms")
    row("all", f"{1000 * sum(spent.values()) / run['all']:.1f} ms  (n={run['all']})")


def lanes(stage: Stage) -> None:
    heading("Lanes without Rasa: one worker, a scripted Rasa in its process; web chat")
    run = stage.load("lanes", stage.empty_database())
    events, sent, seconds = run["events"], run["sent"], run["seconds"]
    row("customers' messages handled, until the last answer is settled", f"{events / seconds:.1f} /s  (n={events})")
    row("messages of the bot sent (greetings included)", f"{sent / seconds:.1f} /s  (n={sent})")
    row("SQL statements for each customer's message", f"{run['statements'] / events:.1f}")
    row("processor time of the worker for each customer's message", f"{1000 * run['cpu'] / events:.1f} ms")


def memory(stage: Stage) -> None:
    heading("Memory, after the loads above")
    machine.memory(stage.desk.pids())


def acknowledgement(stage: Stage) -> None:
    heading("Webhook acknowledged: POST /webhooks/line, 100 requests/s in open loop, 200 customers, while Rasa is busy")
    write("Floor: Sanic with the same settings, one committed INSERT. Times run from the schedule, lateness included.")
    targets = {"floor": stage.floor_url, "desk": f"{stage.desk.address}/webhooks/line"}
    stage.load("ack", targets["desk"], LINE_SECRET, "--seconds", 5)  # not counted: gives Rasa its work
    taken, late = {name: list[float]() for name in targets}, list[float]()
    rasa = psutil.Process(stage.desk.pid("rasa"))
    rasa.cpu_percent()
    waiting = [stage.count(WAITING)]
    for _ in range(ROUNDS):
        for name, url in targets.items():
            run = stage.load("ack", url, LINE_SECRET, "--seconds", 8)
            taken[name] += run["latencies"]
            late += run["late"]
            waiting.append(stage.count(WAITING))
    busy = rasa.cpu_percent()
    floor, desk = (Latencies.of(taken[name]) for name in targets)
    row("floor", floor)
    row("desk", desk)
    row("of this the generator's own lateness (both)", Latencies.of(late))
    row("messages waiting for the bot between the phases", " ".join(map(str, waiting)))
    row("Rasa's process meanwhile", f"{busy:.0f} % of one core")
    aim("p99 <= 50 ms", met=desk.p99 <= 50)
    aim(f"p99 <= 3 x floor; it is {desk.p99 / floor.p99:.1f} x", met=desk.p99 <= 3 * floor.p99)


PARTS = {
    part.__name__: part
    for part in (start_times, rasa_alone, answers, throughput, processor_time, lanes, memory, acknowledgement)
}

if __name__ == "__main__":
    main()
