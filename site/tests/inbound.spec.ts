import { barriers } from "./support/barriers";
import { atTalkingSpeed, callFrom, closeReception, openReception, ring, type Said } from "./support/caller";
import { expect, test, toSimulator } from "./support/site";
import { CLOCK_FACTOR } from "./support/system";
import { expectToast } from "./support/toasts";

test.describe.configure({ mode: "serial" });

/** Within so many milliseconds a call that comes in is on the screen. */
const ON_THE_SCREEN = 2_000;
const WARMING = "+34631555001";
const CALLER = "+34631555012";

const TOOTH: Said[] = [
  { speaker: "agent", text: "Good morning, this is the reception. How can I help you?", seconds: 2 },
  { speaker: "caller", text: "This is an emergency: I have a broken tooth. My name is Ben Okoro.", seconds: 2 },
  { speaker: "agent", text: "I am sorry to hear that. I have marked it as urgent.", seconds: 2, tool: { name: "mark_urgent", arguments: { reason: "Broken tooth, strong pain" } } },
  { speaker: "caller", text: "Please call me back soon.", seconds: 2 },
  { speaker: "agent", text: "Somebody will see to it at once. Goodbye.", seconds: 2 },
];

test.beforeAll(atTalkingSpeed);
test.afterAll(() => toSimulator("/sim/clock", { factor: CLOCK_FACTOR }));

test("a call appears while it rings, its words while they are said, and afterwards what came of it", async ({ page, api }) => {
  test.setTimeout(180_000);
  await openReception(api, "Receptionist");
  // The functions of this machine start with their first call; one that nobody looks at.
  await ring(WARMING, TOOTH.slice(0, 2));
  const warming = await callFrom(api, WARMING);
  await expect.poll(async () => (await api.call<{ status: string }>("GET", `/api/calls/${warming}`)).status, { timeout: 60_000 }).toBe("completed");

  await page.goto("/inbound?box=in_progress");
  await expect(page.getByText("Nobody is on the phone")).toBeVisible();
  await expect(page.getByText(/^Live, /)).toBeVisible();
  const began = Date.now();
  await ring(CALLER, TOOTH);
  const row = page.getByRole("listitem").filter({ hasText: "+34 631 555 012" });
  await expect(row).toBeVisible({ timeout: ON_THE_SCREEN });
  console.log(`From ringing to the screen: ${Date.now() - began} ms`);
  await expect(row).toContainText("with Receptionist");

  await row.getByRole("link").click();
  const open = page.getByRole("region", { name: "The open call" });
  await expect(open).toContainText("In progress");
  const spoken = open.getByRole("log", { name: "What is said" });
  const shown: number[] = [];
  for (const [index, { text }] of TOOTH.entries()) {
    await expect(spoken.getByText(text)).toBeVisible({ timeout: 20_000 });
    shown.push(Date.now() - began);
    if (index < TOOTH.length - 1) await expect(open, "it is live while people talk").toContainText("In progress");
  }
  console.log(`Lines on the screen after ${shown.join(", ")} ms`);
  expect((shown.at(-1) ?? 0) - (shown[0] ?? 0), "the lines come one by one").toBeGreaterThan(3_000);

  await expect(open).toContainText("Completed", { timeout: 30_000 });
  await expect(open.getByRole("listitem").filter({ hasText: "Agent" }).first()).toBeVisible();
  const came = open.getByRole("region", { name: "What came of it" });
  const call = await callFrom(api, CALLER);
  await expect
    .poll(async () => (await api.call<{ reception: { concluded: boolean } }>("GET", `/api/calls/${call}`)).reception.concluded, { timeout: 60_000 })
    .toBe(true);
  const known = await api.call<{ results: { summary: string }; reception: { intent: string; urgency: string } }>("GET", `/api/calls/${call}`);
  expect(known.results.summary).not.toBe("");
  expect(known.reception.intent).toBe("emergency");
  await expect(came).toContainText(known.results.summary);
  const facts = open.getByRole("region", { name: "Reception" });
  await expect(facts).toContainText("Emergency");
  await expect(facts).toContainText(/Urgent|Critical/);
  await expect(facts).toContainText(/broken tooth/i);
  await expect(open.getByLabel("Recording of the call")).toBeVisible({ timeout: 60_000 });
});

