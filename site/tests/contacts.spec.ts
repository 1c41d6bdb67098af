import { readFile } from "node:fs/promises";
import { expect, people, test } from "./support/site";
import { expectToast } from "./support/toasts";

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
  await expectToast(page, "11 contacts deleted.");
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
  await expectToast(page, "2 numbers added.");
  await page.getByLabel("Search numbers").fill("778");
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByRole("button", { name: "Allow calls" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Allow calls" }).click();
  await expect(page.getByText("No such number")).toBeVisible();
});

test("a register is imported onto the do-not-call list, is warned of when it is old, and the list is exported", async ({ page, api }) => {
  const since = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  const source = "Robinson list";
  const importing = async (file: string, days: number) => {
    await page.goto("/contacts/do-not-call");
    await page.getByRole("link", { name: "Import a file" }).click();
    await page.getByPlaceholder("National register").fill(source);
    await page.keyboard.press("Tab");
    await page.getByLabel("Day on which you got it").fill(since(days));
    await page.locator("input[type=file]").setInputFiles({ name: "robinson.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
    await expect(page.getByText("First rows, as they will be imported")).toBeVisible({ timeout: 30_000 });
    await page.getByRole("button", { name: "Import", exact: true }).click();
  };
  await importing("phone,name\n+34632000901,A\n+34632000902,B\n+3463,C\n", 40);
  await expect(page.getByText("2 numbers added")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("Rows left out")).toBeVisible();
  await page.getByRole("link", { name: "See the list" }).click();
  const warning = page.getByRole("alert").filter({ hasText: "older than 31 days" });
  await expect(warning).toContainText(`${source} (40 days)`);
  const row = page.getByRole("row").filter({ hasText: "632 000 901" });
  await expect(row).toContainText(source);

  // The same numbers from a new file: nothing is added, and the register is new again.
  await importing("phone,name\n+34632000901,A\n+34632000902,B\n", 0);
  await expect(page.getByText("0 numbers added")).toBeVisible({ timeout: 60_000 });
  await page.getByRole("link", { name: "See the list" }).click();
  await expect(page.getByRole("row").filter({ hasText: "632 000 902" })).toBeVisible();
  await expect(warning).toHaveCount(0);

  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("button", { name: "Start export" }).click();
  await expect(page.getByText(/Ready: \d+ numbers?/)).toBeVisible({ timeout: 60_000 });
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  const text = await readFile(await (await download).path(), "utf8");
  expect(text).toContain("phone_number,way,source,source_date,reason,added_at");
  expect(text).toContain(`'+34632000901,import,${source},${since(40)}`);
  await api.call("DELETE", "/api/do-not-call/+34632000901");
  await api.call("DELETE", "/api/do-not-call/+34632000902");
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
