import { barriers } from "./support/barriers";
import { closeReception } from "./support/caller";
import { expect, test } from "./support/site";
import { expectToast } from "./support/toasts";

test.describe.configure({ mode: "serial" });

test("a rule is made, and what is wrong with it is told", async ({ page, api }) => {
  test.slow();
  await closeReception(api);
  await api.agent("Day agent");
  await page.goto("/routing");
  await expect(page.getByText("The caller is taken to voicemail.")).toBeVisible();
  await page.getByRole("button", { name: "New rule" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("button", { name: "Make the rule" }).click();
  await expect(form.getByText("Give the rule a name")).toBeVisible();
  await form.getByLabel("Name").fill("Office hours");
  await form.getByRole("checkbox", { name: "Monday" }).check();
  await form.getByRole("checkbox", { name: "Tuesday" }).check();
  await form.getByRole("checkbox", { name: "Wednesday" }).check();
  await form.getByLabel("From", { exact: true }).fill("09:00");
  await form.getByRole("button", { name: "Make the rule" }).click();
  await expect(form.getByText("Say until when")).toBeVisible();
  await form.getByLabel("Until", { exact: true }).fill("18:00");
  await form.getByRole("button", { name: "Add somebody" }).click();
  const first = form.getByRole("group", { name: "First" });
  await first.getByRole("textbox", { name: "Agent" }).click();
  await page.getByRole("option", { name: /Day agent/ }).click();
  expect(await barriers(page, "the form of a rule")).toEqual([]);
  await form.getByRole("button", { name: "Make the rule" }).click();
  await expectToast(page, "“Office hours” is saved.");
  const rule = page.getByRole("listitem", { name: "Office hours" });
  await expect(rule).toContainText("Mon to Wed, 09:00 to 18:00");
  await expect(rule).toContainText("Day agent, then Voicemail");
});

test("rules are put in order, switched off, changed and deleted", async ({ page, api }) => {
  await api.call("POST", "/api/routing-rules", {
    name: "Spain at night", when: { callers: ["+34"], from: "20:00", until: "08:00" }, targets: [{ kind: "person", phone_number: "+34631888001", ring_secs: 20 }], language: "es",
  });
  await page.goto("/routing");
  const names = () => page.locator("ol.rules > li").evaluateAll((rules) => rules.map((rule) => rule.getAttribute("aria-label")));
  await expect.poll(names).toEqual(["Office hours", "Spain at night"]);
  await page.getByRole("button", { name: "Ask Spain at night earlier" }).click();
  await expect.poll(names).toEqual(["Spain at night", "Office hours"]);
  await page.reload();
  await expect.poll(names).toEqual(["Spain at night", "Office hours"]);

  const night = page.getByRole("listitem", { name: "Spain at night" });
  await expect(night).toContainText("Callers from +34, 20:00 to 08:00 the next day");
  await expect(night).toContainText("+34 631 888 001, in Spanish");
  await night.getByRole("switch").press(" ");
  await expectToast(page, "“Spain at night” is off.");
  await night.getByRole("button", { name: "Change Spain at night" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("textbox", { name: "Number", exact: true }).fill("12");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("alert")).toContainText("country code");
  await form.getByRole("textbox", { name: "Number", exact: true }).fill("+34 631 888 002");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(night).toContainText("+34 631 888 002");

  await night.getByRole("button", { name: "Delete Spain at night" }).click();
  await page.getByRole("button", { name: "Delete the rule" }).click();
  await expect(night).toBeHidden();
  await expect.poll(names).toEqual(["Office hours"]);
});

test("holidays are kept, and a call can be tried", async ({ page, api }) => {
  const settings = await api.call<{ holidays: string[] }>("GET", "/api/settings/reception");
  await api.call("PUT", "/api/settings/reception", { ...settings, time_zone: "Europe/Madrid", holidays: ["2026-12-25"] });
  await page.goto("/routing");
  const holidays = page.getByRole("region", { name: "Holidays" });
  await expect(holidays).toContainText("25 Dec 2026");
  await holidays.getByRole("button", { name: /^Take away/ }).click();
  await expect(holidays).toContainText("None yet.");

  const attempt = page.getByRole("region", { name: "Try a call" });
  await attempt.getByLabel("Number that is called").fill("+15005550199");
  await attempt.getByLabel("Caller").fill("+34 631 021 622");
  await attempt.getByRole("button", { name: "Try it" }).click();
  const answer = attempt.getByRole("status", { name: "Where it goes" });
  await expect(answer).toContainText("Voicemail");
  await expect(answer).toContainText("Office hours:");
  expect(await barriers(page, "/routing")).toEqual([]);
});

test("the reception's settings are changed", async ({ page, api }) => {
  await page.goto("/settings?tab=reception");
  const section = page.getByRole("region", { name: "Reception" });
  await section.getByLabel("Company").fill("Clínica Sonrisa");
  await section.getByLabel("Voicemail says").fill("Nobody is here now. Leave a message, please.");
  await section.getByRole("button", { name: "Save" }).click();
  await expectToast(page, "Saved. The next call goes by it.");
  const saved = await api.call<{ company: string; voicemail_greeting: string }>("GET", "/api/settings/reception");
  expect(saved).toMatchObject({ company: "Clínica Sonrisa", voicemail_greeting: "Nobody is here now. Leave a message, please." });
  expect(await barriers(page, "/settings?tab=reception")).toEqual([]);
});

test("an agent of OpenAI has tools, built-in ones and its own", async ({ page, api }) => {
  expect(await api.isSetUp("openai")).toBe(true);
  const agent = await api.agent("Tool agent", "Be brief.", "openai");
  await page.goto(`/agents/${agent}`);
  const tools = page.getByRole("region", { name: "Tools" });
  await expect(tools.getByRole("listitem").filter({ hasText: "transfer_to_person" })).toContainText("built in");
  await tools.getByRole("button", { name: "Add a tool" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name").fill("Find order");
  await form.getByLabel("Description").fill("Finds an order by its number.");
  await form.getByLabel("Address").fill("https://example.com/orders");
  await form.getByRole("button", { name: "Add the tool" }).click();
  await expect(form.getByText("Use small letters, digits and _")).toBeVisible();
  await form.getByLabel("Name").fill("find_order");
  await form.getByRole("button", { name: "Add the tool" }).click();
  await expect(page.getByText("It is shown this once")).toBeVisible();
  await page.getByRole("button", { name: "I have kept it" }).click();
  const own = tools.getByRole("listitem").filter({ hasText: "find_order" });
  await expect(own).toContainText("https://example.com/orders");
  await own.getByRole("button", { name: "Delete find_order" }).click();
  await page.getByRole("button", { name: "Delete the tool" }).click();
  await expect(own).toBeHidden();
});
