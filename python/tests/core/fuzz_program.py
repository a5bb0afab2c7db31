"""Calls every function of insight.h with arguments right, wrong and absurd.

`fuzz_program.py SEED [TURNS]` prints how many calls it made and how many were refused. A pointer is NULL or
points to as many entries as are announced: what else a pointer may be, no library can check.
"""

from __future__ import annotations

import ctypes
import json
import random
import struct
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from insight_rl import Selector, _library, methods
from insight_rl._library import PICK, Bytes, Error, Metrics, Strings, address, library

MASK = (1 << 64) - 1
METHODS = [entry["name"] for entry in methods()]
# The largest K, 100,000, is left out: allocating it takes the engine minutes, which is slow and no mistake.
NUMBERS = [
    0,
    1,
    2,
    -1,
    -2,
    7,
    63,
    1 << 31,
    (1 << 31) - 1,
    -(1 << 31),
    1 << 53,
    (1 << 63) - 1,
    -(1 << 63),
    100_001,
]
REALS = [0.0, 1.0, 0.5, -0.0, -1.0, 2.0, 1e-320, 1e308, float("nan"), float("inf"), -float("inf")]


def mix(state: int, word: int) -> int:
    """One step of a snapshot's checksum."""
    product = (state ^ word) * 0xA0761D6478BD642F
    return (((product >> 64) ^ product) + word) & MASK


class Checksum:
    """The checksum of a snapshot, so that damage below it is found by the checks and not by the sum."""

    def __init__(self) -> None:
        """Of nothing."""
        self.x, self.y = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93

    def add(self, data: bytes) -> bytes:
        """Sums one written piece."""
        self.x ^= len(data)
        whole = len(data) // 16 * 16
        for x, y in struct.iter_unpack("<QQ", data[:whole]):
            self.x, self.y = mix(self.x, x), mix(self.y, y)
        for start in range(whole, len(data), 8):
            self.x = mix(self.x, int.from_bytes(data[start : start + 8], "little"))
        return data

    def value(self) -> int:
        """The sum."""
        product = (self.x ^ int.from_bytes(self.y.to_bytes(8, "big"), "little")) * 0xE7037ED1A0B428DB
        return ((product >> 64) ^ product) & MASK


