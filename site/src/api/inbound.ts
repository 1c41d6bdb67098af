import { queryOptions } from "@tanstack/react-query";
import { CALLS_PER_PAGE, inParts } from "./calls";
import { api, bodyOf } from "./client";
import { BUSY, live, WATCHED } from "./live";
import type { ReceptionSettings, RouteTest, RouteTested } from "./reception";

export const BOXES = ["in_progress", "needs_attention", "handled"] as const;
export type Box = (typeof BOXES)[number];

/** Calls that came in: those that last, those that somebody has to see to with the urgent ones first, and the rest. */
export const inboundQuery = (box: Box, cursor?: string) =>
  queryOptions({
    queryKey: ["inbound", box, cursor ?? ""],
    queryFn: ({ signal }) =>
      inParts(CALLS_PER_PAGE, cursor, async (part) => bodyOf(await api.GET("/api/inbound", { params: { query: { box, ...part } }, signal }))),
    ...live(box === "in_progress" ? BUSY : WATCHED),
  });

/** The rules of where calls go, in their order. */
export const routingQuery = queryOptions({
  queryKey: ["routing-rules"],
  queryFn: async () => bodyOf(await api.GET("/api/routing-rules")).items,
  staleTime: 5_000,
});

export const receptionQuery = queryOptions({
  queryKey: ["reception-settings"],
  queryFn: async () => bodyOf(await api.GET("/api/settings/reception")),
  staleTime: 5_000,
});

export async function saveReception(settings: ReceptionSettings): Promise<ReceptionSettings> {
  return bodyOf(await api.PUT("/api/settings/reception", { body: settings }));
}

/** Where a call would go, and why. */
export async function tryRouting(test: RouteTest): Promise<RouteTested> {
  return bodyOf(await api.POST("/api/routing-rules/test", { body: test }));
}
