import { queryOptions } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "./client";
import { CALM, live } from "./live";

export type Agent = Schemas["Agent"];

/** Most agents that are read into a list that is filtered here. */
const MOST_AGENTS = 2_000;

/** All agents, of all providers: there are few, so choosing and sorting happen here. */
export const agentsQuery = queryOptions({
  queryKey: ["agents"],
  queryFn: async () => {
    const agents: Agent[] = [];
    let cursor: string | undefined;
    do {
      const page = bodyOf(await api.GET("/api/agents", { params: { query: { cursor, limit: 200 } } }));
      agents.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor && agents.length < MOST_AGENTS);
    return agents;
  },
  ...live(CALM),
});

export const agentQuery = (agentId: string) =>
  queryOptions({
    queryKey: ["agents", agentId],
    queryFn: async () => bodyOf(await api.GET("/api/agents/{agent_id}", { params: { path: { agent_id: agentId } } })),
  });

export const dependentsQuery = (agentId: string) =>
  queryOptions({
    queryKey: ["agents", agentId, "dependents"],
    queryFn: async () =>
      bodyOf(await api.GET("/api/agents/{agent_id}/dependents", { params: { path: { agent_id: agentId } } })),
  });

export const voicesQuery = (provider: Schemas["ProviderKind"], search: string) =>
  queryOptions({
    queryKey: ["voices", provider, search],
    queryFn: async () =>
      bodyOf(await api.GET("/api/voices", { params: { query: { provider, search: search || undefined, limit: 30 } } })).items,
    staleTime: 300_000,
  });

/** What a voice sounds like. */
export const voicePreview = async (provider: Schemas["ProviderKind"], voiceId: string): Promise<Blob> =>
  bodyOf<Blob>(
    await api.GET("/api/voices/{provider}/{voice_id}/preview", {
      params: { path: { provider, voice_id: voiceId } },
      parseAs: "blob",
    }),
  );

export const phoneLinesQuery = queryOptions({
  queryKey: ["phone-lines"],
  queryFn: async () => bodyOf(await api.GET("/api/phone-lines")),
  staleTime: 60_000,
});
