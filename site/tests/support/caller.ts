// Somebody who calls the company's number, played by the simulator.
import { expect } from "@playwright/test";
import type { Api } from "./site";
import { atSimulator, siteUrl, toSimulator } from "./site";

/** The number that they call. */
export const RECEPTION = "+15005550199";

export interface Said {
  speaker: "agent" | "caller";
  text: string;
  seconds?: number;
  interrupted?: boolean;
  tool?: { name: string; arguments: object };
}

/** Talks as slowly as people do, so that a test sees it grow. */
export const atTalkingSpeed = () => toSimulator("/sim/clock", { factor: 1 });

/** A reception with an agent of OpenAI that takes every call; answers the agent. */
export async function openReception(api: Api, name: string): Promise<string> {
  expect(await api.isSetUp("openai"), "the simulator plays OpenAI").toBe(true);
  await toSimulator("/_sim/public_url", { url: siteUrl() });
  const agent = await api.agent(name, "You are the receptionist. Be brief and kind.", "openai");
  const settings = await api.call<object>("GET", "/api/settings/reception");
  await api.call("PUT", "/api/settings/reception", { ...settings, company: "Clínica Sonrisa", time_zone: "Europe/Madrid" });
  await closeReception(api);
  await api.call("POST", "/api/routing-rules", { name, targets: [{ kind: "agent", agent_id: agent }, { kind: "voicemail" }] });
  return agent;
}

/** Takes every rule away. */
export async function closeReception(api: Api): Promise<void> {
  const { items } = await api.call<{ items: { rule_id: string }[] }>("GET", "/api/routing-rules");
  for (const { rule_id: rule } of items) await api.call("DELETE", `/api/routing-rules/${rule}`);
}

/** Somebody calls, and says this. Answers Twilio's id of the call. */
export async function ring(from: string, turns: Said[], scenario: object = {}): Promise<string> {
  const answer = await atSimulator("POST", "/_sim/calls/inbound", { from, to: RECEPTION, scenario: { turns, waits_secs: 1, ...scenario } });
  expect(answer.status, await answer.clone().text()).toBe(201);
  return ((await answer.json()) as { call_sid: string }).call_sid;
}

/** Our id of the call that came in from a number. */
export async function callFrom(api: Api, from: string): Promise<string> {
  let found: string | undefined;
  await expect
    .poll(async () => {
      const { items } = await api.call<{ items: { call_id: string }[] }>("GET", `/api/calls?phone_number=${encodeURIComponent(from)}`);
      found = items[0]?.call_id;
      return found !== undefined;
    }, { timeout: 20_000 })
    .toBe(true);
  return found ?? "";
}
