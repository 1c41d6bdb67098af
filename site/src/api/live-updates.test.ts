import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveUpdates, type Wire, type World } from "./live-updates";

/** A socket whose other end is the test. */
class FakeWire implements Wire {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: { action: string; topics?: string[] }[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.closed = true;
  }
  hear(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  get topics(): string[] {
    return this.sent.filter(({ action }) => action === "subscribe").flatMap(({ topics = [] }) => topics);
  }
}

let queries: QueryClient;
let wires: FakeWire[];
let live: LiveUpdates;
let world: World;
let isHidden = false;
/** How often each query was read. */
let reads: Record<string, number>;

const last = (): FakeWire => {
  const wire = wires.at(-1);
  if (!wire) throw new Error("nothing was opened");
  return wire;
};

/** Shows a query on the screen; answers how to take it away. */
function show(key: readonly unknown[], answer: () => unknown = () => ({ turns: [] })): () => void {
  const name = key.join("/");
  const observer = new QueryObserver(queries, {
    queryKey: key,
    queryFn: () => {
      reads[name] = (reads[name] ?? 0) + 1;
      return Promise.resolve(answer());
    },
  });
  return observer.subscribe(() => undefined);
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A connection that has what it asked for. */
async function connected(): Promise<FakeWire> {
  live.start(queries);
  await pass(0);
  const wire = last();
  wire.onopen?.();
  wire.hear({ type: "subscribed", topics: wire.topics });
  await pass(50);
  return wire;
}

beforeEach(() => {
  vi.useFakeTimers();
  queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 1_000 } } });
  queries.mount();
  wires = [];
  reads = {};
  isHidden = false;
  world = {
    address: () => Promise.resolve("wss://example.com/live?ticket=t"),
    open: () => {
      const wire = new FakeWire();
      wires.push(wire);
      return wire;
    },
    isHidden: () => isHidden,
    random: () => 0.5,
  };
  live = new LiveUpdates(world);
});

afterEach(() => {
  live.stop();
  queries.clear();
  queries.unmount();
  vi.useRealTimers();
});

