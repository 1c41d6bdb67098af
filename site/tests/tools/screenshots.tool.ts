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
  const body = {
    name: "November reminders", agent_id: agents?.items[0]?.["agent_id"], phone_line_id: lines?.items[0]?.["phone_line_id"], recipients, start: "now",
    retry: { max_attempts: 2, delay_secs: 3600, retry_on: ["no_answer", "busy"] },
  };
  const made = (await (await fetch(`${system.url}/api/campaigns`, { method: "POST", headers, body: JSON.stringify(body) })).json()) as { campaign_id: string };
  const sample = campaigns?.items.find((campaign) => campaign["status"] === "completed")?.["campaign_id"] ?? "";
  const calls = await get(`/api/calls?campaign_id=${sample}&status=completed&limit=5`);
  await new Promise((next) => setTimeout(next, 20_000));
  // The last one is refused, so that the log has both.
  if (receivers[0]) receivers[0].status = 503;
  await fetch(`${system.url}/api/event-targets/${target}/test`, { method: "POST", headers });
  return { campaign: made.campaign_id, call: calls.items[0]?.["call_id"] ?? "", list: lists?.items[0]?.["list_id"] ?? "", agent: agents?.items[0]?.["agent_id"] ?? "", target };
}

async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(400);
}

test("pictures of every page", async ({ browser }) => {
  const { campaign, call, list, agent, target } = await somethingGoesOn();
  const pages: Record<string, string> = {
    dashboard: "/", calls: "/calls", call: `/calls/${call}`, campaigns: "/campaigns", campaign: `/campaigns/${campaign}`, "new-campaign": "/campaigns/new",
    contacts: "/contacts", "contact-list": `/contacts/${list}`, import: "/contacts/import", "do-not-call": "/contacts/do-not-call",
    agents: "/agents", agent: `/agents/${agent}`, queue: "/queue", attention: "/attention", monitoring: "/monitoring", "event-targets": "/event-targets",
    "event-target": `/event-targets/${target}`, settings: "/settings",
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
      await context.close();
    }
  }
});
