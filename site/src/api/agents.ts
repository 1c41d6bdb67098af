import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
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

/** The platforms, whether each is set up, and what its agents can be told. */
export const platformsQuery = queryOptions({
  queryKey: ["platforms"],
  queryFn: async () => bodyOf(await api.GET("/api/platforms")).items,
  staleTime: 60_000,
});

export interface VoiceWish {
  provider: Schemas["ProviderKind"];
  search: string;
  /** Empty: any language. */
  language: string;
}

export const voicesQuery = ({ provider, search, language }: VoiceWish) =>
  infiniteQueryOptions({
    queryKey: ["voices", provider, search, language],
    queryFn: async ({ pageParam }) => {
      const query = { provider, search: search || undefined, language: language || undefined, cursor: pageParam, limit: 30 };
      return bodyOf(await api.GET("/api/voices", { params: { query } }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
    staleTime: 300_000,
  });

export const voiceQuery = (provider: Schemas["ProviderKind"], voiceId: string) =>
  queryOptions({
    queryKey: ["voice", provider, voiceId],
    queryFn: async () =>
      bodyOf(await api.GET("/api/voices/{provider}/{voice_id}", { params: { path: { provider, voice_id: voiceId } } })),
    staleTime: 300_000,
    retry: false,
  });

/** What a voice sounds like. It comes through the API, with the token, so no address of it can be played. */
export async function voiceSample(provider: Schemas["ProviderKind"], voiceId: string): Promise<Blob> {
  const path = { provider, voice_id: voiceId };
  return bodyOf(await api.GET("/api/voices/{provider}/{voice_id}/preview", { params: { path }, parseAs: "blob" }));
}

export const phoneLinesQuery = queryOptions({
  queryKey: ["phone-lines"],
  queryFn: async () => bodyOf(await api.GET("/api/phone-lines")),
  staleTime: 60_000,
});

export type Tool = Schemas["AgentTool"];

/** What an agent may use in a call: its own tools, then the built-in ones. */
export const toolsQuery = (agentId: string) =>
  queryOptions({
    queryKey: ["agents", agentId, "tools"],
    queryFn: async () =>
      bodyOf(await api.GET("/api/agents/{agent_id}/tools", { params: { path: { agent_id: agentId } } })).items,
  });

const ofTool = (agentId: string, name: string) => ({ params: { path: { agent_id: agentId, name } } });

export async function putTool(agentId: string, name: string, tool: Schemas["PutTool"]): Promise<Schemas["KeptTool"]> {
  return bodyOf(await api.PUT("/api/agents/{agent_id}/tools/{name}", { ...ofTool(agentId, name), body: tool }));
}

export async function deleteTool(agentId: string, name: string): Promise<void> {
  await api.DELETE("/api/agents/{agent_id}/tools/{name}", ofTool(agentId, name));
}

/** A new secret for a tool; the one before it stays good for a day. */
export async function rotateToolSecret(agentId: string, name: string): Promise<{ secret: string; old_until?: string | null }> {
  return bodyOf(await api.POST("/api/agents/{agent_id}/tools/{name}/rotate-secret", { ...ofTool(agentId, name), body: { overlap_hours: 24 } }));
}
