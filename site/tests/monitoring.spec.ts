import { barriers } from "./support/barriers";
import { expect, people, test, toSimulator } from "./support/site";
import { expectToast } from "./support/toasts";

interface Numbers {
  calls: number;
  outcomes: Record<string, number>;
}

interface Metrics {
  all: Numbers;
  providers: { provider: string; numbers: Numbers }[];
}

test("the monitoring page shows what a campaign's calls came to", async ({ page, api }) => {
  test.setTimeout(240_000);
  // What tests before this one began is counted too when it ends: nothing is left of it once nobody is called.
  const going = async () => {
    const calls = await api.call<{ items: unknown[] }>("GET", "/api/calls?view=in_progress");
    const campaigns = await api.call<{ items: unknown[] }>("GET", "/api/campaigns?status=running");
    return calls.items.length + campaigns.items.length;
  };
  await expect.poll(going, { timeout: 90_000 }).toBe(0);
  const before = await api.call<Metrics>("GET", "/api/metrics");
  const agent = await api.agent("Measured agent");
  const list = await api.list("Measured people", people(6, 40_000));
  const campaign = await api.campaign("Measured campaign", agent, list, { retry: { max_attempts: 1, delay_secs: 60, retry_on: [] } });
  await api.finished(campaign);
  const ended = (metrics: Metrics) => metrics.all.calls + (metrics.all.outcomes["not_placed"] ?? 0);
  const totals = page.getByRole("region", { name: "In all" });
  const compared = page.getByRole("region", { name: "Platforms compared" });
  await expect(async () => {
    const after = await api.call<Metrics>("GET", "/api/metrics");
    expect(ended(after) - ended(before)).toBe(6);
    await page.goto("/monitoring");
    await expect(page.getByRole("heading", { name: "Monitoring", level: 1 })).toBeVisible();
    await expect(totals).toContainText(`Calls${after.all.calls}`);
    await expect(compared.getByRole("row", { name: /^Calls / })).toContainText(String(after.all.calls));
    const ofElevenLabs = after.providers.find(({ provider }) => provider === "elevenlabs")?.numbers.calls;
    const chart = page.getByRole("region", { name: "Calls by hour, ElevenLabs" }).getByRole("img");
    await expect(chart).toHaveAccessibleName(new RegExp(`Calls by hour: ${ofElevenLabs} in all`));
  }).toPass({ timeout: 60_000 });
  await expect(compared.getByRole("columnheader", { name: "ElevenLabs" })).toBeVisible();

  await page.getByText("7 days", { exact: true }).click();
  await expect(page).toHaveURL(/hours=168/);
  await expect(page.getByRole("region", { name: "Calls by day, ElevenLabs" })).toBeVisible();
  expect(await barriers(page, "/monitoring?hours=168")).toEqual([]);
});

test("a platform that is down is shown as down with why, and comes back by itself", async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto("/monitoring");
  const platform = page.getByRole("region", { name: "Platforms", exact: true }).getByRole("group", { name: "ElevenLabs" });
  await expect(platform).toContainText("Up", { timeout: 60_000 });
  await toSimulator("/sim/outage", { down: true });
  try {
    await expect(platform).toContainText("Down", { timeout: 90_000 });
    await expect(platform).toContainText("ElevenLabs did not answer");
    await expect(platform).toContainText("Since");
  } finally {
    await toSimulator("/sim/outage", { down: false });
  }
  await expect(platform).not.toContainText("Down", { timeout: 120_000 });
});

test("a key that the platform does not take is not kept, and one that it takes is", async ({ page, api }) => {
  await page.goto("/settings");
  const elevenlabs = page.getByRole("region", { name: "Keys and secrets" }).getByRole("group", { name: "ElevenLabs" });
  const field = elevenlabs.getByLabel("API key", { exact: true });
  await field.fill("sk_a_key_that_nobody_has");
  await elevenlabs.getByRole("button", { name: "Try and save: API key" }).click();
  await expect(elevenlabs.getByRole("alert")).toContainText("does not accept this key");
  expect(await barriers(page, "/settings with a refused key")).toEqual([]);

  await elevenlabs.getByLabel("Webhook secret", { exact: true }).fill("wsec_of_the_browser_test");
  await elevenlabs.getByRole("button", { name: "Save: Webhook secret" }).click();
  await expectToast(page, "Saved. Webhooks signed with it are taken.");
  await expect(elevenlabs).toContainText("and the one before it is good too");
  const shown = await api.call<object>("GET", "/api/settings/providers");
  expect(JSON.stringify(shown)).not.toContain("wsec_of_the_browser_test");
});

test("a threshold is set, and what is below it is listed under attention until it is set lower", async ({ page, api }) => {
  await page.goto("/settings?tab=alerts");
  const credits = page.getByLabel("ElevenLabs: credits left");
  await credits.fill("900000000");
  await page.getByRole("button", { name: "Save alerts" }).click();
  await expectToast(page, "Saved. What the platforms last said is judged by it.");
  await expect.poll(async () => JSON.stringify(await api.call<object>("GET", "/api/attention")), { timeout: 40_000 }).toContain("quota_low");
  await page.goto("/attention");
  await expect(page.getByText("An account comes to its end")).toBeVisible();
  await page.goto("/settings?tab=alerts");
  await page.getByLabel("ElevenLabs: credits left").fill("");
  await page.getByRole("button", { name: "Save alerts" }).click();
  await expect.poll(async () => JSON.stringify(await api.call<object>("GET", "/api/attention"))).not.toContain("quota_low");
});
