import { type Api, expect, pickedUp, test, toSimulator } from "./support/site";
import { CLOCK_FACTOR } from "./support/system";
import { expectToast } from "./support/toasts";

test.describe.configure({ mode: "serial" });

// Numbers that end in 05 are of people who talk for half an hour: at this clock longer than any test looks at them.
test.beforeAll(() => toSimulator("/sim/clock", { factor: 10 }));
test.afterAll(() => toSimulator("/sim/clock", { factor: CLOCK_FACTOR }));

/** A line of Ultravox's, entered through the API where a test is about something else. */
async function ultravoxLine(api: Api): Promise<string> {
  const lines = await api.call<{ items: { phone_line_id: string; provider: string }[] }>("GET", "/api/phone-lines");
  const known = lines.items.find(({ provider }) => provider === "ultravox");
  if (known) return known.phone_line_id;
  const made = await api.call<{ phone_line_id: string }>("POST", "/api/phone-lines", {
    provider: "ultravox", phone_number: "+14155550177", label: "Ultravox line", carrier: "twilio",
  });
  return made.phone_line_id;
}

test.beforeEach(async ({ api }) => {
  expect(await api.isSetUp("ultravox"), "the simulator plays Ultravox").toBe(true);
});

test("an agent is made on Ultravox with a voice that was listened to, changed, and deleted", async ({ page }) => {
  await page.goto("/agents/new");
  await page.getByLabel("Name").fill("Ultravox agent");
  await page.getByRole("textbox", { name: "Platform" }).click();
  await page.getByRole("option", { name: "Ultravox" }).click();
  await page.getByLabel("Prompt").fill("Remind {{patient}} of the appointment.");
  const options = page.getByRole("group", { name: "Options of the platform" });
  await expect(options.getByLabel("Model")).toHaveValue("ultravox-v0.7");
  await options.getByLabel("Temperature").fill("0.3");
  await options.getByRole("switch", { name: "Record calls" }).uncheck();

  const heard = page.waitForResponse((answer) => /\/api\/voices\/ultravox\/[\w-]+\/preview$/.test(answer.url()));
  await page.getByRole("button", { name: /^Listen to/ }).first().click();
  const sample = await heard;
  expect(sample.headers()["content-type"]).toMatch(/^audio\//);
  await expect(page.getByRole("button", { name: /^Stop the sample of/ }), "it plays").not.toHaveAttribute("data-loading");
  await expect(page.getByText("cannot be played")).toBeHidden();
  await page.getByRole("radiogroup", { name: "Voice" }).getByRole("radio").nth(1).check();
  await page.getByRole("button", { name: "Make the agent" }).click();

  await expect(page.getByRole("heading", { name: "Ultravox agent" })).toBeVisible();
  await expect(options.getByLabel("Temperature")).toHaveValue("0.3");
  await expect(options.getByRole("switch", { name: "Record calls" })).not.toBeChecked();
  await page.getByLabel("First message").fill("Good morning, {{patient}}.");
  await page.getByRole("button", { name: "Save" }).click();
  await expectToast(page, "Saved. Calls from now on follow it.");
  await page.reload();
  await expect(page.getByLabel("First message")).toHaveValue("Good morning, {{patient}}.");
  await page.getByRole("button", { name: "Check at the platform" }).click();
  await expectToast(page, "It is at the platform as it is here.");

  await page.getByRole("button", { name: "Delete" }).click();
  const question = page.getByRole("dialog");
  await expect(question).toContainText("conversations stay at Ultravox");
  await question.getByRole("button", { name: "Delete the agent" }).click();
  await expect(page).toHaveURL(/\/agents$/);
  await expect(page.getByRole("link", { name: "Ultravox agent" })).toBeHidden();
});

test("agents of both platforms are in one list, and filtered by platform", async ({ page, api }) => {
  await api.agent("Both: here", undefined, "elevenlabs");
  await api.agent("Both: there", undefined, "ultravox");
  await page.goto("/agents");
  await page.getByLabel("Search agents").fill("Both:");
  await expect(page.getByRole("row")).toHaveCount(3);
  await page.getByRole("textbox", { name: "Platform" }).click();
  await page.getByRole("option", { name: "Ultravox" }).click();
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("row").nth(1)).toContainText("Both: there");
});

