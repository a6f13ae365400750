"""What a run writes into its log, planned from a seed like the run itself and read at any instant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, NamedTuple

from k6desk.demo.catalogue import Flow, LoadTestDraft
from k6desk.demo.clock import DAY, SECOND, StoryClock
from k6desk.demo.outcomes import Outcome
from k6desk.demo.runs import Run, State

KEPT_DAYS = 14
"""So long after its end the log of a run is there."""
_LINES, _MANY_LINES = 240, 6_000
_LONG = 20 << 10

Say = Callable[[Random, int], tuple[str, str]]
"""Makes the line with a number: its level and text."""


class Entry(NamedTuple):
    """A line in story time. One that is `lost` is not told; only that it was left out."""

    at_us: int
    level: str
    text: str
    labels: tuple[tuple[str, str], ...]
    lost: bool = False


class Told(NamedTuple):
    """A line as the server tells it: `at_ns` is real time."""

    at_ns: int
    entry: Entry


def plan_log(seed: int, run: Run, draft: LoadTestDraft) -> tuple[Entry, ...]:
    """All that a run would write until its planned end, but for the last words, which depend on how it ends."""
    rng = Random(seed * 7_000_003 + run.index)  # noqa: S311
    at: dict[str, int] = {step.status: step.at_us for step in run.steps}
    end_us = run.steps[-1].at_us
    entries = list(_beginning(run, draft, at))
    if begun_us := at.get("running"):
        until_us = at.get("processing_metrics", end_us)
        entries += _scenarios(draft, begun_us, until_us)
        entries += _iterations(rng, run, draft, begun_us, until_us)
    return tuple(sorted(entries, key=lambda entry: entry.at_us))


def told(planned: tuple[Entry, ...], run: Run, state: State, clock: StoryClock, now_us: int) -> Iterator[Told]:
    """What was written by now, the oldest first; nothing when it is too long ago."""
    ended_us = state.ended_us
    if ended_us is not None and now_us - ended_us > KEPT_DAYS * DAY:
        return
    until_us = clock.story(now_us if ended_us is None else ended_us)
    number = 0
    for number, entry in enumerate(planned):
        if entry.at_us > until_us:
            break
        yield Told(max(run.created_us, clock.real(entry.at_us)) * 1000 + number % 1000, entry)
    if state.outcome and ended_us is not None:
        for number, (level, text) in enumerate(_last_words(state.outcome)):
            yield Told(ended_us * 1000 + 1000 + number, Entry(until_us, level, text, _SYSTEM))


def frame(lines: list[Told]) -> dict[str, Any]:
    """A message of the tail: neighbours of one source are a stream, what is lost is dropped."""
    streams: list[dict[str, Any]] = []
    for at_ns, entry in lines:
        if entry.lost:
            continue
        stream = dict(entry.labels) | {"level": entry.level}
        if not streams or streams[-1]["stream"] != stream:
            streams.append({"stream": stream, "values": []})
        streams[-1]["values"].append([str(at_ns), entry.text])
    dropped = [{"labels": dict(entry.labels), "timestamp": str(at_ns)} for at_ns, entry in lines if entry.lost]
    return {"streams": streams, "dropped_entries": dropped or None}


def _beginning(run: Run, draft: LoadTestDraft, at: Mapping[str, int]) -> Iterator[Entry]:
    if (init_us := at.get("initializing")) is None:
        return
    yield Entry(init_us, "info", f"Starting k6 {run.k6_version} for “{draft.name}”.", _SYSTEM)
    for number, (zone, percent) in enumerate(draft.zones):
        words = f"Load generator {number + 1} of {len(draft.zones)} is ready in {zone}, for {percent} % of the load."
        yield Entry(init_us + (2 + 3 * number) * SECOND, "debug", words, _of(number, draft, "system"))
    yield Entry(init_us + 6 * SECOND, "info", "The init code has run; the options are those of the script.", _SYSTEM)


def _scenarios(draft: LoadTestDraft, begun_us: int, until_us: int) -> Iterator[Entry]:
    options = draft.workload.options
    default = {"default": {"executor": "ramping-vus" if "stages" in options else "constant-vus"}}
    for number, (name, scenario) in enumerate(options.get("scenarios", default).items()):
        words = f"Scenario “{name}” has started: {scenario.get('executor', 'constant-vus')}."
        yield Entry(begun_us + number * SECOND, "info", words, _of(0, draft, "system", name))
        words = f"Scenario “{name}” has come to its end; iterations that go on have 30 s to finish."
        yield Entry(until_us - SECOND, "info", words, _of(0, draft, "system", name))


def _iterations(rng: Random, run: Run, draft: LoadTestDraft, begun_us: int, until_us: int) -> Iterator[Entry]:
    most = _MANY_LINES if draft.flow == "stream" else _LINES
    span = max(1, until_us - begun_us - 3 * SECOND)
    count = min(most, max(12, span // (SECOND // (8 if draft.flow == "stream" else 2))))
    say = _SAID[draft.flow]
    odd = {count // 5 * (1 + place): line for place, line in enumerate(_odd(rng, run))}
    lost = range(count // 3, count // 3 + 12) if run.index % 3 == 0 or draft.flow == "stream" else range(0)
    for number in range(count):
        at_us = begun_us + 2 * SECOND + span * number // count
        labels = _of(rng.randrange(len(draft.zones)), draft, "console")
        if number in odd:
            level, text = odd[number]
            yield Entry(at_us, level, text, labels)
        elif rng.random() < 0.05:
            yield Entry(at_us, *_trouble(rng, draft), labels)
        else:
            yield Entry(at_us, *say(rng, number), labels, number in lost)


def _trouble(rng: Random, draft: LoadTestDraft) -> tuple[str, str]:
    path = rng.choice(_PATHS[draft.flow])
    match rng.randrange(5):
        case 0:
            return "error", f"Unexpected status 503 from {path}: \x1b[31m\x1b[1mno healthy upstream\x1b[0m"
        case 1:
            return "warning", f'Request Failed error="Get \\"https://quickpizza.example.com{path}\\": request timeout"'
        case 2:
            return "error", _TRACE
    return "warning", f"Slow request: {path} took {rng.randrange(1_200, 9_800):,} ms."


def _odd(rng: Random, run: Run) -> Iterator[tuple[str, str]]:
    """What a log has to bear: colours of a terminal, text from right to left, a line as long as a file."""
    yield "info", "\x1b[32m✓\x1b[0m \x1b[1mwarm-up done\x1b[0m: cache hit rate \x1b[36m98.7 %\x1b[0m"
    yield "info", "الطلب رقم ٤٢ جاهز للتسليم إلى العنوان: شارع النصر، القاهرة"
    if run.index % 2 == 0:
        items = ", ".join(f'{{"id":{number},"price":{rng.randrange(500, 2_000)}}}' for number in range(900))
        yield "debug", f'menu: {{"pizzas":[{items}]}}'[:_LONG]
    yield "trace", f"iteration {run.index} of the canary: name=<b>Margherita</b>&nbsp;\u202eyzzip\u202c"


def _last_words(outcome: Outcome) -> Iterator[tuple[str, str]]:
    if outcome.result == "passed":
        yield "info", "The test has finished and all thresholds were met."
        return
    message = outcome.message or "The test did not pass."
    if outcome.stop == "user":
        yield "warning", f"The test was stopped by {outcome.by_user}."
    else:
        yield "error", message
    if outcome.stop:
        yield "info", "The load generators are being shut down."


def _of(zone: int, draft: LoadTestDraft, source: str, scenario: str = "default") -> tuple[tuple[str, str], ...]:
    return (
        ("instance_id", str(zone)),
        ("lz", draft.zones[zone][0]),
        ("scenario", scenario),
        ("source", source),
    )


def _shop(rng: Random, number: int) -> tuple[str, str]:
    return "info", f"order {number}: {rng.randrange(1, 6)} pizzas, {rng.randrange(900, 9_900) / 100:.2f} EUR"


def _search(rng: Random, number: int) -> tuple[str, str]:
    return "info" if number % 4 else "debug", f"“quattro formaggi”: {rng.randrange(400)} hits, page {number % 7 + 1}"


def _login(rng: Random, number: int) -> tuple[str, str]:
    return "info", f"customer-{number % 100}@example.com signed in after {rng.randrange(40, 400)} ms"


def _payments(rng: Random, number: int) -> tuple[str, str]:
    if number % 9 == 8:
        return "warning", f"payment {number}-{rng.randrange(90)} was declined (402)"
    return "info", f"payment {number}-{rng.randrange(90)} was accepted, 18.90 EUR"


def _browser(rng: Random, number: int) -> tuple[str, str]:
    return (
        "info" if number % 3 else "debug",
        f"page {number}: “pizza please” clicked, LCP {rng.randrange(700, 3_200)} ms",
    )


def _stream(rng: Random, number: int) -> tuple[str, str]:
    courier, lat, lon = number % 400 + 1, rng.randrange(5_200, 5_300) / 100, rng.randrange(1_300, 1_400) / 100
    return "debug" if number % 5 == 0 else "info", f"courier {courier}: position {lat:.2f}, {lon:.2f}"


_SAID: Mapping[Flow, Say] = {
    "ramp": _shop,
    "shop": _shop,
    "search": _search,
    "login": _login,
    "payments": _payments,
    "browser": _browser,
    "stream": _stream,
}
_PATHS: Mapping[Flow, tuple[str, ...]] = {
    "ramp": ("/catalogue", "/cart"),
    "shop": ("/", "/api/pizza/7", "/api/basket"),
    "search": ("/api/search?q=vegan", "/api/suggest?q=ma"),
    "login": ("/api/login", "/api/profile"),
    "payments": ("/api/payments",),
    "browser": ("/", "/api/kitchen/queue"),
    "stream": ("/api/couriers/12/positions",),
}
_SYSTEM = (("source", "system"),)
_TRACE = """TypeError: Cannot read property 'price' of undefined
\tat file:///home/ci/load-tests/lib/basket.js:31:22(14)
\tat total (file:///home/ci/load-tests/lib/basket.js:18:9(33))
\tat default (file:///home/ci/load-tests/main.js:57:4(61))"""
