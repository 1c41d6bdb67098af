import { queryOptions } from "@tanstack/react-query";
import { api, bodyOf } from "./client";
import { CALM, live, WATCHED } from "./live";

export const queueQuery = queryOptions({
  queryKey: ["queue"],
  queryFn: async () => bodyOf(await api.GET("/api/queue")),
  ...live(3_000),
});

/** What holds for every dial. */
export const dialSettingsQuery = queryOptions({
  queryKey: ["dial-settings"],
  queryFn: async () => bodyOf(await api.GET("/api/dial-settings")),
  ...live(CALM),
});

/** What today's calls cost. */
export const spendQuery = queryOptions({
  queryKey: ["spend"],
  queryFn: async () => bodyOf(await api.GET("/api/spend")),
  ...live(WATCHED),
});

export const deadLettersQuery = (cursor?: string) =>
  queryOptions({
    queryKey: ["dead-letters", cursor ?? ""],
    queryFn: async () => bodyOf(await api.GET("/api/queue/dead-letters", { params: { query: { cursor, limit: 50 } } })),
    ...live(WATCHED),
  });
