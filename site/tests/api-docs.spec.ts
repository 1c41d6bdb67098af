import type { Locator } from "@playwright/test";
import { expect, siteUrl, test, tokenOf } from "./support/site";

const statusOf = (operation: Locator) => operation.locator(".live-responses-table tbody .response-col_status");

test("the API's reference lists every operation and sends requests as whoever is signed in", async ({ page, api }) => {
  await api.agent("Found by the reference");
  const policies: string[] = [];
  page.on("response", (answer) => {
    if (new URL(answer.url()).pathname === "/api/docs") policies.push(answer.headers()["content-security-policy"] ?? "");
  });
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (request.url().startsWith("http") && !request.url().startsWith(siteUrl())) foreign.push(request.url());
  });
  await page.goto("/api/docs");
  await expect(page.getByText("You are signed in")).toBeVisible();
  const { paths } = (await (await page.request.get("/api/openapi.json")).json()) as { paths: Record<string, Record<string, object>> };
  const operations = Object.values(paths).flatMap((path) => Object.keys(path).filter((key) => ["get", "put", "post", "patch", "delete"].includes(key)));
  await expect(page.locator(".opblock-tag").first()).toBeVisible();
  expect(operations.length).toBeGreaterThan(100);
  // One tag open at a time: of a long page the library keeps only what is near the window.
  const tags = page.locator(".opblock-tag");
  let shown = 0;
  for (let index = 0, count = await tags.count(); index < count; index++) {
    await tags.nth(index).click();
    await expect(page.locator(".opblock").first()).toBeVisible();
    shown += await page.locator(".opblock").count();
    await tags.nth(index).click();
    await expect(page.locator(".opblock")).toHaveCount(0);
  }
  expect(shown).toBe(operations.length);

  await page.locator("#operations-tag-agents").click();
  const operation = page.locator("#operations-agents-list_agents");
  await operation.locator(".opblock-summary-control").click();
  await operation.getByRole("button", { name: "Execute" }).click();
  await expect(statusOf(operation)).toContainText("200");
  await expect(operation.locator(".live-responses-table")).toContainText("Found by the reference");
  expect(policies[0]).toContain("script-src 'self';");
  expect(foreign).toEqual([]);
});

test("a pasted token is used where nobody is signed in", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: siteUrl() });
  const page = await context.newPage();
  await page.goto("/api/docs#/system/get_me");
  await expect(page.getByText("Nobody is signed in here")).toBeVisible();
  const operation = page.locator("#operations-system-get_me");
  await operation.getByRole("button", { name: "Execute" }).click();
  await expect(statusOf(operation)).toContainText("401");
  await page.getByRole("button", { name: "Authorize", exact: true }).click();
  await page.getByLabel("auth-bearer-value").fill(tokenOf("viewer"));
  await page.getByRole("button", { name: "Apply credentials" }).click();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await operation.getByRole("button", { name: "Execute" }).click();
  await expect(statusOf(operation)).toContainText("200");
  await expect(operation.locator(".live-responses-table")).toContainText("viewer");
  await context.close();
});
