import { useQuery } from "@tanstack/react-query";
import { agentsQuery } from "@/api/agents";

/** The names of all agents, by their ids. */
export function useAgentNames(): ReadonlyMap<string, string> {
  return new Map(useQuery(agentsQuery).data?.map(({ agent_id, name }) => [agent_id, name]));
}
