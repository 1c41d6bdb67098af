// Pictures of every page, light and dark, phone and desktop, into docs/screenshots.
import { type Page, test } from "@playwright/test";
import { join } from "node:path";
import { startFilled } from "../support/filled";
import { Receiver } from "../support/receiver";
import { ROOT, type System } from "../support/system";

const FOLDER = join(ROOT, "docs/screenshots");
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

let system: System;
let receivers: Receiver[] = [];
test.beforeAll(async () => {
  test.setTimeout(600_000);
  system = await startFilled(1_500);
});
test.afterAll(async () => {
  await system.stop();
  await Promise.all(receivers.map((receiver) => receiver.stop()));
});

/** Two targets: one that takes events, and one whose receiver is gone. Answers the first. */
async function targets(headers: Record<string, string>): Promise<string> {
  receivers = [await Receiver.start(), await Receiver.start()];
  const make = async (receiver: Receiver | undefined, description: string, types: string[]) => {
    const body = JSON.stringify({ url: receiver?.url, description, types });
    const answer = await fetch(`${system.url}/api/event-targets`, { method: "POST", headers, body });
    return ((await answer.json()) as { target: { target_id: string } }).target.target_id;
  };
  const [works, gone] = receivers;
  const desk = await make(works, "Customer desk", ["call.ended", "campaign.finished", "opt_out.created"]);
  const old = await make(gone, "Old billing", ["opt_out.created"]);
  if (gone) gone.status = 410;
  await fetch(`${system.url}/api/event-targets/${old}/test`, { method: "POST", headers });
  return desk;
}

/** Somebody calls the company's number, as the simulator plays them. */
async function ring(from: string, scenario: string | object): Promise<void> {
  const body = JSON.stringify({ from, to: "+15005550199", scenario });
  const answer = await fetch(`${system.simulator}/_sim/calls/inbound`, { method: "POST", headers: { "content-type": "application/json" }, body });
  if (!answer.ok) throw new Error(`Nobody could call: ${answer.status} ${await answer.text()}`);
}

/** A reception that was called by some people, with one of them on the phone still. Answers what was the emergency. */
async function reception(headers: Record<string, string>): Promise<string> {
  const ask = async (method: string, path: string, body?: object) => {
    const own = { ...headers, "idempotency-key": crypto.randomUUID() };
    const answer = await fetch(system.url + path, { method, headers: own, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, never>;
  };
  const agent = await ask("POST", "/api/agents", { provider: "openai", name: "Clara, reception", prompt: "You are the receptionist of a dental clinic. Be brief and kind.", first_message: "Good morning!", language: "en" });
  const targets = [{ kind: "agent", agent_id: agent["agent_id"] }, { kind: "person", phone_number: "+34631021622", ring_secs: 20 }, { kind: "voicemail" }];
  await ask("POST", "/api/routing-rules", { name: "Holidays", when: { holidays: true }, targets: [{ kind: "voicemail" }] });
  await ask("POST", "/api/routing-rules", { name: "Spanish callers, office hours", when: { callers: ["+34"], days: ["monday", "tuesday", "wednesday", "thursday", "friday"], from: "09:00", until: "20:00" }, targets, language: "es" });
  await ask("POST", "/api/routing-rules", { name: "Everybody else", targets });
  const settings = await ask("GET", "/api/settings/reception");
  await ask("PUT", "/api/settings/reception", { ...settings, company: "Clínica Sonrisa", time_zone: "Europe/Madrid", holidays: ["2026-12-25", "2027-01-06"] });
  const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
  await ask("POST", "/api/callbacks", { phone_number: "+34631777001", name: "Ana Seoane", reason: "Wants to move her appointment to next week", due_at: hours(2) });
  await ask("POST", "/api/callbacks", { phone_number: "+34631777002", name: "Iria Lago", reason: "Asked for a price", due_at: hours(-1) });

  await fetch(`${system.simulator}/sim/clock`, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ factor: 5 }) });
  await ring("+12025550112", "emergency");
  for (const [digits, script] of [["11", "booking"], ["13", "billing"], ["16", "message"], ["18", "callback"]]) await ring(`+120255501${digits}`, script ?? "");
  await new Promise((next) => setTimeout(next, 45_000));
  await fetch(`${system.simulator}/sim/clock`, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ factor: 1 }) });
  const line = (speaker: string, text: string) => ({ speaker, text, seconds: 6 });
  const talk = [
    line("agent", "Good morning, this is the reception. How can I help you?"), line("caller", "Hello, I have been waiting for my results since Monday."),
    line("agent", "Let me look. May I have your name?"), line("caller", "David Moss."), line("agent", "Thank you, Mr Moss. They came in this morning."),
  ];
  await ring("+12025550121", { turns: [...talk, ...Array.from({ length: 100 }, (_, index) => line(index % 2 === 0 ? "caller" : "agent", "One moment, please."))] });
  await new Promise((next) => setTimeout(next, 30_000));
  const { items } = (await ask("GET", `/api/calls?phone_number=${encodeURIComponent("+12025550112")}`)) as unknown as { items: { call_id: string }[] };
  return items[0]?.call_id ?? "";
}

