import { readFileSync } from "node:fs";
import { expect, people, test } from "./support/site";

test("what came of a campaign is told apart, compared and saved", async ({ page, api }) => {
  test.setTimeout(180_000);
  const [first, second] = [await api.agent("Report agent"), await api.agent("Second report agent")];
  const list = await api.list("Reported", people(12, 410));
  const campaign = await api.campaign("Reported campaign", first, list, {
    retry: { max_attempts: 1, delay_secs: 60, retry_on: [] },
    rules: {
      calling_hours: { windows: ANY_HOUR, zone_of_recipient: "column", unknown_zone: "skip", rules: { only: [] }, holidays: false },
      more_agents: [{ agent_id: second, weight: 100 }],
      disclosure: { first_words: [["words that nobody says"]] },
    },
  });
  await api.finished(campaign);

  await page.goto(`/campaigns/${campaign}`);
  const report = page.getByRole("region", { name: "Report" });
  await expect(report.getByRole("row", { name: /^Completed/ })).toBeVisible({ timeout: 30_000 });
  await expect(report.getByRole("columnheader", { name: "Answered" })).toBeVisible();

  await report.getByText("Attempt", { exact: true }).click();
  await expect(report.getByRole("row", { name: /^1 / })).toContainText("12");
  await report.getByText("Agent", { exact: true }).click();
  await expect(report.getByRole("row", { name: /Second report agent/ })).toBeVisible();
  await report.getByText("Variable", { exact: true }).click();
  await report.getByRole("textbox", { name: "Variable" }).click();
  await page.getByRole("option", { name: "city" }).click();
  await expect(report.getByRole("row", { name: /^Vigo/ })).toContainText("12");

  const saved = page.waitForEvent("download");
  await report.getByRole("button", { name: "CSV" }).click();
  const rows = readFileSync(await (await saved).path(), "utf8").trim().split("\n");
  expect(rows[0]).toContain("by,value,name,calls,answered");
  expect(rows[1]).toMatch(/^variable,Vigo,,12,/);

  const compared = report.getByRole("region", { name: "Agents compared" });
  await expect(compared).toContainText("Second report agent");
  await expect(compared).toContainText(/No difference can be told yet|is better: \+/);
  await expect(report.getByRole("region", { name: "First words" })).toContainText(/0% of \d+ calls/);
});

/** Every hour of every day. */
const ANY_HOUR = Object.fromEntries(["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, ["00:00-24:00"]]));
