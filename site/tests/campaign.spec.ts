import { readFileSync } from "node:fs";
import { expect, people, test } from "./support/site";
import { expectToast } from "./support/toasts";

test("a spreadsheet becomes a campaign, finished calls and an export", async ({ page, api }) => {
  test.setTimeout(180_000);
  await api.agent("Recall agent");
  const file = ["contact,name,city,second phone", "+34632000001,Ana,Vigo,+34632000901", "+34632000002,Berta,Lugo,+34632000902", "not a number,Carla,Lugo,+34632000903", "+34632000001,Ana again,Vigo,"].join("\n");

  await page.goto("/contacts/import");
  await page.locator("input[type=file]").setInputFiles({ name: "spring.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
  await expect(page.getByText("First rows, as they will be imported")).toBeVisible();

  // The other column, and back: the preview follows.
  await page.getByRole("textbox", { name: "Phone column" }).click();
  await page.getByRole("option", { name: "second phone" }).click();
  await expect(page.getByRole("cell", { name: "+34 632 000 901" })).toBeVisible();
  await page.getByRole("textbox", { name: "Phone column" }).click();
  await page.getByRole("option", { name: "contact" }).click();
  await expect(page.getByRole("cell", { name: "+34 632 000 001" })).toBeVisible();
  await expect(page.getByText("Will be rejected")).toBeVisible();
  await expect(page.getByRole("cell", { name: "not a number" })).toBeVisible();

  await page.getByLabel("Name of the list").fill("Spring people");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText("“Spring people” is ready")).toBeVisible();
  const rejected = page.waitForEvent("download");
  await page.getByRole("button", { name: /Download all/ }).click();
  expect(readFileSync(await (await rejected).path(), "utf8")).toContain("not a number");

  await page.getByRole("link", { name: "Call them" }).click();
  await page.getByLabel("Name").fill("Spring campaign");
  await page.getByRole("textbox", { name: "Agent" }).click();
  await page.getByRole("option", { name: "Recall agent" }).click();
  await page.getByRole("textbox", { name: "Phone line" }).click();
  await page.getByRole("option").first().click();
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByRole("checkbox", { name: "Spring people" })).toBeChecked();
  await expect(page.getByText("{{name}} is a column")).toBeVisible();
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("switch", { name: "Only at certain hours" }).uncheck({ force: true });
  await page.getByRole("textbox", { name: "Rules of the country" }).click();
  await page.getByRole("option", { name: "None" }).click();
  await page.getByLabel("Attempts per person").fill("1");
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByText("every second person answering are assumed")).toBeVisible();
  await page.getByRole("button", { name: "Start calling" }).click();

  await expect(page.getByRole("heading", { name: "Spring campaign" })).toBeVisible();
  await expect(page.getByText("Completed", { exact: true }).first()).toBeVisible({ timeout: 100_000 });
  await expect(page.getByText("Every promise held")).toBeVisible({ timeout: 60_000 });

  await page.getByRole("region", { name: "People" }).getByRole("link", { name: "Berta" }).click();
  await expect(page.getByRole("heading", { name: "Berta", level: 1 })).toBeVisible();
  await expect(page.getByRole("region", { name: "What happened" })).toContainText("Dial request sent");
});

test("a call is read and heard: a line of the transcript plays from there", async ({ page, api }) => {
  test.setTimeout(150_000);
  const agent = await api.agent("Heard agent");
  const list = await api.list("Heard", people(6, 100));
  const campaign = await api.campaign("Heard campaign", agent, list);
  await api.finished(campaign);
  await page.goto(`/calls?campaign=${campaign}&status=completed`);
  await page.getByRole("link", { name: /^Person 1/ }).first().click({ timeout: 60_000 });

  const audio = page.locator("audio");
  await expect(audio).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => audio.evaluate((player: HTMLAudioElement) => player.duration), { timeout: 30_000 }).toBeGreaterThan(0);
  const lines = page.getByRole("button", { name: /^Play from/ });
  await expect(lines.first()).toBeVisible();
  const second = lines.nth(1);
  const from = await second.getAttribute("aria-label");
  await second.click();
  await expect.poll(() => audio.evaluate((player: HTMLAudioElement) => player.currentTime)).toBeGreaterThan(0);
  expect(from).toMatch(/Play from \d+:\d\d/);
  await expect(page.getByRole("region", { name: "What happened" })).toContainText("Dial request sent");
  await expect(page.getByRole("region", { name: "What happened" })).toContainText("Recording stored", { timeout: 30_000 });

  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByRole("button", { name: "Body" }).first().click();
  await expect(page.locator("pre").first()).toContainText("post_call_transcription");

  await page.goto(`/calls?campaign=${campaign}`);
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("button", { name: "Start export" }).click();
  const file = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click({ timeout: 30_000 });
  const rows = readFileSync(await (await file).path(), "utf8").trim().split("\n");
  expect(rows.length).toBeGreaterThanOrEqual(7);
});

