import { queryOptions } from "@tanstack/react-query";
import { CALLS_PER_PAGE, type CallsPage, inParts } from "./calls";
import { bodyOf } from "./client";
import { BUSY, live, WATCHED } from "./live";
import { type List, type ReceptionSettings, type RouteTest, type RouteTested, type RoutingRule, soon } from "./reception";

export const BOXES = ["in_progress", "needs_attention", "handled"] as const;
export type Box = (typeof BOXES)[number];

/** Calls that came in: those that last, those that somebody has to see to with the urgent ones first, and the rest. */
export const inboundQuery = (box: Box, cursor?: string) =>
  queryOptions({
    queryKey: ["inbound", box, cursor ?? ""],
    queryFn: ({ signal }) =>
      inParts(CALLS_PER_PAGE, cursor, async (part) => bodyOf<CallsPage>(await soon().GET("/api/inbound", { params: { query: { box, ...part } }, signal }))),
    ...live(box === "in_progress" ? BUSY : WATCHED),
  });

/** The rules of where calls go, in their order. */
export const routingQuery = queryOptions({
  queryKey: ["routing-rules"],
  queryFn: async () => bodyOf<List<RoutingRule>>(await soon().GET("/api/routing-rules")).items,
  staleTime: 5_000,
});

export const receptionQuery = queryOptions({
  queryKey: ["reception-settings"],
  queryFn: async () => bodyOf<ReceptionSettings>(await soon().GET("/api/settings/reception")),
  staleTime: 5_000,
});

export async function saveReception(settings: ReceptionSettings): Promise<ReceptionSettings> {
  return bodyOf<ReceptionSettings>(await soon().PUT("/api/settings/reception", { body: settings }));
}

/** Where a call would go, and why. */
export async function tryRouting(test: RouteTest): Promise<RouteTested> {
  return bodyOf<RouteTested>(await soon().POST("/api/routing-rules/test", { body: test }));
}
