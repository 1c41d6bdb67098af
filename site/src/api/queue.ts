import { queryOptions } from "@tanstack/react-query";
import { api, bodyOf } from "./client";
import { live, WATCHED } from "./live";

export const queueQuery = queryOptions({
  queryKey: ["queue"],
  queryFn: async () => bodyOf(await api.GET("/api/queue")),
  ...live(3_000),
});

export const deadLettersQuery = (cursor?: string) =>
  queryOptions({
    queryKey: ["dead-letters", cursor ?? ""],
    queryFn: async () => bodyOf(await api.GET("/api/queue/dead-letters", { params: { query: { cursor, limit: 50 } } })),
    ...live(WATCHED),
  });
