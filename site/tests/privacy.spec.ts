import { readFile } from "node:fs/promises";
import { barriers } from "./support/barriers";
import { Api, expect, test } from "./support/site";

test.describe.configure({ mode: "serial" });

const NUMBER = "+34631888001";
const SHOWN = "+34 631 888 001";

/** Somebody who is in a list, was called by a campaign, and is to be called back. */
test.beforeAll(async () => {
  const api = new Api();
  const agent = await api.agent("Asks once");
  const list = await api.list("Guests", `phone_number,name,city\n${NUMBER},Sara Vidal,Lugo\n+34631888002,Uxia Rey,Vigo`);
  const campaign = await api.campaign("Spring", agent, list, { retry: { max_attempts: 1, delay_secs: 60, retry_on: [] } });
  await api.call("POST", "/api/callbacks", { phone_number: NUMBER, name: "Sara Vidal", reason: "Wants another day", due_at: new Date().toISOString() });
  await api.finished(campaign);
});

test("everything about one number is shown, and the number is not in the address", async ({ page }) => {
  await page.goto("/settings?tab=privacy");
  await page.getByLabel("Phone number").fill("631 888 001");
  await page.getByRole("button", { name: "Show what is kept" }).click();
  await expect(page.getByText("Write the number with its country’s code")).toBeVisible();
  await page.getByLabel("Phone number").fill("+34631999999");
  await page.getByRole("button", { name: "Show what is kept" }).click();
  await expect(page.getByText("Nothing is kept about this number")).toBeVisible();

  await page.getByLabel("Phone number").fill(SHOWN);
  await page.keyboard.press("Enter");
  await expect(page.getByText(`Kept about ${SHOWN}`)).toBeVisible();
  const calls = page.getByRole("region", { name: "Calls" });
  await calls.getByRole("button").first().click();
  await expect(calls.getByText("Sara Vidal").first()).toBeVisible();
  await expect(page.getByRole("region", { name: "In campaigns" })).toContainText("Sara Vidal");
  await expect(page.getByRole("region", { name: "In contact lists" })).toContainText("Lugo");
  await expect(page.getByRole("region", { name: "Callbacks" })).toContainText("Wants another day");
  await expect(page.getByRole("region", { name: "Do-not-call list" })).toContainText("Not on the list");
  expect(await barriers(page, "what is kept about one person")).toEqual([]);
  expect(page.url()).not.toContain("888");
});

test("it is handed out as a file", async ({ page }) => {
  await page.goto("/settings?tab=privacy");
  await page.getByLabel("Phone number").fill(SHOWN);
  await page.getByRole("button", { name: "Show what is kept" }).click();
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download as JSON" }).click()]);
  expect(saved.suggestedFilename()).toBe("person.json");
  const file = JSON.parse(await readFile(await saved.path(), "utf8")) as { phone_number: string; calls: unknown[]; contacts: unknown[]; callbacks: unknown[] };
  expect([file.phone_number, file.calls.length, file.contacts.length, file.callbacks.length]).toEqual([NUMBER, 1, 1, 1]);
});

test("the person is erased after the number is typed once more, and stays off", async ({ page, api }) => {
  await page.goto("/settings?tab=privacy");
  await page.getByLabel("Phone number").fill(SHOWN);
  await page.getByRole("button", { name: "Show what is kept" }).click();
  await page.getByRole("button", { name: "Erase…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("that there were calls, when, and how they ended")).toBeVisible();
  await dialog.getByLabel("The number once more").fill("+34631888002");
  await expect(dialog.getByText("This is another number")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Erase" })).toBeDisabled();
  await dialog.getByLabel("The number once more").fill(SHOWN);
  expect(await barriers(page, "erase a person")).toEqual([]);
  await dialog.getByRole("button", { name: "Erase" }).click();
  await expect(page.getByText("1 call, 1 place in a campaign, 1 contact, 1 callback.")).toBeVisible();
  await expect(page.getByText("The platforms keep conversations of their own")).toBeVisible();

  await page.getByRole("button", { name: "Show what is kept" }).click();
  await expect(page.getByText("Nothing but the entry on the do-not-call list")).toBeVisible();
  const left = await api.call<{ calls: unknown[]; do_not_call: object | null }>("GET", `/api/privacy/${encodeURIComponent(NUMBER)}`);
  expect([left.calls.length, left.do_not_call !== null]).toEqual([0, true]);
  const other = await api.call<{ contacts: unknown[] }>("GET", `/api/privacy/${encodeURIComponent("+34631888002")}`);
  expect(other.contacts).toHaveLength(1);
  await page.goto("/settings?tab=audit");
  await expect(page.getByRole("cell", { name: "Person erased" })).toBeVisible();
  await expect(page.getByText("631888001")).toBeHidden();
});

test.describe("an operator", () => {
  test.use({ role: "operator" });
  test("has no such page", async ({ page }) => {
    await page.goto("/settings?tab=privacy");
    await expect(page.getByRole("tab", { name: "Platforms" })).toHaveAttribute("aria-selected", "true");
    await expect(page.getByRole("tab", { name: "Privacy" })).toHaveCount(0);
  });
});
