// Who is signed in: kept for this browser, shared by its tabs, renewed before it ends.
import type { SiteConfig } from "./config";

interface Kept {
  token: string;
  refresh?: string;
  /** Milliseconds since 1970. */
  expires: number;
}

export type Ended = "signed-out" | "expired" | null;

const KEY = "switchboard.session";
/** A token this close to its end is renewed first, in milliseconds. */
const NEARLY_OVER = 60_000;

function read(): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as Kept | null;
    return kept && typeof kept.token === "string" && typeof kept.expires === "number" ? kept : null;
  } catch {
    return null;
  }
}

class Session {
  private kept = read();
  private ended: Ended = null;
  private renewing: Promise<void> | null = null;
  private readonly listeners = new Set<() => void>();
  private config: SiteConfig | null = null;

  constructor() {
    // Another tab signed in or out.
    window.addEventListener("storage", (event) => {
      if (event.key !== KEY) return;
      this.kept = read();
      if (this.kept) this.ended = null;
      this.changed();
    });
  }

  use(config: SiteConfig): void {
    this.config = config;
  }

  begin(kept: Kept): void {
    this.kept = kept;
    this.ended = null;
    localStorage.setItem(KEY, JSON.stringify(kept));
    this.changed();
  }

  end(why: Exclude<Ended, null>): void {
    if (!this.kept) return;
    this.kept = null;
    this.ended = why;
    localStorage.removeItem(KEY);
    this.changed();
  }

  get isSignedIn(): boolean {
    return this.kept !== null;
  }

  get why(): Ended {
    return this.ended;
  }

  /** A token that is good now; none when nobody is signed in. */
  async token(): Promise<string | null> {
    if (this.kept && this.kept.expires - Date.now() < NEARLY_OVER) await this.renew();
    return this.kept?.token ?? null;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private renew(): Promise<void> {
    // Several requests at once renew once.
    this.renewing ??= this.renewOnce().finally(() => (this.renewing = null));
    return this.renewing;
  }

  private async renewOnce(): Promise<void> {
    const kept = this.kept;
    if (!kept) return;
    if (kept.refresh && this.config) {
      const { renewed } = await import("./oidc");
      const next = await renewed(this.config, kept.refresh).catch(() => null);
      if (next) return this.begin(next);
    }
    if (kept.expires <= Date.now()) this.end("expired");
  }

  private changed(): void {
    this.listeners.forEach((listener) => listener());
  }
}

export const session = new Session();
