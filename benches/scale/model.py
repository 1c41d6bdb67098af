"""The way of a dial, as a model of discrete events: what bends first when it is asked for more.

Scheduler → dial queue → dialers (a Lambda environment for each call) → the transaction that begins the dial → the
platform → the call → its webhook → the transaction that ends it. Both transactions write the one item that holds the
slots: DynamoDB cancels one of two transactions that meet on an item, and lets an item have a thousand write units a second.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter, deque
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Parameters:
    """What is asked for, what AWS allows, and what was measured. `run.py` says where each number comes from."""

    # what is asked for
    calls_at_once: int = 1_000
    # limits of the deployment
    cells: int = 1  # items that hold slots, each with its own queue and mapping; a stack has one
    mapping_max: int = 1_000  # most environments that one mapping of a queue starts
    mapping_first: int = 5  # environments at once, and more of them each minute
    mapping_per_minute: float = 300.0
    account_concurrency: int = 1_000
    kept_back: int = 20  # environments that webhooks, API and scheduler need
    # the item that holds the slots
    transaction_ms: float = 12.0  # how long a transaction holds its items
    transaction_tries: int = 10
    item_units_per_s: float = 1_000.0
    units_per_write: float = 2.0  # in a transaction
    # the scheduler
    step_s: float = 1.0
    at_once: int = 16
    enqueue_ms: float = 45.0  # reads and one transaction for one recipient
    # the dialer
    prepare_ms: float = 40.0
    retry_slot_ms: float = 500.0
    # the platform
    place_ms: float = 700.0
    platform_starts_per_s: float = 1e9
    platform_calls: int = 10**9
    # calls: share, seconds
    answered: float = 0.45
    talk_s: float = 180.0
    unanswered_s: float = 30.0
    # the end
    finish_ms: float = 60.0

    def mean_call_s(self) -> float:
        return self.answered * self.talk_s + (1 - self.answered) * self.unanswered_s


@dataclass
class Result:
    """What a run came to, after the time in which it fills."""

    seconds: float
    begun: int
    ended: int
    in_progress_at_start: int
    in_progress_at_end: int
    mean_in_progress: float
    mean_stay_s: float
    most_in_progress: int
    waits: Counter
    tries: int
    conflicts: int
    given_up: int
    item_units_per_s: float

    def starts_per_s(self) -> float:
        return self.begun / self.seconds

    def use(self, wanted: int) -> float:
        return self.mean_in_progress / wanted


class Item:
    """One item: transactions that meet cancel each other, and its write units are counted by the second."""

    def __init__(self, units_per_s: float):
        self.units_per_s, self.tokens, self.at = units_per_s, units_per_s, 0.0
        self.busy_until = -1.0
        self.used = 0.0

    def take(self, now: float, units: float, hold_s: float) -> str:
        # Five minutes of unused units are kept at AWS; a model of what lasts has one second.
        self.tokens = min(self.units_per_s, self.tokens + (now - self.at) * self.units_per_s)
        self.at = now
        if self.tokens < units:
            return "throttled"
        self.tokens -= units
        self.used += units
        if now < self.busy_until:
            return "conflict"
        self.busy_until = now + hold_s
        return "done"


class Model:
    def __init__(self, parameters: Parameters, seed: int = 1):
        self.p, self.random = parameters, random.Random(seed)
        self.now, self.events, self.number = 0.0, [], 0
        cells = range(parameters.cells)
        self.items = [Item(parameters.item_units_per_s) for _ in cells]
        self.slots = [0] * parameters.cells
        self.queued = [deque() for _ in cells]
        self.waiting = [0] * parameters.cells  # dialers that look for a slot
        self.dialers = [0] * parameters.cells
        self.due = [0] * parameters.cells  # being put onto the queue, or on it
        self.live = self.placed_in_last_s = 0
        self.next_start = 0.0
        self.begun = self.ended = self.tries = self.conflicts = self.given_up = 0
        self.waits: Counter = Counter()
        self.area = self.changed = 0.0
        self.most = 0
        self.stays = 0.0
        self.since: dict[int, float] = {}
        self.counting = False

    # The clock.

    def at(self, delay: float, what, *arguments) -> None:
        self.number += 1
        heapq.heappush(self.events, (self.now + delay, self.number, what, arguments))

    def run(self, warm_up: float, seconds: float) -> Result:
        for cell in range(self.p.cells):
            self.at(0.0, self.step, cell)
        self.until(warm_up)
        self.counting, began_with = True, self.live
        self.changed, self.area, self.most = self.now, 0.0, self.live
        before = (self.begun, self.ended, self.tries, self.conflicts, self.given_up, sum(item.used for item in self.items))
        self.stays, self.waits = 0.0, Counter()
        self.until(warm_up + seconds)
        self.note()
        begun, ended, tries, conflicts, given_up, used = (
            after - earlier for after, earlier in zip(
                (self.begun, self.ended, self.tries, self.conflicts, self.given_up, sum(item.used for item in self.items)), before))
        return Result(
            seconds=seconds, begun=begun, ended=ended, in_progress_at_start=began_with, in_progress_at_end=self.live,
            mean_in_progress=self.area / seconds, mean_stay_s=self.stays / max(ended, 1), most_in_progress=self.most, waits=self.waits,
            tries=tries, conflicts=conflicts, given_up=given_up, item_units_per_s=used / seconds / self.p.cells)

    def until(self, end: float) -> None:
        while self.events and self.events[0][0] <= end:
            self.now, _, what, arguments = heapq.heappop(self.events)
            what(*arguments)
        self.now = end

    def note(self) -> None:
        self.area += self.live * (self.now - self.changed)
        self.changed = self.now
        self.most = max(self.most, self.live)

    # The scheduler: keeps the queue just full enough.

    def limit(self, cell: int) -> int:
        each, more = divmod(self.p.calls_at_once, self.p.cells)
        return each + (1 if cell < more else 0)

    def step(self, cell: int) -> None:
        limit = self.limit(cell)
        room = (limit - self.slots[cell]) + max(limit // 2, 2) - self.due[cell]
        able = int(self.p.at_once * self.p.step_s * 1000 / self.p.enqueue_ms)
        if room > able:
            self.waits["scheduler"] += room - able
        for number in range(max(min(room, able), 0)):
            self.due[cell] += 1
            self.at(number / self.p.at_once * self.p.enqueue_ms / 1000, self.message, cell)
        self.at(self.p.step_s, self.step, cell)

    def message(self, cell: int) -> None:
        self.queued[cell].append(self.now)
        self.poll(cell)

    # The mapping: an environment for each message, as many as it may and as many as it has come to.

    def may_start(self, cell: int) -> bool:
        ramped = self.p.mapping_first + self.p.mapping_per_minute * self.now / 60
        # As many as there are slots, a quarter more, and three: the spare ones are with calls that are just over.
        limit = self.limit(cell)
        if self.dialers[cell] >= min(limit + limit // 4 + 3, self.p.mapping_max):
            self.waits["mapping" if self.dialers[cell] >= self.p.mapping_max else "slot"] += 1
        elif self.dialers[cell] >= ramped:
            self.waits["ramp"] += 1
        elif sum(self.dialers) >= self.p.account_concurrency - self.p.kept_back:
            self.waits["account"] += 1
        else:
            return True
        return False

    def poll(self, cell: int) -> None:
        while self.queued[cell] and self.may_start(cell):
            self.queued[cell].popleft()
            self.dialers[cell] += 1
            self.at(self.around(self.p.prepare_ms) / 1000, self.begin, cell, 0)

    # The dial: one transaction takes the slot.

    def begin(self, cell: int, tried: int) -> None:
        if self.slots[cell] >= self.limit(cell):
            self.waits["slot"] += 1
            self.waiting[cell] += 1
            return
        if self.transact(cell, tried, self.begin, self.not_begun):
            self.slots[cell] += 1
            self.due[cell] -= 1
            self.place(cell)

    def slot_is_free(self, cell: int) -> None:
        """Those who wait look at the settings by a clock of their own each; the first ones to look try the write."""
        waiting, past = self.waiting[cell], 0.0
        looking = min(waiting, 3)
        self.waiting[cell] -= looking
        for place in range(looking):
            past += (1 - past) * (1 - self.random.random() ** (1 / (waiting - place)))
            self.at(past * self.p.retry_slot_ms / 1000, self.begin, cell, 0)

    def not_begun(self, cell: int) -> None:
        # The message goes back onto the queue, and comes again.
        self.dialers[cell] -= 1
        self.queued[cell].append(self.now)
        self.poll(cell)

    def transact(self, cell: int, tried: int, again, give_up) -> bool:
        self.tries += 1
        answer = self.items[cell].take(self.now, self.p.units_per_write, self.around(self.p.transaction_ms) / 1000)
        if answer == "done":
            return True
        self.conflicts += 1
        self.waits[answer] += 1
        if tried + 1 >= self.p.transaction_tries:
            self.given_up += 1
            give_up(cell)
        else:
            self.at(self.backoff(tried), again, cell, tried + 1)
        return False

    def backoff(self, tried: int) -> float:
        """As `shared/store/src/transaction.rs` waits."""
        most = 20 * 2 ** min(tried, 6)
        return self.random.uniform(most / 2, most) / 1000

    # The platform, and the call.

    def place(self, cell: int) -> None:
        # One start after the other, as fast as the platform takes them.
        start = max(self.now, self.next_start)
        self.next_start = start + 1 / self.p.platform_starts_per_s
        if start > self.now + 0.001:
            self.waits["platform's starts"] += 1
        self.at(start - self.now, self.ring, cell)

    def ring(self, cell: int) -> None:
        if self.live >= self.p.platform_calls:
            self.waits["platform's calls"] += 1
            self.at(1.0, self.ring, cell)
            return
        self.note()
        self.live += 1
        self.begun += 1
        self.note()
        talks = self.random.random() < self.p.answered
        length = self.random.expovariate(1 / self.p.talk_s) if talks else self.around(self.p.unanswered_s)
        stay = self.around(self.p.place_ms) / 1000 + length
        self.at(stay, self.over, cell, self.now)

    def over(self, cell: int, since: float) -> None:
        self.note()
        self.live -= 1
        self.ended += 1
        self.stays += self.now - since
        self.at(self.around(self.p.finish_ms) / 1000, self.finish, cell, 0)

    def finish(self, cell: int, tried: int) -> None:
        def later(cell: int) -> None:  # its webhook comes again, or the dialer asks
            self.at(15.0, self.finish, cell, 0)

        if self.transact(cell, tried, self.finish, later):
            self.slots[cell] -= 1
            self.dialers[cell] -= 1
            self.slot_is_free(cell)
            self.poll(cell)

    def around(self, mean: float) -> float:
        return mean * self.random.uniform(0.5, 1.5)


def run(parameters: Parameters, warm_up: float, seconds: float, seed: int = 1) -> Result:
    return Model(parameters, seed).run(warm_up, seconds)


# On the way of a call, the last one first: whoever waits there fills every station before.
STATIONS = ("platform's calls", "platform's starts", "throttled", "conflict", "account", "mapping", "ramp", "scheduler")


def bends_first(result: Result) -> str:
    """The last station at which many wait. That all slots are taken is as it should be; so is a cancelled transaction that comes
    again at once, as long as hardly any gives up."""
    for station in STATIONS:
        waits = result.given_up * 5 if station == "conflict" else result.waits[station]
        if waits > result.begun / 10:
            return station
    return "nothing"


def with_(parameters: Parameters, **changes) -> Parameters:
    return replace(parameters, **changes)
