import type { Page } from "@playwright/test";
import { barriers } from "./support/barriers";
import { Api, expect, people, test } from "./support/site";
import { expectToast } from "./support/toasts";

const person = (page: Page, name: string) => page.getByRole("region", { name: "People" }).getByRole("row").filter({ hasText: name });
const act = async (page: Page, name: string, what: string) => {
  await page.getByRole("button", { name: `What to do with ${name}` }).click();
  await page.getByRole("menuitem", { name: what }).click();
};

/** A draft with people of its own. */
async function draft(api: Api, name: string, agent: string, from: number, more: object = {}): Promise<string> {
  const recipients = ["Ana", "Berta", "Carla"].map((who, index) => ({ phone_number: `+3463${4_000_000 + from + index}`, variables: { name: who } }));
  const made = await api.call<{ campaign_id: string }>("POST", "/api/campaigns", {
    name, agent_id: agent, phone_line_id: await api.line(), recipients, start: "draft", ...more,
  });
  return made.campaign_id;
}

test("a campaign is saved as a template, and another one begins with it", async ({ page, api }) => {
  const agent = await api.agent("Template agent");
  const list = await api.list("Template people", people(2, 30_000));
  const retry = { max_attempts: 4, delay_secs: 600, retry_on: ["busy"] };
  const campaign = await draft(api, "Model campaign", agent, 0, { retry, ringing_timeout_secs: 25, concurrency_limit: 2 });

  await page.goto(`/campaigns/${campaign}`);
  await page.getByRole("button", { name: "Save as template" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("May reminders");
  await page.getByRole("dialog").getByRole("button", { name: "Save template" }).click();
  await expectToast(page, "“May reminders” is a template: choose it when you make a campaign.");

  await page.goto("/campaigns");
  await page.getByRole("link", { name: "Templates" }).click();
  const row = page.getByRole("row").filter({ hasText: "May reminders" });
  await expect(row).toContainText("Template agent");
  await row.getByRole("link", { name: "Use" }).click();
  await expect(page.getByRole("textbox", { name: "From a template" })).toHaveValue("May reminders");
  await expect(page.getByRole("textbox", { name: "Agent", exact: true })).toHaveValue("Template agent");
  await page.getByLabel("Name").fill("Of a template");
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("checkbox", { name: "Template people" }).check();
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByLabel("Attempts per person")).toHaveValue("4");
  // What somebody takes out of it is out, whatever the template says.
  await page.getByLabel("Calls at one time").fill("");
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("button", { name: "Keep as draft" }).click();
  await expect(page.getByRole("heading", { name: "Of a template" })).toBeVisible();
  const made = await api.call<object>("GET", `/api/campaigns/${page.url().split("/").at(-1)}`);
  expect(made).toMatchObject({ agent_id: agent, list_ids: [list], ringing_timeout_secs: 25, retry: { max_attempts: 4, delay_secs: 600, retry_on: ["busy"] } });
  expect((made as { concurrency_limit?: number | null }).concurrency_limit ?? null).toBeNull();

  await page.goto("/campaigns/templates");
  await page.getByRole("button", { name: "Delete May reminders" }).click();
  await page.getByRole("button", { name: "Delete the template" }).click();
  await expectToast(page, "“May reminders” is deleted.");
  await expect(row).toBeHidden();
});

test("people are taken out of a campaign, and one has more attempts", async ({ page, api }) => {
  const agent = await api.agent("Careful agent");
  const campaign = await draft(api, "Careful campaign", agent, 100);
  await page.goto(`/campaigns/${campaign}`);
  await act(page, "Ana", "Change");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("name", { exact: true })).toHaveValue("Ana");
  expect(await barriers(page, "change a person")).toEqual([]);
  await dialog.getByLabel("Attempts at most").fill("5");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expectToast(page, "Changed. The next call to Ana goes by it.");
  await expect(person(page, "Ana")).toContainText("0 of 5");

  await act(page, "Berta", "Take out");
  await page.getByRole("button", { name: "Take out", exact: true }).click();
  await expectToast(page, "Berta is taken out: no call to them begins.");
  await expect(person(page, "Berta")).toContainText("Removed");
  await expect(page.getByRole("button", { name: "What to do with Berta" })).toBeHidden();

  await page.getByRole("checkbox", { name: "Choose Carla" }).check();
  await page.getByRole("button", { name: "Take out 1 person" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take out 1 person" }).click();
  await expectToast(page, "1 person taken out: no call to them begins.");
  await page.getByRole("textbox", { name: "State" }).click();
  await page.getByRole("option", { name: "Removed (2)" }).click();
  await expect(person(page, "Ana")).toBeHidden();
  await expect(person(page, "Carla")).toBeVisible();

  const { items } = await api.call<{ items: { status: string; variables: { name: string }; overrides?: { max_attempts?: number } }[] }>("GET", `/api/campaigns/${campaign}/recipients`);
  const of = (name: string) => items.find(({ variables }) => variables.name === name);
  expect([of("Ana")?.overrides?.max_attempts, of("Ana")?.status, of("Berta")?.status, of("Carla")?.status]).toEqual([5, "pending", "removed", "removed"]);
});

test("a campaign starts only once its calling rules are confirmed, when that is set", async ({ page, api }) => {
  const before = await api.call("GET", "/api/dial-settings");
  const agent = await api.agent("Lawful agent");
  const campaign = await draft(api, "Lawful campaign", agent, 200, { rules: { calling_hours: {} } });
  try {
    await page.goto("/settings?tab=dialling");
    await page.getByRole("switch", { name: "Start campaigns only by confirmed calling rules" }).setChecked(true, { force: true });
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expectToast(page, "Saved. The next dial goes by it.");

    await page.goto(`/campaigns/${campaign}`);
    const preflight = page.getByRole("region", { name: "Before it begins" });
    await expect(preflight).toContainText("Spain (3, not confirmed)");
    await expect(preflight.getByRole("link", { name: "To the calling rules" })).toBeVisible();
    await page.getByRole("button", { name: "Start now" }).click();
    await expectToast(page, "The calling rules are not confirmed");
    await page.getByRole("alert").filter({ hasText: "The calling rules are not confirmed" }).getByRole("link", { name: "To the calling rules" }).click();

    await expect(page.getByText("This is no legal advice")).toBeVisible();
    await expect(page.getByText("A campaign starts only when all rules that hold for its people are confirmed.")).toBeVisible();
    await page.getByRole("button", { name: "Spain" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("Navidad");
    expect(await barriers(page, "a calling rule")).toEqual([]);
    await dialog.getByRole("button", { name: "Confirm", exact: true }).click();
    await expectToast(page, "1 rule confirmed.");
    await expect(page.getByRole("row").filter({ hasText: "Spain" })).toContainText("Local admin");

    await page.goto(`/campaigns/${campaign}`);
    await expect(preflight).toContainText("Spain (3)");
    await page.getByRole("button", { name: "Start now" }).click();
    await expectToast(page, "The campaign calls now.");
  } finally {
    await api.call("PUT", "/api/dial-settings", before);
    await api.call("POST", `/api/campaigns/${campaign}/cancel`);
  }
});
