import { type Page } from "@playwright/test";
import { Api, expect, people, test } from "./support/site";

const buttons = async (page: Page) => (await page.locator("main").getByRole("button").allInnerTexts()).join(" | ");

test.describe("a viewer", () => {
  test.use({ role: "viewer" });

  test("sees no button that may not be pressed", async ({ page }) => {
    const api = new Api("admin");
    const agent = await api.agent("Seen agent");
    const list = await api.list("Seen", people(3, 800));
    const campaign = await api.campaign("Seen campaign", agent, list, { start: "draft" });
    const forbidden = /new campaign|import|delete|sync|export|start|stop|pause|resume|cancel|retry|add |change|book |call now|create ticket|new rule|save|mark handled|new agent|replay|allow calls|confirm|take out|what to do/i;
    for (const path of ["/", "/calls", "/campaigns", "/campaigns/templates", `/campaigns/${campaign}`, "/contacts", `/contacts/${list}`, "/contacts/do-not-call", "/agents", `/agents/${agent}`, "/inbound", "/callbacks", "/routing", "/queue", "/attention", "/settings", "/settings?tab=reception", "/settings?tab=dialling", "/settings?tab=rules", "/settings?tab=calling-rules"]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await page.waitForLoadState("networkidle");
      expect(await buttons(page), path).not.toMatch(forbidden);
      expect((await page.locator("main").getByRole("link").allInnerTexts()).join(" | "), path).not.toMatch(/new campaign|^import$|new agent|^call$|^use$/i);
    }
    await expect(page.getByRole("tab", { name: "Audit trail" })).toBeHidden();
  });

  test("is told on pages for others, and the API refuses what the site hides", async ({ page }) => {
    for (const path of ["/campaigns/new", "/contacts/import", "/contacts/do-not-call/import", "/agents/new", "/event-targets"]) {
      await page.goto(path);
      await expect(page.getByText(/Your role does not/)).toBeVisible();
    }
    await expect(new Api("viewer").call("POST", "/api/queue/stop")).rejects.toThrow("403");
  });
});

test("an administrator sees who changed what, and who was there", async ({ page }) => {
  await page.goto("/settings");
  await expect(page.getByText("/webhooks/elevenlabs")).toBeVisible();
  await page.getByRole("tab", { name: "Audit trail" }).click();
  await expect(page.getByRole("cell", { name: /agent created/i }).first()).toBeVisible();
  await page.getByRole("tab", { name: "People and roles" }).click();
  await expect(page.getByRole("cell", { name: "Local admin" })).toBeVisible();
  await page.getByRole("tab", { name: "System and retention" }).click();
  await expect(page.getByText("30 days").first()).toBeVisible();
});
