import type { Page } from "@playwright/test";
import { barriers, inScheme } from "./support/barriers";
import { expect, people, test } from "./support/site";

/** What a first visit may weigh, in bytes of JavaScript as it comes over the wire. */
const MOST_SCRIPT = 250_000;

test("the first load is light", async ({ page }) => {
  let bytes = 0;
  page.on("requestfinished", async (request) => {
    if (request.resourceType() !== "script") return;
    const { responseBodySize: size } = await request.sizes();
    bytes += size;
  });
  await page.goto("/");
  await expect(page.getByRole("region", { name: "Outcomes" })).toBeVisible();
  await page.waitForLoadState("networkidle");
  console.log(`JavaScript of the first load: ${bytes} bytes`);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThanOrEqual(MOST_SCRIPT);
});

/** Everything in the light scheme, and in the dark one what is different there: the colours. */
async function lookedAt(page: Page, where: string): Promise<string[]> {
  const light = await barriers(page, where, "at everything");
  await inScheme(page, "dark");
  const dark = await barriers(page, `${where}, dark`, "at its colours");
  await inScheme(page, "light");
  return [...light, ...dark];
}

test("no page is hard to use with a screen reader or a keyboard", async ({ page, api }) => {
  test.setTimeout(600_000);
  const agent = await api.agent("Readable agent");
  const list = await api.list("Readable", people(3, 850));
  const campaign = await api.campaign("Readable campaign", agent, list, { retry: { max_attempts: 1, delay_secs: 60, retry_on: [] } });
  await api.finished(campaign);
  const { target } = await api.target("Readable target");
  const { items } = await api.call<{ items: { call_id: string }[] }>("GET", `/api/calls?campaign_id=${campaign}`);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const pages = [
    "/", "/inbound", "/inbound?box=in_progress", "/callbacks", "/routing", "/calls", `/calls/${items[0]?.call_id}`, "/campaigns", "/campaigns/new", "/campaigns/templates", `/campaigns/${campaign}`, "/contacts", "/contacts/import",
    `/contacts/${list}`, "/contacts/do-not-call", "/contacts/do-not-call/import", "/agents", "/agents/new", `/agents/${agent}`, "/queue", "/attention", "/monitoring", "/event-targets", `/event-targets/${target.target_id}`,
    "/settings", "/settings?tab=reception", "/settings?tab=alerts", "/settings?tab=dialling", "/settings?tab=rules", "/settings?tab=calling-rules", "/settings?tab=privacy", "/nowhere",
  ];
  const told: string[] = [];
  for (const path of pages) {
    await page.goto(path);
    await expect(page.getByRole("heading").first()).toBeVisible();
    await page.waitForLoadState("networkidle");
    told.push(...(await lookedAt(page, path)));
  }
  expect(told).toEqual([]);
});

test("no dialog is hard to use with a screen reader or a keyboard", async ({ page, api }) => {
  test.setTimeout(600_000);
  const agent = await api.agent("Asked agent");
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const told: string[] = [];
  const open = async (path: string, button: string) => {
    await page.goto(path);
    await page.getByRole("button", { name: button, exact: true }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    told.push(...(await lookedAt(page, `${path} ${button}`)));
  };
  await open("/calls", "Export");
  await open("/contacts/do-not-call", "Add numbers");
  await open("/agents", "Import by id");
  await open("/callbacks", "Book a callback");
  await open("/routing", "New rule");
  await open(`/agents/${agent}`, "Delete");
  await open("/queue", "Stop the queue");
  const { target } = await api.target("Asked target");
  await open("/event-targets", "New target");
  for (const button of ["Make a new one", "Send again since…", "Turn off", "Delete"]) await open(`/event-targets/${target.target_id}`, button);
  const other = await api.agent("Other asked agent");
  const list = await api.list("Asked list", people(2, 870));
  const campaign = await api.campaign("Asked campaign", agent, list, { start: "draft", rules: { consent: { column: "agreed" }, more_agents: [{ agent_id: other, weight: 50 }] } });
  await open(`/campaigns/${campaign}`, "Save as template");
  await open(`/campaigns/${campaign}`, "Change");
  const folded = page.getByRole("dialog").locator("button[aria-expanded=false][data-accordion-control]");
  while ((await folded.count()) > 0) await folded.first().click();
  told.push(...(await barriers(page, "every rule unfolded")));
  await page.goto("/");
  await expect(page.getByRole("button", { name: /search/i }).first()).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByLabel("Search anything").last()).toBeFocused();
  told.push(...(await lookedAt(page, "palette")));
  await page.goto("/contacts/import");
  await page.locator("input[type=file]").setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.from("phone,name\n+34632000001,Ana\nx,Berta") });
  await expect(page.getByText("Will be rejected")).toBeVisible();
  told.push(...(await lookedAt(page, "preview")));
  expect(told).toEqual([]);
});

test("everything in two clicks, by keyboard too", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("region", { name: "Totals" })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "To the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#content")).toBeFocused();
});

test("on a phone the menu opens and nothing is wider than the screen", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ["/", "/inbound", "/callbacks", "/routing", "/calls", "/campaigns", "/campaigns/templates", "/contacts", "/agents", "/queue", "/monitoring", "/event-targets", "/settings", "/settings?tab=reception", "/settings?tab=alerts", "/settings?tab=dialling", "/settings?tab=rules", "/settings?tab=calling-rules", "/settings?tab=privacy"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.waitForLoadState("networkidle");
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wider, path).toBeLessThanOrEqual(0);
  }
  await page.getByRole("button", { name: "Open the menu" }).click();
  await page.getByRole("link", { name: "Campaigns" }).click();
  await expect(page.getByRole("heading", { name: "Campaigns", level: 1 })).toBeVisible();
});
