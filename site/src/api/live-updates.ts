// Live updates: one socket of this tab that tells what has changed among the things that are on the screen.
//
// It subscribes first and reads afterwards, so nothing is missed between the two; after a socket that broke it does
// the same again. While there is no socket, queries ask by themselves every few seconds (`live.ts`).
import type { Query, QueryClient } from "@tanstack/react-query";
import { followedBy, MOST_TOPICS } from "./live-topics";
import { withTurn, type Placed } from "./live-turns";
import { Refetcher } from "./refetcher";

/** What is used of a WebSocket. */
export interface Wire {
  send: (text: string) => void;
  close: () => void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
}

/** What the connection needs of the world; tests bring their own. */
export interface World {
  /** An address that opens one connection, once; none where there are no live updates. */
  address: () => Promise<string | null>;
  open: (url: string) => Wire;
  isHidden: () => boolean;
  /** At least 0 and less than 1. */
  random: () => number;
}

type Told =
  | { type: "subscribed"; topics: string[] }
  | { type: "changed"; topic: string }
  | { type: "turn"; topic: string; index: number; turn: object }
  | { type: "pong" | "expired" | "error" };

/** What can change which queries are on the screen. */
const MOUNTS = new Set(["observerAdded", "observerRemoved", "observerOptionsUpdated", "removed"]);

interface Transcript {
  turns: Placed[];
}

/** All in milliseconds. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;
const SELDOM = 600_000;
const SETTLED = 30_000;
const PING_EVERY = 60_000;
const ANSWER_WITHIN = 15_000;
/** A topic that nothing on the screen shows any longer is kept so long: people go back and forth. */
const KEPT = 10_000;