describe("live updates", () => {
  it("ask for what is on the screen, and read it again once they are told of it", async () => {
    show(["calls", "one", "call_a"]);
    await pass(0);
    expect(live.covers(["calls", "one", "call_a"])).toBe(false);
    const wire = await connected();
    expect(wire.topics).toEqual(["call:call_a"]);
    expect(reads["calls/one/call_a"]).toBe(2);
    expect(live.covers(["calls", "one", "call_a"])).toBe(true);
    expect(live.covers(["attention"])).toBe(false);
  });

  it("follow what comes onto the screen, and let go of what was left", async () => {
    const leave = show(["callbacks", "list", "due", ""]);
    await pass(0);
    const wire = await connected();
    show(["queue"]);
    leave();
    await pass(50);
    expect(wire.topics).toEqual(["callbacks", "queue", "calls"]);
    expect(wire.sent.some(({ action }) => action === "unsubscribe")).toBe(false);
    await pass(11_000);
    expect(wire.sent.filter(({ action }) => action === "unsubscribe")).toEqual([{ action: "unsubscribe", topics: ["callbacks"] }]);
    expect(live.covers(["callbacks", "list", "due", ""])).toBe(false);
  });

  it("read a query at once, then at most once a second, and never miss the last change", async () => {
    show(["inbound", "in_progress", ""]);
    await pass(0);
    const wire = await connected();
    await pass(2_000);
    const before = reads["inbound/in_progress/"] ?? 0;
    for (let change = 0; change < 10; change += 1) {
      wire.hear({ type: "changed", topic: "inbound", id: "call_a", version: change });
      await pass(10);
    }
    expect((reads["inbound/in_progress/"] ?? 0) - before).toBe(1);
    await pass(1_100);
    expect((reads["inbound/in_progress/"] ?? 0) - before).toBe(2);
    await pass(5_000);
    expect((reads["inbound/in_progress/"] ?? 0) - before).toBe(2);
  });

  it("put a turn at its place without asking", async () => {
    const key = ["calls", "one", "call_a", "transcript", false];
    show(key, () => ({ turns: [{ index: 0, message: "Hello" }, { index: 3, message: "Yes?" }] }));
    await pass(0);
    const wire = await connected();
    const before = reads[key.join("/")];
    wire.hear({ type: "turn", topic: "call:call_a", index: 2, turn: { message: "It hurts" } });
    wire.hear({ type: "turn", topic: "call:call_a", index: 2, turn: { message: "It hurts a lot" } });
    const shown = queries.getQueryData<{ turns: { message: string }[] }>(key);
    expect(shown?.turns.map(({ message }) => message)).toEqual(["Hello", "It hurts a lot", "Yes?"]);
    expect(reads[key.join("/")]).toBe(before);
  });

  it("read the transcript where the places of its turns are not known", async () => {
    const key = ["calls", "one", "call_a", "transcript", false];
    show(key, () => ({ turns: [{ message: "Hello" }] }));
    await pass(0);
    const wire = await connected();
    await pass(1_000);
    const before = reads[key.join("/")] ?? 0;
    wire.hear({ type: "turn", topic: "call:call_a", index: 1, turn: { message: "It hurts" } });
    await pass(10);
    expect(reads[key.join("/")]).toBe(before + 1);
  });

  it("read what changed while it was being read once more", async () => {
    let answer: (() => void) | undefined;
    const observer = new QueryObserver(queries, {
      queryKey: ["queue"],
      queryFn: () => {
        reads["queue"] = (reads["queue"] ?? 0) + 1;
        return new Promise((done) => (answer = () => done({})));
      },
    });
    observer.subscribe(() => undefined);
    const wire = await connected();
    expect(reads["queue"]).toBe(1);
    wire.hear({ type: "changed", topic: "queue" });
    answer?.();
    await pass(10);
    expect(reads["queue"]).toBe(2);
  });

  it("leave a hidden tab alone until somebody looks", async () => {
    show(["queue"]);
    await pass(0);
    const wire = await connected();
    const before = reads["queue"];
    isHidden = true;
    wire.hear({ type: "changed", topic: "queue" });
    await pass(5_000);
    expect(reads["queue"]).toBe(before);
    expect(queries.getQueryState(["queue"])?.isInvalidated).toBe(true);
  });

  it("come back after a socket that broke, with a ticket of its own, and read everything again", async () => {
    show(["queue"]);
    await pass(0);
    const first = await connected();
    first.onclose?.();
    expect(live.isConnected).toBe(false);
    await pass(2_000);
    expect(wires).toHaveLength(2);
    const before = reads["queue"] ?? 0;
    last().onopen?.();
    expect(last().topics).toEqual(["queue", "calls"]);
    last().hear({ type: "subscribed", topics: last().topics });
    await pass(1_100);
    expect(reads["queue"]).toBe(before + 1);
    expect(live.isConnected).toBe(true);
  });

  it("wait longer after each failure, and never more than a minute", async () => {
    const tries: number[] = [];
    world.address = () => {
      tries.push(Date.now());
      return Promise.reject(new Error("no way through"));
    };
    live.start(queries);
    await pass(600_000);
    const waits = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
    expect(waits.slice(0, 4)).toEqual([750, 1_500, 3_000, 6_000]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);
    expect(wires).toHaveLength(0);
  });

  it("give up a socket that says nothing any longer", async () => {
    show(["queue"]);
    await pass(0);
    const wire = await connected();
    await pass(60_000);
    expect(wire.sent.at(-1)).toEqual({ action: "ping" });
    wire.hear({ type: "pong" });
    await pass(60_000);
    expect(wire.closed).toBe(false);
    await pass(15_000);
    expect(wire.closed).toBe(true);
    expect(live.isConnected).toBe(false);
  });

  it("begin anew when the sign-in behind the connection has expired", async () => {
    const wire = await connected();
    wire.hear({ type: "expired" });
    expect(wire.closed).toBe(true);
    await pass(2_000);
    expect(wires).toHaveLength(2);
  });

  it("ask seldom where there are none", async () => {
    let asked = 0;
    world.address = () => {
      asked += 1;
      return Promise.resolve(null);
    };
    live.start(queries);
    await pass(500_000);
    expect(asked).toBe(1);
  });

  it("end when nobody is signed in any longer", async () => {
    const wire = await connected();
    live.stop();
    expect(wire.closed).toBe(true);
    await pass(120_000);
    expect(wires).toHaveLength(1);
  });
});
