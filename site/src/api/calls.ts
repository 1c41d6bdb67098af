import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { paths } from "./schema";
import { api, bodyOf, type Schemas } from "./client";
import { BUSY, CALM, live, WATCHED } from "./live";
import type { Call } from "./reception";
import { isLive } from "@/ui/Status";

export type { Call };
export type Transcript = Schemas["Transcript"];
export type CallFilter = Omit<NonNullable<paths["/api/calls"]["get"]["parameters"]["query"]>, "cursor" | "limit">;

export const CALLS_PER_PAGE = 50;
/** Requests behind one page of a search, before somebody is asked whether to go on. */
const MOST_READS = 5;

export interface CallsPage {
  items: Call[];
  next_cursor?: string | null;
  searched_back_to?: string | null;
}

/** One page of calls. What has no index is answered in parts, some of them short or empty: they are put together here. */
export async function inParts(limit: number, cursor: string | undefined, ask: (part: { cursor: string | undefined; limit: number }) => Promise<CallsPage>): Promise<CallsPage> {
  const page: CallsPage = { items: [], next_cursor: cursor };
  for (let reads = 0; reads < MOST_READS; reads += 1) {
    const part = await ask({ cursor: page.next_cursor ?? undefined, limit: limit - page.items.length });
    page.items.push(...part.items);
    page.next_cursor = part.next_cursor;
    page.searched_back_to = part.searched_back_to;
    if (!part.next_cursor || page.items.length >= limit) break;
  }
  return page;
}

export const callsQuery = (filter: CallFilter, cursor?: string, limit = CALLS_PER_PAGE) =>
  queryOptions({
    queryKey: ["calls", "list", filter, cursor ?? "", limit],
    queryFn: ({ signal }) =>
      inParts(limit, cursor, async (part) => bodyOf(await api.GET("/api/calls", { params: { query: { ...filter, ...part } }, signal }))),
    ...live(WATCHED),
  });

export const callQuery = (callId: string) => {
  const watch = live(BUSY);
  const calm = live(CALM);
  return queryOptions({
    queryKey: ["calls", "one", callId],
    queryFn: async () => bodyOf(await api.GET("/api/calls/{call_id}", { params: { path: { call_id: callId } } })),
    ...watch,
    refetchInterval: (query) => {
      const call = query.state.data;
      const moving = !call || isLive(call.status) || call.recording.state === "pending" || !call.results_complete;
      return (moving ? watch : calm).refetchInterval(query);
    },
  });
};

export const transcriptQuery = (callId: string, complete: boolean) =>
  queryOptions({
    queryKey: ["calls", "one", callId, "transcript", complete],
    queryFn: async () =>
      bodyOf(await api.GET("/api/calls/{call_id}/transcript", { params: { path: { call_id: callId } } })),
    // What was heard live stays on the screen while the whole is read.
    ...(complete ? { staleTime: Infinity, placeholderData: keepPreviousData } : live(BUSY)),
  });

/** A link to the recording; it is good for a while, so it is asked anew when the page opens. */
export const recordingQuery = (callId: string) =>
  queryOptions({
    queryKey: ["calls", "one", callId, "recording"],
    queryFn: async () =>
      bodyOf(await api.GET("/api/calls/{call_id}/recording", { params: { path: { call_id: callId } } })),
    staleTime: 600_000,
  });

export const statsQuery = (days: number) =>
  queryOptions({
    queryKey: ["stats", days],
    queryFn: async () => bodyOf(await api.GET("/api/calls/stats", { params: { query: { days } } })),
    ...live(WATCHED),
  });

export const exportQuery = (exportId: string) =>
  queryOptions({
    queryKey: ["exports", exportId],
    queryFn: async () =>
      bodyOf(await api.GET("/api/exports/{export_id}", { params: { path: { export_id: exportId } } })),
    refetchInterval: ({ state }) =>
      state.data && ["completed", "failed"].includes(state.data.export.status) ? false : 1_000,
  });

export async function markHandled(callId: string, handled: boolean): Promise<Call> {
  return bodyOf(await api.PATCH("/api/calls/{call_id}", { params: { path: { call_id: callId } }, body: { handled } }));
}

/** Tells the customer's own systems to make a ticket of a call; `again` where one was asked for before. */
export async function askForTicket(callId: string, note: string, again: boolean): Promise<void> {
  const params = { path: { call_id: callId }, query: again ? { again: true } : {} };
  await api.POST("/api/calls/{call_id}/ticket", { params, body: note.trim() === "" ? {} : { note: note.trim() } });
}
