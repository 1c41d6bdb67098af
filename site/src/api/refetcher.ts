// Reads queries again when something told that they have changed: seldom enough, and never too early.
import type { Query, QueryClient } from "@tanstack/react-query";

interface Waiting {
  /** When it was last read again because of a change, in milliseconds since 1970. */
  last: number;
  timer?: ReturnType<typeof setTimeout> | undefined;
  /** It changed while it was being read: what comes may be from before. */
  again?: boolean;
  every: number;
}

const NEVER = -Infinity;

/** A query is read at once, then at most once in a while; one that is being read is read once more afterwards. */
export class Refetcher {
  private readonly waiting = new Map<string, Waiting>();
  private readonly unsubscribe: () => void;

  constructor(
    private readonly queries: QueryClient,
    private readonly isHidden: () => boolean,
  ) {
    this.unsubscribe = queries.getQueryCache().subscribe((event) => {
      if (event.type === "removed") this.forget(event.query.queryHash);
      if (event.type !== "updated" || (event.action.type !== "success" && event.action.type !== "error")) return;
      const known = this.waiting.get(event.query.queryHash);
      if (!known?.again) return;
      known.again = false;
      this.read(event.query, known.every);
    });
  }

  /** It has changed. */
  read(query: Query, every: number): void {
    // Nobody looks: it is read when somebody does.
    if (this.isHidden() || !query.isActive()) return query.invalidate();
    const known = this.waiting.get(query.queryHash) ?? { last: NEVER, every };
    known.every = every;
    this.waiting.set(query.queryHash, known);
    if (known.timer !== undefined) return;
    const rest = known.last + every - Date.now();
    if (rest > 0) {
      known.timer = setTimeout(() => {
        known.timer = undefined;
        this.read(query, every);
      }, rest);
    } else if (query.state.fetchStatus === "fetching") {
      known.again = true;
    } else {
      known.last = Date.now();
      void this.queries.invalidateQueries({ predicate: (one) => one === query }, { cancelRefetch: false });
    }
  }

  stop(): void {
    this.unsubscribe();
    for (const hash of [...this.waiting.keys()]) this.forget(hash);
  }

  private forget(hash: string): void {
    clearTimeout(this.waiting.get(hash)?.timer);
    this.waiting.delete(hash);
  }
}
