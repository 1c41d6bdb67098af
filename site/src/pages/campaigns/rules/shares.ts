// Which share of the people each agent of a campaign has. The API counts in weights, beside the 100 of the campaign's own
// agent; people think in percent.
import type { Schemas } from "@/api/client";

type CampaignAgent = Schemas["CampaignAgent"];

const OWN_WEIGHT = 100;
const MOST_WEIGHT = 1_000;
/** Least that the campaign's own agent keeps, so that every weight is one that the API takes. */
export const LEAST_OWN_PERCENT = 10;

/** Percent of the people that each further agent has. */
export function percentsOf(agents: CampaignAgent[]): number[] {
  const all = agents.reduce((sum, { weight }) => sum + weight, OWN_WEIGHT);
  return agents.map(({ weight }) => Math.round((weight / all) * 100));
}

/** Percent that are left for the campaign's own agent. */
export const ownPercent = (agents: CampaignAgent[]) => 100 - percentsOf(agents).reduce((sum, percent) => sum + percent, 0);

/** The agents, one of them with another share; the campaign's own takes up the difference. */
export function withPercent(agents: CampaignAgent[], index: number, percent: number): CampaignAgent[] {
  const percents = percentsOf(agents);
  const others = percents.reduce((sum, value, at) => (at === index ? sum : sum + value), 0);
  const room = 100 - LEAST_OWN_PERCENT - others;
  percents[index] = Math.max(1, Math.min(percent, room));
  const own = 100 - percents.reduce((sum, value) => sum + value, 0);
  return agents.map((agent, at) => ({ ...agent, weight: Math.max(1, Math.min(MOST_WEIGHT, Math.round((OWN_WEIGHT * (percents[at] ?? 1)) / own))) }));
}

/** All agents with the same share. */
export const evenly = (agents: CampaignAgent[]): CampaignAgent[] => agents.map((agent) => ({ ...agent, weight: OWN_WEIGHT }));