test("it needs attention, the urgent ones first, until somebody marks it handled", async ({ page }) => {
  await page.goto("/inbound");
  await expect(page.getByText(/^Needs attention \(\d+\)$/)).toBeVisible();
  const first = page.getByRole("list", { name: "Calls" }).getByRole("listitem").first();
  await expect(first).toContainText("+34 631 555 012");
  await expect(first).toContainText(/Urgent|Critical/);
  await first.getByRole("button", { name: /^Mark handled/ }).click();
  await expect(page.getByText("+34 631 555 012")).toBeHidden();
  await page.getByText("Handled", { exact: true }).click();
  await expect(page).toHaveURL(/box=handled/);
  await expect(page.getByRole("listitem").filter({ hasText: "+34 631 555 012" })).toBeVisible();
});

test("a callback and a ticket come of it, and its page knows the caller", async ({ page, api }) => {
  const call = await callFrom(api, CALLER);
  await page.goto(`/calls/${call}`);
  await page.getByRole("button", { name: "Book a callback" }).click();
  const form = page.getByRole("dialog");
  await expect(form.getByLabel("Number")).toHaveValue(CALLER);
  await form.getByLabel("What it is about").fill("How is the tooth?");
  await form.getByRole("button", { name: "Book it" }).click();
  await expectToast(page, /is to be called back/);
  const { items } = await api.call<{ items: { call_id: string; reason: string }[] }>("GET", "/api/callbacks?status=due");
  expect(items.find(({ reason }) => reason === "How is the tooth?")?.call_id).toBe(call);

  await api.target("Ticket system", "https://example.com/tickets", ["ticket.requested"]);
  await page.getByRole("button", { name: "Create ticket" }).click();
  await page.getByRole("dialog").getByLabel("Note").fill("Broken tooth, left");
  await page.getByRole("dialog").getByRole("button", { name: "Create the ticket" }).click();
  await expectToast(page, "Your systems are told to make a ticket.");
  await expect(page.getByRole("region", { name: "Reception" })).toContainText("asked for");
  expect(await barriers(page, "call page")).toEqual([]);
});

test("somebody on the phone is hung up on from here", async ({ page, api }) => {
  test.setTimeout(120_000);
  const long: Said[] = Array.from({ length: 20 }, (_, index) => ({ speaker: index % 2 === 0 ? "agent" : "caller", text: `Line ${index} of a long talk.`, seconds: 3 }));
  await ring("+34631555013", long);
  const call = await callFrom(api, "+34631555013");
  await page.goto(`/inbound?box=in_progress&call=${call}`);
  const open = page.getByRole("region", { name: "The open call" });
  await expect(open.getByText("Line 0 of a long talk.")).toBeVisible({ timeout: 30_000 });
  expect(await barriers(page, "a live call")).toEqual([]);
  await open.getByRole("button", { name: "End call" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End the call" }).click();
  await expect(open).toContainText("Completed", { timeout: 40_000 });
});

test("without a rule the caller is taken to voicemail, and the message waits on the desk", async ({ page, api }) => {
  test.setTimeout(120_000);
  await closeReception(api);
  await ring("+34631555014", [], { message_secs: 3 });
  const call = await callFrom(api, "+34631555014");
  await expect
    .poll(async () => (await api.call<{ status: string }>("GET", `/api/calls/${call}`)).status, { timeout: 60_000 })
    .not.toBe("in_progress");
  await page.goto(`/inbound?call=${call}`);
  const open = page.getByRole("region", { name: "The open call" });
  await expect(open.getByRole("region", { name: "Reception" })).toContainText("Voicemail");
  await expect(open.getByLabel("Recording of the call")).toBeVisible({ timeout: 60_000 });
});

test("on a phone a call opens its own page, and nothing is wider than the screen", async ({ page, api }) => {
  const call = await callFrom(api, CALLER);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/inbound?box=handled");
  await page.getByRole("link", { name: /Okoro|631 555 012/ }).first().click();
  await expect(page).toHaveURL(new RegExp(`/calls/${call}`));
  await page.waitForLoadState("networkidle");
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
});
