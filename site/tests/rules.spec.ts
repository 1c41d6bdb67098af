import type { Page } from "@playwright/test";
import { Api, expect, people, test } from "./support/site";
import { expectToast } from "./support/toasts";

// One system for all of them, on machines that may be busy.
test.describe.configure({ timeout: 180_000 });

interface Made {
  campaign_id: string;
  status: string;
  concurrency_limit?: number | null;
  retry: { max_attempts: number; by_outcome: Record<string, object> };
  rules: Record<string, never> & { consent: object | null; auto_pause: object; wishes: object; more_agents: { weight: number }[]; calling_hours: { windows: Record<string, string[]> } };
}

const unfold = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
const choose = async (page: Page, field: string, option: string | RegExp) => {
  await page.getByRole("textbox", { name: field, exact: true }).click();
  await page.getByRole("option", { name: option }).first().click();
};
/** A switch is drawn over its own input. */
const turn = (page: Page, name: string, on: boolean) => page.getByRole("switch", { name }).setChecked(on, { force: true });

test("consent, pausing and trying again are set where a campaign is made, and read back", async ({ page, api }) => {
  const column = (name: string) => page.getByRole("textbox", { name });
  await api.agent("Asking agent");
  await api.agent("Other agent");
  const rows = ["phone,name,agreed,agreed_on", "+34632010001,Ana,yes,2026-01-31", "+34632010002,Berta,no,2026-01-31", "+34632010003,Carla,yes,"];
  const list = await api.list("Asked people", rows.join("\n"));

  await page.goto(`/campaigns/new?list=${list}`);
  await page.getByLabel("Name").fill("Asked campaign");
  await choose(page, "Agent", "Asking agent");
  await choose(page, "Phone line", /./);
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("button", { name: "Next" }).click();

  await expect(page.getByText("All others are the default rules.")).toBeVisible();
  await unfold(page, "Who may be called");
  await page.getByRole("radio", { name: "Marketing" }).check();
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByText("Name the column that says yes").first()).toBeVisible();
  await column("Column that says yes").fill("aggreed");
  await expect(page.getByText(/has no column “aggreed”/)).toBeVisible();
  await column("Column that says yes").fill("agreed");
  await column("Column with its date").fill("agreed_on");
  await page.getByLabel("Days it is valid").fill("3650");

  await page.getByLabel("Attempts per person").fill("4");
  await unfold(page, "Trying again");
  const busy = page.getByRole("group", { name: "After busy" });
  await busy.getByText("Its own way").click();
  await busy.getByLabel("Attempts that may end so").fill("3");
  await busy.getByLabel("Minutes to wait").fill("5");
  await busy.getByLabel("Each, times the last").fill("2");
  await busy.getByLabel("On another day of the week").check();

  await unfold(page, "When it pauses by itself");
  await turn(page, "Calls fail", false);
  await turn(page, "Machines answer", true);
  await page.getByLabel("Percent that machines answer").fill("70");
  await unfold(page, "What people ask for");
  await turn(page, "To be called back", false);
  await unfold(page, "Comparing agents");
  await choose(page, "Add an agent", "Other agent");
  await page.getByLabel("Percent of the people for Other agent").fill("30");
  await expect(page.getByText(/^Not the default rules: who may be called, trying again, when it pauses by itself, what people ask for, comparing agents\./)).toBeVisible();

  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByText(/only with a yes in “agreed”, a date in “agreed_on” of the last 3,650 days/)).toBeVisible();
  await expect(page.getByText("When 70 % reach a machine, of at least 5 calls within 2 min")).toBeVisible();
  await page.getByRole("button", { name: "Keep as draft" }).click();

  await expect(page.getByRole("heading", { name: "Asked campaign" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Before it begins" })).toContainText("2 no consent");
  const how = page.getByRole("region", { name: "How it calls" });
  await expect(how).toContainText("after busy: at most 3 of these, 5 min apart, each wait 2 times the one before, on another weekday");
  await expect(how).toContainText("Other agent: 30 %");
  const made = await api.call<Made>("GET", `/api/campaigns/${page.url().split("/").at(-1)}`);
  expect(made.rules.consent).toMatchObject({ column: "agreed", date_column: "agreed_on", valid_days: 3_650 });
  expect(made.rules.auto_pause).toMatchObject({ failed_percent: null, voicemail_percent: 70 });
  expect(made.rules.wishes).toMatchObject({ opt_out_field: "opt_out", callback_field: null });
  expect(made.retry.by_outcome["busy"]).toMatchObject({ max_attempts: 3, delay_secs: 300, backoff_percent: 200, other_weekday: true });
  expect(made.rules.more_agents.map(({ weight }) => weight)).toEqual([43]);

  // What was chosen is what the fields say when somebody changes it.
  await page.getByRole("button", { name: "Change", exact: true }).click();
  await unfold(page, "Who may be called");
  await expect(column("Column that says yes")).toHaveValue("agreed");
  await unfold(page, "When it pauses by itself");
  await expect(page.getByRole("switch", { name: "Calls fail" })).not.toBeChecked();
  await expect(page.getByLabel("Percent that machines answer")).toHaveValue("70 %");
});

test("the limit and the hours of a campaign that runs are changed", async ({ page, api }) => {
  const agent = await api.agent("Changed agent");
  const list = await api.list("Changed", people(200, 20_000));
  const campaign = await api.campaign("Changed campaign", agent, list, { concurrency_limit: 3 });
  await page.goto(`/campaigns/${campaign}`);
  await expect(page.getByText(/a minute$/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Change", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Calls at one time").fill("1");
  await turn(page, "Only at certain hours", true);
  await dialog.getByLabel("From", { exact: true }).fill("03:00");
  await dialog.getByLabel("To", { exact: true }).fill("03:01");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expectToast(page, "Changed. What is dialled from now on follows it.");
  await expect(dialog).toBeHidden();
  const how = page.getByRole("region", { name: "How it calls" });
  await expect(how).toContainText("03:00 to 03:01");
  await expect(how).toContainText("1 call at one time");
  const saved = await api.call<Made>("GET", `/api/campaigns/${campaign}`);
  expect(saved.concurrency_limit).toBe(1);
  expect(saved.rules.calling_hours.windows["mon"]).toEqual(["03:00-03:01"]);
  await api.call("POST", `/api/campaigns/${campaign}/cancel`);
});

test("a campaign that paused by itself says why, and goes on with one click", async ({ page, api }) => {
  const agent = await api.agent("Dear agent");
  const list = await api.list("Dear", people(3, 21_000));
  const { campaign_id: campaign } = await api.call<Made>("POST", "/api/campaigns", {
    name: "Dear campaign", agent_id: agent, phone_line_id: await api.line(), list_ids: [list], start: "draft",
  });
  await api.call("PATCH", `/api/campaigns/${campaign}`, { rules: { spend_cap_cents: 1 } });
  await api.call("POST", `/api/campaigns/${campaign}/start`);
  await page.goto(`/campaigns/${campaign}`);
  const why = page.getByRole("alert").filter({ hasText: "It paused by itself" });
  await expect(why).toContainText("spend cap", { timeout: 60_000 });
  await why.getByRole("button", { name: "Change the rules" }).click();
  await page.getByRole("dialog").getByLabel("Cost at most").fill("50");
  await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("region", { name: "How it calls" })).toContainText("$50.00 at most");
  await why.getByRole("button", { name: "Go on calling" }).click();
  await expectToast(page, "The campaign goes on.");
  await expect(why).toBeHidden();
  await api.finished(campaign);
});

test("a campaign is copied, and its failed calls tried again, in two clicks from the list", async ({ page, api }) => {
  const agent = await api.agent("Copied agent");
  // The simulator breaks off calls to numbers that end so.
  const list = await api.list("Copied", ["phone,name", "+34632020006,Ana"].join("\n"));
  const campaign = await api.campaign("Copied campaign", agent, list, { retry: { max_attempts: 1, delay_secs: 60, retry_on: [] } });
  await api.finished(campaign);
  await page.goto("/campaigns");
  await page.getByRole("link", { name: "Copied campaign", exact: true }).click();
  await page.getByRole("button", { name: "Retry failed" }).click();
  await expectToast(page, "People whose calls failed are called again.");

  await page.goto("/campaigns");
  await page.getByRole("link", { name: "Copied campaign", exact: true }).click();
  await page.getByRole("button", { name: "Copy" }).click();
  await expectToast(page, "is a draft with the same people and rules.");
  await expect(page.getByRole("button", { name: "Start now" })).toBeVisible();
});

test("what holds for every dial is saved and shown, and others read it", async ({ page, api }) => {
  const agent = await api.agent("Limited agent");
  const before = await api.call("GET", "/api/dial-settings");
  try {
    await page.goto("/settings");
    await page.getByRole("tab", { name: "Dialling" }).click();
    await expect(page).toHaveURL(/tab=dialling/);
    await page.getByLabel("Dials a second").fill("7");
    await page.getByLabel("Slots kept free for calls in").fill("1");
    await page.getByLabel("Cost of a day at most").fill("12.50");
    await choose(page, "Limit an agent", "Limited agent");
    await page.getByLabel("Calls at one time: Limited agent").fill("2");
    await choose(page, "Limit a line", /./);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expectToast(page, "Saved. The next dial goes by it.");
    const saved = await api.call<{ agent_limits: object; phone_line_limits: object }>("GET", "/api/dial-settings");
    expect(saved).toMatchObject({ starts_per_second: 7, inbound_share: 1, daily_cap_cents: 1_250, agent_limits: { [agent]: 2 } });
    expect(Object.values(saved.phone_line_limits)).toEqual([1]);
    await expect(page.getByRole("region", { name: "Today" })).toContainText("$12.50");
    await page.reload();
    await expect(page.getByLabel("Dials a second")).toHaveValue("7");
    await expect(page.getByLabel("Calls at one time: Limited agent")).toHaveValue("2");

    // All slots for those who call in would leave none.
    await page.getByLabel("Slots kept free for calls in").fill("1000");
    await expect(page.getByText(/nobody could be called/)).toBeVisible();
    await expect(page.getByRole("button", { name: "Save", exact: true })).toBeDisabled();
  } finally {
    await api.call("PUT", "/api/dial-settings", before);
  }
  await expect(new Api("operator").call("PUT", "/api/dial-settings", before)).rejects.toThrow("403");
});

test.describe("an operator", () => {
  test.use({ role: "operator" });

  test("reads what holds for every dial, and sets the rules that new campaigns begin with", async ({ page, api }) => {
    const before = await api.call("GET", "/api/campaign-defaults");
    try {
      await page.goto("/settings?tab=dialling");
      await expect(page.getByText("Administrators change these.")).toBeVisible();
      await expect(page.getByLabel("Dials a second")).not.toBeEditable();
      await expect(page.getByRole("button", { name: "Save", exact: true })).toBeHidden();

      await page.getByRole("tab", { name: "Default rules" }).click();
      await unfold(page, "When it pauses by itself");
      await turn(page, "Nobody answers", true);
      await page.getByLabel("Percent that nobody answers").fill("85");
      await page.getByLabel("Calls to one person a week").fill("3");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await expectToast(page, "Saved. New campaigns begin with these rules");
      expect(await api.call("GET", "/api/campaign-defaults")).toMatchObject({ auto_pause: { no_answer_percent: 85 }, frequency_caps: [{ calls: 3, hours: 168 }] });

      await api.agent("First of all");
      const list = await api.list("Of defaults", people(1, 22_000));
      await page.goto(`/campaigns/new?list=${list}`);
      await page.getByLabel("Name").fill("Of defaults");
      await choose(page, "Agent", "First of all");
      await choose(page, "Phone line", /./);
      await page.getByRole("button", { name: "Next" }).click();
      await page.getByRole("button", { name: "Next" }).click();
      await expect(page.getByLabel("Calls to one person a week")).toHaveValue("3");
      await expect(page.getByRole("button", { name: "When it pauses by itself" })).toContainText("85 % are not answered");
      await expect(page.getByText("All others are the default rules.")).toBeVisible();
    } finally {
      await new Api("admin").call("PUT", "/api/campaign-defaults", before);
    }
  });
});
