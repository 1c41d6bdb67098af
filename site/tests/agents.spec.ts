import { atSimulator, expect, people, test } from "./support/site";
import { expectToast } from "./support/toasts";

test("an agent is made with a voice that was listened to, changed, and deleted", async ({ page }) => {
  await page.goto("/agents/new");
  await page.getByRole("button", { name: "Make the agent" }).click();
  await expect(page.getByText("Give the agent a name")).toBeVisible();

  await page.getByLabel("Name").fill("Clinic agent");
  await page.getByLabel("Prompt").fill("Remind {{patient}} of the appointment on {{day}}.");
  await expect(page.getByText("Contacts need these columns:")).toBeVisible();
  await page.getByRole("textbox", { name: "Search voices" }).fill("a");
  const heard = page.waitForResponse((answer) => /\/api\/voices\/elevenlabs\/\w+\/preview$/.test(answer.url()));
  await page.getByRole("button", { name: /^Listen to/ }).first().click();
  const sample = await heard;
  expect(sample.headers()["content-type"]).toBe("audio/mpeg");
  const stop = page.getByRole("button", { name: /^Stop the sample of/ });
  await expect(stop, "it plays").not.toHaveAttribute("data-loading");
  await expect(page.getByText("cannot be played")).toBeHidden();
  await stop.click();
  await expect(page.getByRole("button", { name: /^Stop the sample of/ })).toBeHidden();
  await page.getByRole("radio").nth(0).check();
  await page.getByRole("button", { name: "Make the agent" }).click();

  await expect(page.getByRole("heading", { name: "Clinic agent" })).toBeVisible();
  await page.getByLabel("First message").fill("Good morning, {{patient}}.");
  await page.getByRole("button", { name: "Save" }).click();
  await expectToast(page, "Saved. Calls from now on follow it.");
  await page.reload();
  await expect(page.getByLabel("First message")).toHaveValue("Good morning, {{patient}}.");

  await page.getByRole("button", { name: "Delete" }).click();
  const question = page.getByRole("dialog");
  await expect(question).toContainText("No campaign and no call depends on it");
  await question.getByRole("button", { name: "Delete the agent" }).click();
  await expect(page).toHaveURL(/\/agents$/);
  await expect(page.getByRole("link", { name: "Clinic agent" })).toBeHidden();
});

test("an agent that a campaign needs is not deleted, and the campaign is named", async ({ page, api }) => {
  const agent = await api.agent("Needed agent");
  const list = await api.list("Needed", people(2, 400));
  const campaign = await api.campaign("Campaign that needs it", agent, list, { start: "draft" });
  await page.goto(`/agents/${agent}`);
  await page.getByRole("button", { name: "Delete" }).click();
  const question = page.getByRole("dialog");
  await expect(question).toContainText("Campaign that needs it");
  await expect(question.getByRole("button", { name: "Delete the agent" })).toBeDisabled();
  await api.call("POST", `/api/campaigns/${campaign}/cancel`);
});

test("an agent that exists at the platform is imported by its id; a wrong id is answered", async ({ page, api }) => {
  const made = await api.agent("Imported agent");
  const { provider_agent_id: id } = await api.call<{ provider_agent_id: string }>("GET", `/api/agents/${made}`);
  await page.goto("/agents");
  await page.getByRole("button", { name: "Import by id" }).click();
  await page.getByLabel("Its id at the platform").fill("agent_that_never_was");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await page.getByLabel("Its id at the platform").fill(id);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Imported agent" })).toBeVisible();
});

test("agents are looked for and sorted", async ({ page, api }) => {
  await api.agent("Aardvark agent");
  await api.agent("Zebra agent");
  await page.goto("/agents");
  await page.getByLabel("Search agents").fill("agent");
  await page.getByRole("textbox", { name: "Order" }).click();
  await page.getByRole("option", { name: "Name" }).click();
  await expect(page.getByRole("row").nth(1)).toContainText("Aardvark agent");
  await page.getByLabel("Search agents").fill("Zebra");
  await expect(page.getByRole("row")).toHaveCount(2);
});

test("the options of the platform are in the form, are checked, and stay", async ({ page, api }) => {
  const agent = await api.agent("Agent with options");
  await page.goto(`/agents/${agent}`);
  const options = page.getByRole("group", { name: "Options of the platform" });
  await options.getByLabel("Temperature").fill("3");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(options.getByText("give a number from 0 to 1")).toBeVisible();
  await options.getByLabel("Temperature").fill("0.4");
  await options.getByLabel("Longest call, in seconds").fill("300");
  await page.getByRole("button", { name: "Save" }).click();
  await expectToast(page, "Saved. Calls from now on follow it.");
  await page.reload();
  await expect(options.getByLabel("Temperature")).toHaveValue("0.4");
  await expect(options.getByLabel("Longest call, in seconds")).toHaveValue("300");
});

test("what was changed at the platform is shown until somebody has seen it", async ({ page, api }) => {
  const agent = await api.agent("Drifting agent");
  const { provider_agent_id: id } = await api.call<{ provider_agent_id: string }>("GET", `/api/agents/${agent}`);
  const changed = await atSimulator("PATCH", `/v1/convai/agents/${id}`, { name: "Drifted agent" });
  expect(changed.ok).toBe(true);
  await page.goto(`/agents/${agent}`);
  await page.getByRole("button", { name: "Check at the platform" }).click();
  await expect(page.getByText("It was changed at the platform, not here")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Drifted agent" })).toBeVisible();
  await page.goto("/agents");
  await page.getByLabel("Search agents").fill("Drifted");
  await expect(page.getByRole("row").nth(1)).toContainText("Changed at the platform");
  await page.getByRole("link", { name: "Drifted agent" }).click();
  await page.getByRole("button", { name: "I have seen it" }).click();
  await expect(page.getByText("It was changed at the platform, not here")).toBeHidden();
});