/** A campaign that runs while the pictures are taken, so that something is going on. */
async function somethingGoesOn(): Promise<{ campaign: string; call: string; list: string; agent: string; target: string }> {
  const headers = { authorization: `Bearer ${system.token("admin")}`, "content-type": "application/json" };
  const target = await targets(headers);
  const get = async (path: string) => (await fetch(system.url + path, { headers })).json() as Promise<{ items: Record<string, never>[] }>;
  const [campaigns, lists, agents, lines] = await Promise.all(
    ["/api/campaigns", "/api/contact-lists", "/api/agents", "/api/phone-lines"].map(get),
  );
  const recipients = Array.from({ length: 120 }, (_, index) => ({
    phone_number: `+3463${String(3_000_000 + index)}`, variables: { name: `Person ${index + 1}`, city: "Lugo", appointment_date: "Friday" },
  }));
  const [line] = lines?.items ?? [];
  const agent = agents?.items.find(({ provider }) => provider === line?.["provider"]);
  const body = {
    name: "November reminders", agent_id: agent?.["agent_id"], phone_line_id: line?.["phone_line_id"], recipients, start: "now",
    retry: { max_attempts: 2, delay_secs: 3600, retry_on: ["no_answer", "busy"] },
  };
  const answer = await fetch(`${system.url}/api/campaigns`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`No campaign: ${answer.status} ${await answer.text()}`);
  const made = (await answer.json()) as { campaign_id: string };
  const sample = campaigns?.items.find((campaign) => campaign["status"] === "completed")?.["campaign_id"] ?? "";
  const calls = await get(`/api/calls?campaign_id=${sample}&status=completed&limit=5`);
  await new Promise((next) => setTimeout(next, 20_000));
  // The last one is refused, so that the log has both.
  if (receivers[0]) receivers[0].status = 503;
  await fetch(`${system.url}/api/event-targets/${target}/test`, { method: "POST", headers });
  return { campaign: made.campaign_id, call: calls.items[0]?.["call_id"] ?? "", list: lists?.items[0]?.["list_id"] ?? "", agent: agent?.["agent_id"] ?? "", target };
}

async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(400);
}

/** Everything that is kept about the person of a call. */
async function oneFound(page: Page, call: string): Promise<void> {
  const headers = { authorization: `Bearer ${system.token("admin")}` };
  const { phone_number: number } = (await (await fetch(`${system.url}/api/calls/${call}`, { headers })).json()) as { phone_number: string };
  await page.goto(`${system.url}/settings?tab=privacy`);
  await page.getByLabel("Phone number").fill(number);
  await page.getByRole("button", { name: "Show what is kept" }).click();
  await page.getByRole("region", { name: "Calls" }).getByRole("button").first().click();
  await settled(page);
}

test("pictures of every page", async ({ browser }) => {
  const { campaign, call, list, agent, target } = await somethingGoesOn();
  const emergency = await reception({ authorization: `Bearer ${system.token("admin")}`, "content-type": "application/json" });
  const pages: Record<string, string> = {
    dashboard: "/", calls: "/calls", call: `/calls/${call}`, campaigns: "/campaigns", campaign: `/campaigns/${campaign}`, "new-campaign": "/campaigns/new",
    contacts: "/contacts", "contact-list": `/contacts/${list}`, import: "/contacts/import", "do-not-call": "/contacts/do-not-call",
    agents: "/agents", agent: `/agents/${agent}`, queue: "/queue", attention: "/attention", monitoring: "/monitoring", "event-targets": "/event-targets",
    "event-target": `/event-targets/${target}`, settings: "/settings",
    inbound: `/inbound?call=${emergency}`, "inbound-live": "/inbound?box=in_progress", "inbound-call": `/calls/${emergency}`,
    callbacks: "/callbacks", routing: "/routing", reception: "/settings?tab=reception",
  };
  const kept = JSON.stringify({ token: system.token("admin"), expires: Date.now() + 7_200_000 });
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"] as const) {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce", locale: "en-GB", timezoneId: "Europe/Madrid" });
      await context.addInitScript(([key, value]) => localStorage.setItem(key ?? "", value ?? ""), ["switchboard.session", kept]);
      const page = await context.newPage();
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(system.url + path);
        await settled(page);
        await page.screenshot({ path: join(FOLDER, `${name}-${size}-${colorScheme}.png`) });
      }
      await oneFound(page, call);
      await page.screenshot({ path: join(FOLDER, `privacy-${size}-${colorScheme}.png`) });
      await context.close();
    }
  }
});