class Fuzzer:
    """A random caller."""

    def __init__(self, seed: int) -> None:
        """Args: seed: decides every call."""
        self.random = random.Random(seed)
        self.handles: list[int] = []
        self.snapshots: list[bytes] = []
        self.calls = self.refused = 0

    def call(self, name: str, *arguments: Any) -> bool:
        """Whether the call was carried out; an error must come with a message."""
        error = Error()
        status = getattr(library(), name)(*arguments, self.random.choice([None, ctypes.addressof(error)]))
        self.calls += 1
        self.refused += status != 0
        if status not in range(9):
            raise AssertionError(f"{name} returned {status}")
        return status == 0

    def number(self) -> int:
        """Any whole number, small ones mostly."""
        pick = self.random.random()
        if pick < 0.6:
            return self.random.randint(0, 20)
        return self.random.choice(NUMBERS) if pick < 0.9 else self.random.randint(-(1 << 63), (1 << 63) - 1)

    def real(self) -> float:
        """Any number, outcomes mostly."""
        return self.random.choice([0.0, 1.0]) if self.random.random() < 0.7 else self.random.choice(REALS)

    def handle(self) -> int:
        """A selector, or none."""
        if self.handles and self.random.random() < 0.95:
            return self.random.choice(self.handles)
        return self.random.choice([0, 1, MASK, self.random.getrandbits(64)])

    def array(self, count: int, kind: Any, fill: Callable[[], Any]) -> np.ndarray | None:
        """`count` entries, or NULL where that many make no sense, and sometimes where they do."""
        if not 0 <= count <= 4096 or self.random.random() < 0.03:
            return None
        return np.array([fill() for _ in range(count)], kind) if count else np.empty(0, kind)

    def offsets(self, count: int) -> tuple[np.ndarray | None, int]:
        """Where groups begin, mostly ascending, and how long what they point into must be."""
        if not 0 <= count <= 4096 or self.random.random() < 0.03:
            return None, 0
        steps = [
            self.random.randint(0, 10) if self.random.random() < 0.98 else self.random.randint(-9, 20)
            for _ in range(count)
        ]
        ends = np.cumsum([self.random.choice([0, 0, 0, -1, 3]), *steps]).astype(np.int64)
        return ends, max(0, int(ends.max()))

    def strings(self) -> tuple[Strings, Any]:
        """Distinct ids mostly, sometimes repeated, empty, or no UTF-8."""
        count = self.random.choice([0, 1, 2, 12, 40, 200])
        words = [f"p{index}".encode() for index in range(count)]
        while words and self.random.random() < 0.2:
            words[self.random.randrange(count)] = self.random.choice(
                [b"", b"p1", b"\xff", b"\xc3", "φ".encode(), b"a\0b"]
            )
        data = b"".join(words)
        ends = np.cumsum([0, *map(len, words)]).astype(np.int64)
        if count and self.random.random() < 0.03:
            ends[self.random.randrange(count)] = self.random.choice([-1, len(data), 0])
        buffer = ctypes.create_string_buffer(data, len(data) + 1)
        bytes_ = None if self.random.random() < 0.02 else ctypes.addressof(buffer)
        return Strings(bytes_, ends.ctypes.data, count if self.random.random() < 0.98 else -1), (buffer, ends)

    def tree(self, value: Any, keep: float = 0.93) -> Any:
        """A configuration or a header with some values changed, each kept with a chance of `keep`."""
        if isinstance(value, dict):
            return {
                key + ("x" if self.random.random() < (1 - keep) / 8 else ""): self.tree(item, keep)
                for key, item in value.items()
                if self.random.random() < 1 - (1 - keep) / 15
            }
        if isinstance(value, list):
            return [self.tree(item, keep) for item in value]
        if self.random.random() < keep:
            return value
        return self.random.choice(
            [None, True, 0, 1, -1, 0.5, 3, 1e9, 1e300, 2**31, 2**53, 2**63, "nan", "inf", "all", "1x", [], {}]
        )

    def configuration(self) -> bytes:
        """JSON, mostly of a configuration."""
        values: dict[str, Any] = {"method": self.random.choice(METHODS)}
        if self.random.random() < 0.5:
            values["rollouts"] = self.random.choice([1, 2, 8, 64])
        for key, value in {
            "candidates": self.random.choice(["all", "4x", "30", "1x"]),
            "belief": {
                "discount": 0.9,
                "discounting": self.random.choice(["onVisit", "elapsed"]),
                "prior": {"alpha": 1, "beta": 2},
                "population": self.random.choice([None, {}, {"drift": 0.1, "strata": False}]),
            },
            "allocation": {"minimum": 1, "maximum": 100},
            "probeShare": 0.3,
            "solved": {"above": 0.8, "recheckAfter": 3},
            "slack": 2,
            "filter": {"maximumBatches": 3},
            "stages": {
                "rule": self.random.choice(["mixed", "window", "balanced", "agreement"]),
                "first": self.random.choice([1, 2, "K/4"]),
                "more": self.random.choice([1, "K/4", "2K"]),
                "maximum": self.random.choice(["K", "2K", 9]),
                "each": self.random.choice([1, "K/2"]),
            },
            "domains": {"a": {"quota": 2}, "b": {"weight": 0.5, "targetPassRate": 0.4}},
        }.items():
            if self.random.random() < 0.2:
                values[key] = value
        text = json.dumps(self.tree(values) if self.random.random() < 0.4 else values)
        if self.random.random() < 0.1:
            cut = self.random.randrange(len(text))
            text = (
                text[:cut]
                + self.random.choice(["", "}", '"', "[" * 3000, "\\u12", "9" * 400])
                + text[cut + 1 :]
            )
        return text.encode().replace(b"\0", b"")

    # One function of the header each.

    def create(self) -> None:
        """insight_create."""
        ids, kept = self.strings()
        count = max(0, ids.count)
        domains = (
            self.array(count, np.int32, lambda: self.random.choice([0, 1, 1, 0, 0, 1]))
            if self.random.random() < 0.5
            else None
        )
        if domains is not None and len(domains) and self.random.random() < 0.05:
            domains[0] = self.random.choice([-1, 2, 2**31 - 1])
        names = Strings.of(["a", "b"])
        handle = ctypes.c_uint64()
        configuration = self.configuration() if self.random.random() < 0.9 else None
        if self.call(
            "insight_create", self.random.choice([ctypes.addressof(ids)] * 20 + [None]), address(domains),
            self.random.choice([ctypes.addressof(names)] * 20 + [None]), configuration,
            self.random.getrandbits(64), ctypes.addressof(handle),
        ):  # fmt: skip
            self.handles.append(handle.value)
        del kept

    def destroy(self) -> None:
        """insight_destroy; the number stays in use, and must be refused."""
        if len(self.handles) > 6:
            self.call("insight_destroy", self.random.choice(self.handles[:-3]))
            self.handles = self.handles[-12:]

    def select(self) -> None:
        """insight_select."""
        count = self.number()
        picks = self.array(count, PICK, lambda: (0, 0, 0, 0, 0, 0))
        self.call(
            "insight_select",
            self.handle(),
            count,
            self.random.choice([0, 0, 0, self.number()]),
            address(picks),
        )

    def select_each(self) -> None:
        """insight_select_each."""
        count = self.number()
        rollouts = self.array(count, np.int64, lambda: self.random.choice([1, 8, 8, 8, self.number()]))
        picks = self.array(count, PICK, lambda: (0, 0, 0, 0, 0, 0))
        self.call("insight_select_each", self.handle(), address(rollouts), count, address(picks))

    def pending(self, handle: int) -> list[int]:
        """insight_pending; the tickets."""
        count = ctypes.c_int64()
        picks = np.zeros(300, PICK)
        capacity = self.random.choice([300, 300, 300, 1, 0, -1])
        if not self.call("insight_pending", handle, address(picks), capacity, ctypes.addressof(count)):
            return []
        return picks["ticket"][: min(max(capacity, 0), count.value)].tolist()

    def report(self) -> None:
        """insight_report."""
        handle = self.handle()
        tickets = self.pending(handle)[: self.random.randint(0, 20)]
        if self.random.random() < 0.2:
            tickets.append(self.random.choice([0, 5, MASK, self.random.getrandbits(20)]))
        ends, length = self.offsets(len(tickets))
        outcomes = self.array(length, np.float64, self.real)
        names = np.array(tickets, np.uint64)
        recorded = np.empty(len(names), np.uint8) if self.random.random() < 0.5 else None
        baselines = np.empty(length, np.float64) if self.random.random() < 0.5 else None
        version = self.random.choice([-1, 1, 2, 3, 50, self.number()])
        self.call(
            "insight_report", handle, address(names), len(names) if self.random.random() < 0.98 else -5,
            address(outcomes), address(ends), version, address(recorded), address(baselines),
        )  # fmt: skip

    def report_stage(self) -> None:
        """insight_report_stage, twice as a rule; the second answer must be that of the first."""
        handle = self.handle()
        ticket = self.random.choice([*self.pending(handle)[:20], MASK])
        count = self.random.choice([0, 1, 2, 3, 4, 8, 9, self.number()])
        outcomes = self.array(count, np.float64, self.real)
        version = self.random.choice([-1, 1, 2, 3, 50, self.number()])
        settling = int(self.random.random() < 0.7)
        more = [ctypes.c_int64(-1), ctypes.c_int64(-1)]
        results = [
            self.call(
                "insight_report_stage", handle, ticket, address(outcomes), count, version,
                settling, self.random.choice([ctypes.addressof(answer)] * 20 + [None]),
            )
            for answer in more
        ]  # fmt: skip
        if all(results) and more[0].value != more[1].value:
            raise AssertionError(f"a stage got two answers, {more[0].value} and {more[1].value}")

    def observe(self) -> None:
        """insight_observe."""
        count = self.number()
        outcomes = self.array(count, np.float64, self.real)
        self.call(
            "insight_observe",
            self.handle(),
            self.number(),
            address(outcomes),
            count,
            self.random.choice([-1, 4, self.number()]),
        )

    def abandon(self) -> None:
        """insight_abandon."""
        handle = self.handle()
        tickets = np.array(self.pending(handle)[:3] + self.random.choice([[], [MASK]]), np.uint64)
        self.call("insight_abandon", handle, address(tickets), len(tickets))

    def prime(self) -> None:
        """insight_prime and insight_set_reference_rates."""
        self.call(
            "insight_prime",
            self.handle(),
            self.number(),
            self.real(),
            self.real() * self.random.choice([1, 8, 1e16]),
            self.real(),
        )
        self.call("insight_set_reference_rates", self.handle(), self.number(), self.real(), self.real())

    def look(self) -> None:
        """The functions that change nothing."""
        handle, count = self.handle(), self.number()
        positions = self.array(count, np.int64, self.number)
        columns = [self.array(count, np.float64, float) for _ in range(3)]
        visits = self.array(count, np.int64, int)
        self.call(
            "insight_beliefs", handle, address(positions), count, *map(address, columns), address(visits)
        )
        ids, kept = self.strings()
        found = np.empty(max(0, ids.count), np.int64)
        self.call(
            "insight_positions", handle, ctypes.addressof(ids), self.random.choice([address(found), None])
        )
        del kept
        packed = Bytes()
        ends = np.empty(max(0, min(count, 4096)) + 1, np.int64)
        room = address(ends) if 0 <= count <= 4096 else None
        if self.call("insight_ids", handle, address(positions), count, ctypes.addressof(packed), room):
            packed.take()
        for name in ("insight_configuration", "insight_needs"):
            if self.call(name, handle, ctypes.addressof(packed)):
                json.loads(packed.take())
        metrics = Metrics()
        self.call(
            "insight_get_metrics",
            handle,
            self.number(),
            self.random.choice([ctypes.addressof(metrics)] * 9 + [None]),
        )
        if self.call("insight_methods", self.random.choice([ctypes.addressof(packed)] * 9 + [None])):
            packed.take()

    def save(self) -> None:
        """insight_snapshot, insight_copy, insight_save and insight_load."""
        packed, copy = Bytes(), ctypes.c_uint64()
        if self.call("insight_snapshot", self.handle(), ctypes.addressof(packed)):
            self.snapshots = [*self.snapshots[-5:], packed.take()]
        if self.call("insight_copy", self.handle(), ctypes.addressof(copy)):
            self.handles.append(copy.value)
        self.call(
            "insight_save",
            self.handle(),
            self.random.choice([None, b"", b"/", b"\xff\xfe", b"/proc/nothing/here"]),
        )
        self.call(
            "insight_load",
            self.random.choice([None, b"", b"/", b"/dev/null", b"/no/such"]),
            ctypes.addressof(copy),
        )

    def restore(self) -> None:
        """insight_restore of damaged snapshots, whose checksums are right again or not."""
        if not self.snapshots:
            return
        data = self.random.choice(self.snapshots)
        kind = self.random.random()
        if kind < 0.7:
            data = self.edited(data)
        elif kind < 0.9:
            damaged = bytearray(data)
            damaged[self.random.randrange(len(damaged))] ^= 1 << self.random.randrange(8)
            data = bytes(
                damaged[: self.random.choice([len(damaged)] * 3 + [self.random.randrange(len(damaged))])]
            )
        handle = ctypes.c_uint64()
        array = np.frombuffer(data, np.uint8)
        count = len(array) if self.random.random() < 0.97 else -1
        if self.call("insight_restore", address(array), count, ctypes.addressof(handle)):
            self.handles.append(handle.value)

    def edited(self, data: bytes) -> bytes:
        """A snapshot with its header or a column changed and its checksum put right."""
        size = int.from_bytes(data[8:16], "little")
        header = json.loads(data[16 : 16 + size])
        # The bytes of an element, column by column: ids, beliefs, pending picks, prompts set aside.
        widths = [1, 4, 8, 8, 8, 4, 8, 4, 4, 4, 8]
        widths += [4, 8, 8, 4, 1, 4, 4, 8, 8, 8] if header["configuration"].get("stages") else []
        widths += [8, 8] if header["hasReferences"] else []
        widths += [2] if header["domainNames"] else []
        widths += [8, 8] if header["strata"] is not None else []
        if self.random.random() < 0.6:
            header = self.tree(header, keep=0.985)
        text = json.dumps(header).encode()
        checksum = Checksum()
        pieces = [data[:8], len(text).to_bytes(8, "little"), text]
        rest = data[16 + size : -8]
        for width in widths:
            if not rest:
                break
            count = int.from_bytes(rest[:8], "little")
            column = bytearray(rest[8 : 8 + width * count])
            if column and self.random.random() < 0.2:
                column[self.random.randrange(len(column))] ^= 1 << self.random.randrange(8)
            pieces += [rest[:8], bytes(column)]
            rest = rest[8 + width * count :]
        body = b"".join(checksum.add(piece) for piece in pieces)
        return body + checksum.value().to_bytes(8, "little")

    def run(self, turns: int) -> None:
        """As many turns of random functions."""
        actions = [
            self.create, self.destroy, self.select, self.select, self.select_each, self.report, self.report,
            self.report, self.report_stage, self.report_stage, self.observe, self.abandon, self.prime,
            self.look, self.save, self.restore, self.restore,
        ]  # fmt: skip
        self.create()
        for _ in range(turns):
            self.random.choice(actions)()


if __name__ == "__main__":
    # The checksum above must be the library's own, or no edited snapshot would get past it.
    plain = Fuzzer(0)
    plain.tree = lambda value, keep: value  # type: ignore[method-assign]
    plain.random.random = lambda: 0.5  # type: ignore[method-assign]
    Selector.restore(plain.edited(Selector(["a", "b", "c"]).snapshot()))

    fuzzer = Fuzzer(int(sys.argv[1]))
    fuzzer.run(int(sys.argv[2]) if len(sys.argv) > 2 else 4_000)
    print(fuzzer.calls, fuzzer.refused)
    assert _library.library() is library()
