// How often a page asks again: often while it is looked at, not at all while hidden, less often while there is trouble.
import { keepPreviousData } from "@tanstack/react-query";

const SLOWEST = 60_000;

interface Asked {
  state: { error: unknown; errorUpdateCount: number };
}

/** Options of a query that stays up to date by itself, asking every so many milliseconds. */
export function live(every: number) {
  return {
    refetchInterval: ({ state }: Asked) =>
      state.error ? Math.min(SLOWEST, every * 2 ** Math.min(state.errorUpdateCount, 6)) : every,
    refetchIntervalInBackground: false,
    placeholderData: keepPreviousData,
  };
}

/** Something is going on: calls, imports. */
export const BUSY = 2_000;
/** Numbers somebody watches. */
export const WATCHED = 5_000;
/** What changes now and then. */
export const CALM = 20_000;
