// How often a page asks again: seldom while changes are told by themselves, often while they are not, not at all
// while hidden, less often while there is trouble.
import { keepPreviousData, type QueryKey } from "@tanstack/react-query";
import { api, bodyOf, isRefused } from "./client";
import { LiveUpdates, type Wire } from "./live-updates";

/** Those of this tab. */
export const updates = new LiveUpdates({
  address: async () => {
    try {
      return bodyOf(await api.POST("/api/live/tickets")).url;
    } catch (error) {
      // This deployment has no live updates, or this person may not have them.
      if (isRefused(error)) return null;
      throw error;
    }
  },
  open: (url) => new WebSocket(url) as unknown as Wire,
  isHidden: () => document.visibilityState === "hidden",
  random: Math.random,
});

const SLOWEST = 60_000;

interface Asked {
  queryKey: QueryKey;
  state: { error: unknown; errorUpdateCount: number };
}

/** Options of a query that stays up to date by itself, asking every so many milliseconds. */
export function live(every: number) {
  return {
    refetchInterval: ({ queryKey, state }: Asked) => {
      if (state.error) return Math.min(SLOWEST, every * 2 ** Math.min(state.errorUpdateCount, 6));
      // A net below the live updates.
      return updates.covers(queryKey) ? SLOWEST : every;
    },
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