export class LiveUpdates {
  private queries: QueryClient | null = null;
  private refetcher: Refetcher | null = null;
  private unsubscribe: () => void = () => undefined;
  private wire: Wire | null = null;
  private isOpen = false;
  private openedAt = 0;
  private failures = 0;
  /** What was asked for on this connection, and what the server said it has. */
  private asked = new Set<string>();
  private confirmed = new Set<string>();
  /** When a topic was last on the screen. */
  private readonly seen = new Map<string, number>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly world: World) {}

  start(queries: QueryClient): void {
    if (this.queries) return;
    this.queries = queries;
    this.refetcher = new Refetcher(queries, this.world.isHidden);
    this.unsubscribe = queries.getQueryCache().subscribe(({ type }) => {
      if (MOUNTS.has(type)) this.later("topics", 30, () => this.subscribe());
    });
    void this.connect();
  }

  stop(): void {
    this.queries = null;
    this.unsubscribe();
    this.refetcher?.stop();
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers.clear();
    this.drop();
    this.seen.clear();
    this.failures = 0;
  }

  /** The network is there again: no need to wait. */
  hurry(): void {
    if (this.queries && !this.wire && this.timers.has("connect")) this.later("connect", 0, () => void this.connect());
  }

  /** Whether changes are told at this moment. */
  get isConnected(): boolean {
    return this.confirmed.size > 0;
  }

  /** Whether every change of a query is told. */
  covers(key: readonly unknown[]): boolean {
    const followed = followedBy(key);
    return followed !== null && followed.topics.every((topic) => this.confirmed.has(topic));
  }

  onChange = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private async connect(): Promise<void> {
    let wire: Wire;
    try {
      const url = await this.world.address();
      if (!this.queries || this.wire) return;
      if (url === null) return this.later("connect", SELDOM, () => void this.connect());
      wire = this.world.open(url);
    } catch {
      return this.retry();
    }
    this.wire = wire;
    this.later("silent", ANSWER_WITHIN, () => this.lost(wire));
    wire.onopen = () => {
      this.isOpen = true;
      this.openedAt = Date.now();
      this.subscribe();
      this.ping(wire);
    };
    wire.onmessage = ({ data }) => this.hear(wire, data);
    wire.onclose = () => this.lost(wire);
  }

  private hear(wire: Wire, data: unknown): void {
    if (wire !== this.wire) return;
    this.forget("silent");
    let told: Told;
    try {
      told = JSON.parse(String(data)) as Told;
    } catch {
      return;
    }
    if (told.type === "subscribed") this.follow(told.topics);
    else if (told.type === "changed") this.readAgain((topics) => topics.includes(told.topic));
    else if (told.type === "turn") this.put(told.topic, told.index, told.turn);
    else if (told.type === "expired") this.lost(wire);
  }

  /** The server tells of these from here on: what they show is read once more, so that there is no gap. */
  private follow(topics: string[]): void {
    // An answer may be from before something was given up.
    const held = topics.filter((topic) => this.asked.has(topic));
    const fresh = new Set(held.filter((topic) => !this.confirmed.has(topic)));
    this.confirmed = new Set(held);
    this.tell();
    if (fresh.size > 0) this.readAgain((shown) => shown.some((topic) => fresh.has(topic)));
  }

  private readAgain(concerns: (topics: readonly string[]) => boolean): void {
    for (const query of this.all()) {
      const followed = followedBy(query.queryKey);
      if (followed && concerns(followed.topics)) this.refetcher?.read(query, followed.every);
    }
  }

  /** A turn goes straight onto the screen. */
  private put(topic: string, index: number, turn: object): void {
    for (const query of this.all()) {
      const followed = followedBy(query.queryKey);
      if (!followed?.topics.includes(topic) || query.queryKey[3] !== "transcript") continue;
      const known = query.state.data as Transcript | undefined;
      const turns = known && withTurn(known.turns, index, turn);
      if (turns) this.queries?.setQueryData(query.queryKey, { ...known, turns });
      // What is on its way may be from before this turn.
      if (!turns || query.state.fetchStatus === "fetching") this.refetcher?.read(query, followed.every);
    }
  }

  /** Asks for the topics of what is on the screen, and for no others. */
  private subscribe(): void {
    const now = Date.now();
    const shown = new Set(this.all().filter((query) => query.isActive()).flatMap(({ queryKey }) => followedBy(queryKey)?.topics ?? []));
    for (const topic of shown) this.seen.set(topic, now);
    for (const [topic, at] of this.seen) if (now - at >= KEPT) this.seen.delete(topic);
    if (this.seen.size > shown.size) this.later("topics", KEPT, () => this.subscribe());
    if (!this.isOpen) return;
    const newest = [...this.seen].sort(([, a], [, b]) => b - a);
    const wanted = new Set(newest.slice(0, MOST_TOPICS).map(([topic]) => topic));
    const gone = [...this.asked].filter((topic) => !wanted.has(topic));
    const fresh = [...wanted].filter((topic) => !this.asked.has(topic));
    this.asked = wanted;
    for (const topic of gone) this.confirmed.delete(topic);
    if (gone.length > 0) this.say({ action: "unsubscribe", topics: gone });
    if (fresh.length > 0) this.say({ action: "subscribe", topics: fresh });
  }

  private ping(wire: Wire): void {
    this.later("ping", PING_EVERY, () => {
      if (wire !== this.wire) return;
      this.say({ action: "ping" });
      this.later("silent", ANSWER_WITHIN, () => this.lost(wire));
      this.ping(wire);
    });
  }

  private say(message: object): void {
    this.wire?.send(JSON.stringify(message));
  }

  /** The socket is gone: queries ask by themselves until there is another one. */
  private lost(wire: Wire): void {
    if (wire !== this.wire) return;
    if (this.isOpen && Date.now() - this.openedAt >= SETTLED) this.failures = 0;
    const followed = this.confirmed;
    this.drop();
    this.retry();
    if (followed.size > 0) {
      // Not everybody at the same moment.
      this.later("gone", this.world.random() * 1_000, () => this.readAgain((topics) => topics.some((topic) => followed.has(topic))));
    }
  }

  private drop(): void {
    const wire = this.wire;
    this.wire = null;
    this.isOpen = false;
    this.asked = new Set();
    this.confirmed = new Set();
    this.forget("silent");
    this.forget("ping");
    if (wire) {
      wire.onopen = wire.onmessage = wire.onclose = null;
      wire.close();
    }
    this.tell();
  }

  private retry(): void {
    if (!this.queries) return;
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(this.failures, 10));
    this.failures += 1;
    this.later("connect", longest * (0.5 + this.world.random() / 2), () => void this.connect());
  }

  private all(): Query[] {
    return this.queries?.getQueryCache().getAll() ?? [];
  }

  private tell(): void {
    this.listeners.forEach((listener) => listener());
  }

  private later(name: string, wait: number, run: () => void): void {
    this.forget(name);
    const timer = setTimeout(() => {
      this.timers.delete(name);
      run();
    }, wait);
    this.timers.set(name, timer);
  }

  private forget(name: string): void {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }
}