test("a campaign is paused and resumed, people are added, and it is cancelled after a question", async ({ page, api }) => {
  test.setTimeout(150_000);
  const agent = await api.agent("Paused agent");
  const list = await api.list("Paused", people(60, 200));
  const campaign = await api.campaign("Paused campaign", agent, list, { concurrency_limit: 2 });
  await page.goto(`/campaigns/${campaign}`);
  await page.getByRole("button", { name: "Pause" }).click();
  await expectToast(page, "Paused: no new call begins.");
  await expect(page.getByText("Paused", { exact: true }).first()).toBeVisible();

  await page.getByRole("button", { name: "Add people" }).click();
  await page.getByRole("textbox", { name: "People" }).fill("phone_number;name\n+34632000500;Zoe");
  await page.getByRole("button", { name: "Add 1 person" }).click();
  await expectToast(page, "1 person added.");

  await page.getByRole("button", { name: "Resume" }).click();
  await expectToast(page, "The campaign goes on.");
  await expect(page.getByText("Running", { exact: true }).first()).toBeVisible();

  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  const question = page.getByRole("dialog");
  await expect(question).toContainText("cannot be undone");
  await question.getByRole("button", { name: "Cancel the campaign" }).click();
  await expect(page.getByText("Cancelled", { exact: true }).first()).toBeVisible({ timeout: 30_000 });
});

test("a draft is looked at, rehearsed and tried before it begins", async ({ page, api }) => {
  const agent = await api.agent("Careful agent");
  const list = await api.list("Careful", ["phone,name", "+34632000701,Ana", "+34632000702,", "+34632000703,Carla"].join("\n"));
  const { campaign_id: campaign } = await api.call<{ campaign_id: string }>("POST", "/api/campaigns", {
    name: "Careful campaign", agent_id: agent, phone_line_id: await api.line(), list_ids: [list], start: "draft",
  });
  await page.goto(`/campaigns/${campaign}`);
  const before = page.getByRole("region", { name: "Before it begins" });
  await expect(before).toContainText("1 missing variable");
  await expect(before).toContainText("Line 3");
  await expect(before.getByText("There is no cap on what the calls may cost.")).toBeVisible();
  await before.getByRole("button", { name: "Rehearse" }).click();
  const rehearsal = page.getByRole("region", { name: "Rehearsal" });
  await expect(rehearsal).toContainText("Rehearsed with 3 people; nobody was called");

  await before.getByRole("button", { name: "Call me" }).click();
  await page.getByLabel("Your number").fill("+34632000799");
  await page.getByRole("dialog").getByRole("button", { name: "Call me" }).click();
  await expectToast(page, "Your phone rings in a moment.");
});

test("the queue is stopped, started and given another limit", async ({ page }) => {
  await page.goto("/queue");
  await page.getByLabel("Calls at one time").fill("7");
  await page.getByRole("button", { name: "Change" }).click();
  await expect(page.getByText(/of 7 slots in use/)).toBeVisible();
  await page.getByRole("button", { name: "Stop the queue" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop the queue" }).click();
  await expect(page.getByText("The queue is stopped", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Start the queue" }).click();
  await expect(page.getByText("The queue is stopped", { exact: true })).toBeHidden();
  await page.reload();
  await expect(page.getByLabel("Calls at one time")).toHaveValue("7");
});
