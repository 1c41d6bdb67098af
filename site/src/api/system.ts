import { queryOptions } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "./client";
import { CALM, live } from "./live";

export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: async () => bodyOf(await api.GET("/api/status")).providers,
  ...live(CALM),
});

export const quotaQuery = (provider: Schemas["ProviderKind"]) =>
  queryOptions({
    queryKey: ["quota", provider],
    queryFn: async () => bodyOf(await api.GET("/api/quota", { params: { query: { provider } } })),
    staleTime: 60_000,
    ...live(60_000),
  });

export const attentionQuery = queryOptions({
  queryKey: ["attention"],
  queryFn: async () => bodyOf(await api.GET("/api/attention")),
  ...live(CALM),
});

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: async () => bodyOf(await api.GET("/api/settings")),
  ...live(CALM),
});

/** The rules of countries and states, and who confirmed them. */
export const callingRulesQuery = queryOptions({
  queryKey: ["calling-rules"],
  queryFn: async () => bodyOf(await api.GET("/api/calling-rules")),
  staleTime: 5_000,
});

export const auditQuery = (cursor?: string) =>
  queryOptions({
    queryKey: ["audit", cursor ?? ""],
    queryFn: async () => bodyOf(await api.GET("/api/audit", { params: { query: { cursor, limit: 50 } } })),
    ...live(CALM),
  });

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: async () => bodyOf(await api.GET("/api/users")).items,
  staleTime: 60_000,
});

export const webhooksQuery = (state: Schemas["State"] | undefined, cursor?: string) =>
  queryOptions({
    queryKey: ["webhooks", state ?? "all", cursor ?? ""],
    queryFn: async () => bodyOf(await api.GET("/api/webhooks", { params: { query: { state, cursor, limit: 30 } } })),
    ...live(CALM),
  });

/** What was measured since so many hours ago. */
export const metricsQuery = (hours: number) =>
  queryOptions({
    queryKey: ["metrics", hours],
    queryFn: async () => {
      const since = new Date(Date.now() - hours * 3_600_000).toISOString();
      return bodyOf(await api.GET("/api/metrics", { params: { query: { since } } }));
    },
    ...live(CALM),
  });

export const alertsQuery = queryOptions({
  queryKey: ["alerts"],
  queryFn: async () => bodyOf(await api.GET("/api/settings/alerts")),
  staleTime: 5_000,
});

/** How each platform is set up; no secret is in it. */
export const providerSettingsQuery = queryOptions({
  queryKey: ["provider-settings"],
  queryFn: async () => bodyOf(await api.GET("/api/settings/providers")).items,
  staleTime: 5_000,
});

/** The account at the carrier, without its token. */
export const carrierQuery = queryOptions({
  queryKey: ["carrier"],
  queryFn: async () => bodyOf(await api.GET("/api/settings/carrier")),
  staleTime: 5_000,
});
