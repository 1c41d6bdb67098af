import { readFile } from "node:fs/promises";
import { expect, people, test } from "./support/site";

test("contacts are found, chosen and deleted together", async ({ page, api }) => {
  const list = await api.list("Bulk people", people(12, 500));
  await page.goto(`/contacts/${list}`);
  await expect(page.getByRole("row")).toHaveCount(13);
  await page.getByLabel("Search contacts").fill("Person 503");
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByLabel("Search contacts").fill("");
  await expect(page.getByRole("row")).toHaveCount(13);
  await page.getByRole("checkbox", { name: "Choose all on this page" }).check();
  await page.getByRole("checkbox", { name: "Choose +34 631 000 500" }).uncheck();
  await page.getByRole("button", { name: "Delete 11 contacts" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete 11 contacts" }).click();
  await expect(page.getByText("11 contacts deleted.")).toBeVisible();
  await expect(page.getByRole("row")).toHaveCount(2);
});

test("a wrong file is refused with what to do, whatever it is called", async ({ page }) => {
  await page.goto("/contacts/import");
  const input = page.locator("input[type=file]");
  await input.setInputFiles({ name: "photo.png", mimeType: "image/png", buffer: Buffer.from("not a sheet") });
  await expect(page.getByRole("alert")).toContainText("is not a spreadsheet");
  await input.setInputFiles({ name: "broken.xlsx", mimeType: "application/octet-stream", buffer: Buffer.from("PK\u0003\u0004 but then nothing") });
  await expect(page.getByRole("alert")).toContainText(/cannot be|damaged|not a/i, { timeout: 30_000 });
  await expect(page.getByRole("button", { name: "Import", exact: true })).toBeDisabled();
  await page.getByRole("button", { name: "Choose another file" }).click();
  await page.locator("input[type=file]").setInputFiles({ name: "empty.csv", mimeType: "text/csv", buffer: Buffer.from("a") });
  await expect(page.getByRole("alert")).toBeVisible({ timeout: 30_000 });
});

test("a number on the do-not-call list is added, found and allowed again", async ({ page }) => {
  await page.goto("/contacts/do-not-call");
  await page.getByRole("button", { name: "Add numbers" }).click();
  await page.getByRole("textbox", { name: "Numbers", exact: true }).fill("+34 632 000 777\n+34632000778");
  await page.getByRole("button", { name: "Add 2 numbers" }).click();
  await expect(page.getByText("2 numbers added.")).toBeVisible();
  await page.getByLabel("Search numbers").fill("778");
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByRole("button", { name: "Allow calls" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Allow calls" }).click();
  await expect(page.getByText("No such number")).toBeVisible();
});

test("a person is found by number over all lists", async ({ page, api }) => {
  await api.list("Findable", people(2, 600));
  await page.goto("/contacts");
  await page.getByLabel("Find a person by number").fill("+34 631 000 601");
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "line 3" })).toContainText("Findable");
});

test("a file is judged before its import, and its wrong rows join the list once corrected", async ({ page }) => {
  const rows = people(40, 900).trimEnd();
  const file = `${rows}\n+3463100,Person short\n+34631000900,Person again\n`;
  await page.goto("/contacts/import");
  await page.locator("input[type=file]").setInputFiles({ name: "spain.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
  await expect(page.getByText("Spain 100%")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("Will be rejected")).toBeVisible();
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText("“spain” is ready")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("Rows left out")).toBeVisible();

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download all 2" }).click();
  const saved = await (await download).path();
  const report = await readFile(saved, "utf8");
  expect(report).toContain("too_short");
  await page.getByRole("button", { name: "Upload them corrected" }).click();
  await page.locator("input[type=file]").setInputFiles({
    name: "corrected.csv", mimeType: "text/csv", buffer: Buffer.from(report.replace("+3463100,", "+34631000999,")),
  });
  await expect(page.getByLabel("Joins the list")).toHaveValue("spain", { timeout: 30_000 });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText("The contacts are on “spain”")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("1 row corrected.")).toBeVisible();
  await page.getByRole("link", { name: "See the contacts" }).click();
  await expect(page.getByText("41 contacts")).toBeVisible();
});
