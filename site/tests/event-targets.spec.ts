import type { Page } from "@playwright/test";
import { barriers, inScheme } from "./support/barriers";
import { Receiver } from "./support/receiver";
import { expect, people, test } from "./support/site";
import { expectToast } from "./support/toasts";

test.describe.configure({ mode: "serial" });

let receiver: Receiver;
let address = "";
test.beforeAll(async () => {
  receiver = await Receiver.start();
});
test.afterAll(() => receiver.stop());

const log = (page: Page) => page.getByRole("region", { name: "Deliveries" });

/** What is open is usable by everybody, light and dark. */
async function expectNoBarrier(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await inScheme(page, colorScheme);
    expect(await barriers(page, colorScheme)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: "reduce" });
}

test("a target is made after its address is right, and its secret is shown once", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/event-targets");
  await page.getByRole("button", { name: "New target" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Address").fill("http://example.com/events");
  await dialog.getByRole("button", { name: "Make the target" }).click();
  await expect(dialog.getByText("The address must begin with https://")).toBeVisible();
  // What only the API knows comes to its field too.
  await dialog.getByLabel("Address").fill("https://10.0.0.1/events");
  await dialog.getByRole("button", { name: "Make the target" }).click();
  await expect(dialog.getByText(/must be a public one/)).toBeVisible();

  await dialog.getByLabel("Address").fill(receiver.url);
  await dialog.getByLabel("Name").fill("Our desk");
  for (const type of await dialog.getByRole("checkbox").all()) await type.uncheck();
  await dialog.getByRole("button", { name: "Make the target" }).click();
  await expect(dialog.getByText("Choose at least one")).toBeVisible();
  await dialog.getByRole("checkbox", { name: /^Call ended/ }).check();
  await dialog.getByRole("button", { name: "Make the target" }).click();

  const secret = dialog.getByText(/^whsec_/);
  await expect(secret).toBeVisible();
  receiver.secret = await secret.innerText();
  await page.keyboard.press("Escape");
  await expect(secret).toBeVisible();
  await dialog.getByRole("button", { name: "Copy" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(receiver.secret);
  await expectNoBarrier(page);
  await dialog.getByRole("button", { name: "I have kept it" }).click();

  await expect(page.getByRole("heading", { name: "Our desk", level: 1 })).toBeVisible();
  address = new URL(page.url()).pathname;
  await expect(page.getByText("Nothing was sent yet")).toBeVisible();
  await expect(page.getByText("whsec_")).toBeHidden();
});

test("a call ends, the receiver is told, and the log says what it answered", async ({ page, api }) => {
  test.setTimeout(150_000);
  const agent = await api.agent("Told agent");
  const list = await api.list("Told", people(1, 950));
  const campaign = await api.campaign("Told campaign", agent, list, { retry: { max_attempts: 1, delay_secs: 60, retry_on: [] } });
  await page.goto(address);
  await api.finished(campaign);
  const row = log(page).getByRole("row", { name: /Call ended/ });
  await expect(row).toContainText("Delivered", { timeout: 30_000 });
  await expect(row).toContainText("Answered 200");
  expect(receiver.taken("call.ended")).toEqual([expect.objectContaining({ signed: true })]);

  await row.getByRole("link", { name: "Call ended" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("row", { name: /Answered 200/ })).toContainText(/\d ms|\d s/);
  await expect(dialog.getByLabel("How the last answer begins")).toHaveText("taken");
  await expect(dialog.getByLabel("What is sent")).toContainText('"type": "call.ended"');
  await expectNoBarrier(page);
  // The open delivery is in the address, and goes with going back.
  await expect(page).toHaveURL(/delivery=evt_/);
  await page.goBack();
  await expect(dialog).toBeHidden();

  await page.goto("/event-targets");
  await expect(page.getByRole("row", { name: /Our desk/ })).toContainText("Delivered");
});

test("what a failing receiver refused is sent again once it works", async ({ page }) => {
  receiver.status = 503;
  await page.goto(address);
  await page.getByRole("button", { name: "Send a test" }).click();
  const row = log(page).getByRole("row", { name: /^Test/ });
  await expect(row).toContainText("Retrying", { timeout: 30_000 });
  await row.getByRole("link", { name: "Test" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("How the last answer begins")).toHaveText("the disk is full");
  // The second attempt comes by itself after 5 s, the third only after 5 minutes.
  await expect(dialog.getByRole("row", { name: /Answered 503/ })).toHaveCount(2, { timeout: 30_000 });

  receiver.status = 200;
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expectToast(page, "It is on its way again.");
  await expect(dialog.getByRole("row", { name: /Answered 200/ })).toHaveCount(1, { timeout: 30_000 });
  await expect(dialog.getByText("1 time")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(row).toContainText("Delivered");
  const asked = receiver.taken("test");
  expect(asked.map(({ signed }) => signed)).toEqual([true, true, true]);
  expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
});

test("everything since a moment is sent again", async ({ page }) => {
  const before = receiver.asked.length;
  await page.goto(address);
  await page.getByRole("button", { name: "Send again since…" }).click();
  const dialog = page.getByRole("dialog", { name: /^Send again to/ });
  await dialog.getByRole("textbox", { name: "What happened since" }).click();
  await page.getByRole("option", { name: "Another moment" }).click();
  await expect(dialog.getByRole("button", { name: "Send again" })).toBeDisabled();
  await dialog.getByLabel("Day and time").click();
  await expect(page.getByRole("dialog")).toHaveCount(2);
  // Puts the calendar away, not the question.
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(1);
  await expectNoBarrier(page);
  await dialog.getByRole("textbox", { name: "What happened since" }).click();
  await page.getByRole("option", { name: "7 days ago" }).click();
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expectToast(page, "2 events on the way again.");
  await expect.poll(() => receiver.asked.length, { timeout: 30_000 }).toBe(before + 2);
});

test("a receiver that is gone switches its target off; the inbox leads there, and it is turned on again", async ({ page }) => {
  receiver.status = 410;
  await page.goto(address);
  await page.getByRole("button", { name: "Send a test" }).click();
  await expect.poll(() => receiver.taken("test").length, { timeout: 30_000 }).toBe(5);
  await page.goto("/attention");
  const off = page.getByRole("article").filter({ hasText: "An event target was switched off" });
  await expect(page.getByRole("article").filter({ hasText: "Events that could not be delivered" }).getByRole("link", { name: "See the target" })).toHaveAttribute("href", /status=dead/);
  await off.getByRole("link", { name: "See the target" }).click();
  await expect(page.locator("main").getByRole("alert")).toContainText("410");
  await page.getByText("Given up", { exact: true }).first().click();
  await expect(page).toHaveURL(/status=dead/);
  await expect(page.getByRole("button", { name: "Send all again" })).toBeDisabled();
  await expectNoBarrier(page);

  receiver.status = 200;
  await page.getByRole("button", { name: "Turn on again" }).click();
  await expectToast(page, "It is told again from now on.");
  await page.getByRole("button", { name: "Send all again" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Send all again" }).click();
  await expectToast(page, "1 event on the way again.");
  await expect(page.getByText("Nothing was given up.")).toBeVisible({ timeout: 30_000 });
  await page.goto("/attention");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expect(off).toBeHidden();
});

test("the secret is exchanged: requests have a signature of each", async ({ page }) => {
  await page.goto(address);
  await page.getByRole("button", { name: "Make a new one" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Make a new secret" }).click();
  const fresh = await dialog.getByText(/^whsec_/).innerText();
  expect(fresh).not.toBe(receiver.secret);
  await expect(dialog).toContainText("a signature of each");
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  for (const secret of [receiver.secret, fresh]) {
    receiver.secret = secret;
    const before = receiver.asked.length;
    await page.getByRole("button", { name: "Send a test" }).click();
    await expect.poll(() => receiver.asked.slice(before), { timeout: 30_000 }).toEqual([expect.objectContaining({ signed: true })]);
  }
});

test("a target is changed, turned off and deleted, each after what it means was said", async ({ page }) => {
  await page.goto(address);
  await page.getByLabel("Name").fill("Our other desk");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Our other desk", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Turn off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Turn off" }).click();
  await expect(page.locator("main").getByRole("alert")).toContainText("It is off");
  await expect(page.getByRole("button", { name: "Send a test" })).toBeHidden();

  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("dialog")).toContainText("cannot be undone");
  await page.getByRole("dialog").getByRole("button", { name: "Delete the target" }).click();
  await expect(page).toHaveURL(/\/event-targets$/);
  await expect(page.getByRole("row", { name: /Our other desk/ })).toBeHidden();
  await page.goto(address);
  await expect(page.getByText("It is not here")).toBeVisible();
});

test.describe("an operator", () => {
  test.use({ role: "operator" });

  test("looks after deliveries, and changes nothing of a target", async ({ page, api }) => {
    const { target } = await api.target("Watched desk");
    await page.goto("/event-targets");
    await expect(page.getByRole("row", { name: /Watched desk/ })).toContainText("None yet");
    await expect(page.getByRole("button", { name: "New target" })).toBeHidden();
    await page.getByRole("link", { name: "Watched desk" }).click();
    await expect(page.getByRole("button", { name: "Send a test" })).toBeVisible();
    await expect(page.getByLabel("Address")).toBeDisabled();
    for (const button of ["Save", "Delete", "Turn off", "Make a new one"]) await expect(page.getByRole("button", { name: button, exact: true })).toBeHidden();
    await api.call("DELETE", `/api/event-targets/${target.target_id}`);
  });
});

test.describe("a viewer", () => {
  test.use({ role: "viewer" });

  test("is told that the page is for others, and is not led there", async ({ page }) => {
    await page.goto("/event-targets");
    await expect(page.getByText("Your role does not show this")).toBeVisible();
    await expect(page.getByRole("link", { name: "Event targets" })).toBeHidden();
  });
});
