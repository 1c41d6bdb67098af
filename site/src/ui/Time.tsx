import { useEffect, useSyncExternalStore } from "react";
import { formatExactly, formatMoment, formatRelative } from "./format";

// One clock for all relative times of the page.
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    listeners.forEach((tell) => tell());
  }, 5_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The present moment, a few seconds coarse, in milliseconds since 1970. */
export function useNow(): number {
  const value = useSyncExternalStore(subscribe, () => now);
  useEffect(() => {
    now = Date.now();
  }, []);
  return value;
}

/** `3 min. ago`, with the exact moment on hover. */
export function Ago({ at }: { at: string }) {
  const present = useNow();
  return (
    <time dateTime={at} title={formatExactly(at)} style={{ whiteSpace: "nowrap" }}>{formatRelative(at, present)}</time>
  );
}

/** `3 May 2026, 14:05`. */
export function Moment({ at }: { at: string }) {
  return <time dateTime={at} title={formatExactly(at)}>{formatMoment(at)}</time>;
}
