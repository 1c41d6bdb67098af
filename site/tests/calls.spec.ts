import { expect, people, test } from "./support/site";
import { expectToast } from "./support/toasts";

test.describe.configure({ mode: "serial" });

let campaign = "";

test("calls are filtered, and the filter is in the address", async ({ page, api }) => {
  test.setTimeout(150_000);
  const agent = await api.agent("Log agent");
  const list = await api.list("Log", people(20, 700));
  campaign = await api.campaign("Log campaign", agent, list, { retry: { max_attempts: 1, delay_secs: 60, retry_on: [] } });
  await api.finished(campaign);

  await page.goto(`/calls?campaign=${campaign}`);
  await expect(page.getByRole("row")).toHaveCount(21);
  await page.getByRole("textbox", { name: "Status" }).click();
  await page.getByRole("option", { name: "Completed" }).click();
  await expect(page).toHaveURL(/status=completed/);
  await expect(page.getByRole("row")).not.toHaveCount(21);
  await page.goBack();
  await page.goto(`/calls?campaign=${campaign}&search=Person%20705`);
  await expect(page.getByLabel("Search calls")).toHaveValue("Person 705");
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByLabel("Search calls").fill("+34 631 000 706");
  await expect(page.getByRole("link", { name: "Person 706" })).toBeVisible();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await expect(page).not.toHaveURL(/search=/);
});

test("a call is marked handled at once, and the mark is taken back when it cannot be kept", async ({ page }) => {
  await page.goto(`/calls?campaign=${campaign}`);
  const box = page.getByRole("checkbox", { name: /^Handled/ }).first();
  await page.route("**/api/calls/call_*", (route) => (route.request().method() === "PATCH" ? route.abort() : route.continue()));
  await box.click();
  await expectToast(page, "The mark could not be kept");
  await expect(box).not.toBeChecked();
  await page.unroute("**/api/calls/call_*");
  // Not `check()`: it looks at the box in the moment after the click, and the mark is drawn a few moments later.
  await box.click();
  await expect(box).toBeChecked();
  const name = (await box.getAttribute("aria-label"))?.replace("Handled: ", "") ?? "";
  await page.getByText("Handled", { exact: true }).first().click();
  await expect(page).toHaveURL(/view=handled/);
  await expect(page.getByRole("link", { name })).toBeVisible();
});

test("a sync says what it did", async ({ page }) => {
  await page.goto("/calls");
  await page.getByRole("button", { name: "Sync" }).click();
  await expect(page.getByText(/conversations? looked at/)).toBeVisible({ timeout: 60_000 });
});

test("the palette finds pages, campaigns and calls", async ({ page }) => {
  await page.goto("/");
  // The keys are listened to once the page stands.
  await expect(page.getByRole("button", { name: /search/i }).first()).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.getByLabel("Search anything").last().fill("Log camp");
  await page.getByRole("button", { name: /Log campaign/ }).click();
  await expect(page.getByRole("heading", { name: "Log campaign" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.getByLabel("Search anything").last().fill("Person 703");
  await page.getByRole("button", { name: /631 000 703/ }).first().click();
  await expect(page.getByRole("heading", { name: "Person 703", level: 1 })).toBeVisible();
});

test("the dashboard says what the API says", async ({ page, api }) => {
  const stats = await api.call<{ all_time: { calls: number } }>("GET", "/api/calls/stats?days=14");
  await page.goto("/");
  await expect(page.getByRole("region", { name: "Totals" })).toContainText(`Calls${stats.all_time.calls}`);
  await expect(page.getByRole("region", { name: "Platforms" })).toContainText("ElevenLabs");
  await expect(page.getByRole("region", { name: "Platforms" })).toContainText("credits left");
  await expect(page.getByRole("region", { name: "Queue" })).toContainText("slots in use");
});

test("without the API nothing known goes away, and it is told", async ({ page }) => {
  await page.routeWebSocket(/\/live/, (socket) => void socket.close());
  await page.goto(`/calls?campaign=${campaign}`);
  await expect(page.getByRole("row")).toHaveCount(21);
  await page.route("**/api/**", (route) => route.abort());
  await expect(page.getByText("Not live: trying again")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("row")).toHaveCount(21);
});
