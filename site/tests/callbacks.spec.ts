import { barriers } from "./support/barriers";
import { expect, test } from "./support/site";
import { expectToast } from "./support/toasts";

test.describe.configure({ mode: "serial" });

test("a callback is booked, a wrong number is told", async ({ page }) => {
  await page.goto("/callbacks");
  await expect(page.getByText("Nobody waits for a call")).toBeVisible();
  await page.getByRole("button", { name: "Book a callback" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("button", { name: "Book it" }).click();
  await expect(form.getByText("Say what it is about")).toBeVisible();
  await form.getByLabel("Number").fill("12");
  await form.getByLabel("Name").fill("Ana Seoane");
  await form.getByLabel("What it is about").fill("Wants to move her appointment");
  await form.getByRole("button", { name: "Book it" }).click();
  await expect(form.locator("[aria-invalid=true]").first()).toBeVisible();
  await form.getByLabel("Number").fill("+34 631 777 001");
  expect(await barriers(page, "book a callback")).toEqual([]);
  await form.getByRole("button", { name: "Book it" }).click();
  const row = page.getByRole("row", { name: /Ana Seoane/ });
  await expect(row).toContainText("+34 631 777 001");
  await expect(row).toContainText("Wants to move her appointment");
});

test("somebody takes it, and says what came of it", async ({ page }) => {
  await page.goto("/callbacks");
  await page.getByRole("button", { name: "Change: Ana Seoane" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Who does it").fill("Marta");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Nobody waits for a call")).toBeVisible();
  await page.getByText("Assigned", { exact: true }).click();
  await expect(page).toHaveURL(/status=assigned/);
  const row = page.getByRole("row", { name: /Ana Seoane/ });
  await expect(row).toContainText("Marta");
  await row.getByRole("button", { name: /^Change/ }).click();
  await page.getByRole("dialog").getByLabel("Note").fill("Moved to Friday");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText("Moved to Friday");
  await row.getByRole("button", { name: /^Done/ }).click();
  await expect(row).toBeHidden();
  await page.getByText("Done", { exact: true }).first().click();
  await expect(page.getByRole("row", { name: /Ana Seoane/ })).toBeVisible();
  expect(await barriers(page, "callbacks that are done")).toEqual([]);
});

test("the call is placed from here", async ({ page, api }) => {
  const agent = await api.agent("Calls back");
  await api.call("POST", "/api/callbacks", { phone_number: "+34631777002", name: "Iria Lago", reason: "Asked for a price", due_at: new Date(Date.now() - 60_000).toISOString(), agent_id: agent });
  await page.goto("/callbacks");
  const row = page.getByRole("row", { name: /Iria Lago/ });
  await expect(row).toContainText("Overdue");
  await row.getByRole("button", { name: /^Call now/ }).click();
  const form = page.getByRole("dialog");
  await expect(form.getByRole("textbox", { name: "Agent" })).toHaveValue("Calls back");
  await form.getByRole("textbox", { name: "From" }).click();
  await page.getByRole("option").first().click();
  await form.getByRole("button", { name: "Call now" }).click();
  await expectToast(page, "The call is placed.");
  await page.getByText("Assigned", { exact: true }).click();
  await page.getByRole("row", { name: /Iria Lago/ }).getByRole("link", { name: "called back" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/Iria Lago|631 777 002/);
  const { items } = await api.call<{ items: { phone_number: string }[] }>("GET", `/api/calls?phone_number=${encodeURIComponent("+34631777002")}`);
  expect(items).toHaveLength(1);
});

test.describe("a viewer", () => {
  test.use({ role: "viewer" });
  test("sees callbacks and changes none", async ({ page }) => {
    await page.goto("/callbacks?status=done");
    await expect(page.getByRole("row", { name: /Ana Seoane/ })).toBeVisible();
    await expect(page.getByRole("button", { name: /Book|Call now|Change|Done:/ })).toHaveCount(0);
  });
});