test("a phone line is entered, a wrong one is answered, renamed and deleted", async ({ page }) => {
  await page.goto("/settings?tab=phone-lines");
  await page.getByRole("button", { name: "Add a line" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Number").fill("12");
  await form.getByLabel("Label").fill("Sales trunk");
  await form.getByRole("textbox", { name: "Carrier" }).click();
  await page.getByRole("option", { name: "SIP trunk" }).click();
  await form.getByLabel("SIP domain").fill("sip example");
  await form.getByRole("button", { name: "Add the line" }).click();
  await expect(form.locator("[aria-invalid=true]").first()).toBeVisible();
  await form.getByLabel("Number").fill("+1 415 555 0188");
  await form.getByLabel("SIP domain").fill("sip.example.com");
  await form.getByRole("button", { name: "Add the line" }).click();
  const row = page.getByRole("row", { name: /Sales trunk/ });
  await expect(row).toContainText("SIP trunk");

  await row.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("dialog").getByLabel("Label").fill("Sales line");
  await page.getByRole("dialog").getByRole("button", { name: "Save the label" }).click();
  const renamed = page.getByRole("row", { name: /Sales line/ });
  await renamed.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete the line" }).click();
  await expectToast(page, "The line is deleted.");
  await expect(renamed).toBeHidden();
});

test("a live call is ended", async ({ page, api }) => {
  const agent = await api.agent("Talkative agent", "Talk.", "ultravox");
  const placed = await api.call<{ call_id: string }>("POST", "/api/calls", {
    agent_id: agent, phone_line_id: await ultravoxLine(api), phone_number: "+34631900905",
  });
  await page.goto(`/calls/${placed.call_id}`);
  await pickedUp(api, placed.call_id);
  await page.getByRole("button", { name: "End call" }).click({ timeout: 30_000 });
  const question = page.getByRole("dialog");
  await expect(question).toContainText("End this call?");
  await question.getByRole("button", { name: "End the call" }).click();
  await expectToast(page, "The call is being ended.");
  await expect(page.getByRole("button", { name: "End call" })).toBeHidden({ timeout: 30_000 });
  await expect
    .poll(async () => (await api.call<{ status: string }>("GET", `/api/calls/${placed.call_id}`)).status, { timeout: 30_000 })
    .toBe("completed");
});

test("a call of a platform that cannot end it is ended at the carrier", async ({ page, api }) => {
  const agent = await api.agent("Endless agent", "Talk.");
  const placed = await api.call<{ call_id: string }>("POST", "/api/calls", {
    agent_id: agent, phone_line_id: await api.line(), phone_number: "+34631902905",
  });
  await page.goto(`/calls/${placed.call_id}`);
  await page.getByRole("button", { name: "End call" }).click({ timeout: 30_000 });
  await page.getByRole("dialog").getByRole("button", { name: "End the call" }).click();
  await expectToast(page, "The call is being ended.");
  await expect(page.getByRole("button", { name: "End call" })).toBeHidden({ timeout: 30_000 });
});

test("the carrier's account is refused when it is wrong, taken away and entered again", async ({ page }) => {
  await page.goto("/settings");
  const twilio = page.getByRole("region", { name: "Carrier" }).getByRole("group", { name: "Twilio" });
  await expect(twilio).toContainText("Calls come in through the account AC");
  const sid = "AC00000000000000000000000000000001";
  const enter = async (token: string) => {
    await twilio.getByLabel("Account SID").fill(sid);
    await twilio.getByLabel("Auth token", { exact: true }).fill(token);
    await twilio.getByRole("button", { name: "Try and save the account" }).click();
  };
  await enter("not-the-token");
  await expect(twilio.getByRole("alert")).toContainText("Twilio does not accept it for this account");
  await twilio.getByRole("button", { name: "Take it away" }).click();
  await expect(twilio).toContainText("Not set up");
  await enter("0123456789abcdef0123456789abcdef");
  await expect(twilio).toContainText(`Calls come in through the account ${sid}`);
});

test("where neither platform nor carrier can end a call, it is said what to do", async ({ page, api }) => {
  const agent = await api.agent("Endless agent", "Talk.");
  const placed = await api.call<{ call_id: string }>("POST", "/api/calls", {
    agent_id: agent, phone_line_id: await api.line("elevenlabs", "sip_trunk"), phone_number: "+34631901905",
  });
  await page.goto(`/calls/${placed.call_id}`);
  await page.getByRole("button", { name: "End call" }).click({ timeout: 30_000 });
  await expectToast(page, /^The platform cannot do this.*ElevenLabs has no way to end a call in progress/);
});
