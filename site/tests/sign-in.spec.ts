import { expect, siteUrl, test } from "./support/site";
import { test as plain } from "@playwright/test";

plain.describe("signing in", () => {
  plain("takes one click, comes back to the page that was wanted, and ends on request", async ({ page }) => {
    await page.goto(`${siteUrl()}/calls?status=failed`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: "Sign in as operator" }).click();
    await expect(page.getByRole("heading", { name: "Calls", level: 1 })).toBeVisible();
    await expect(page).toHaveURL(/status=failed/);
    await page.getByRole("button", { name: "You are Local operator" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  });

  plain("refuses a way back that was not begun here", async ({ page }) => {
    await page.goto(`${siteUrl()}/signed-in?code=stolen&state=made-up`);
    await expect(page.getByRole("alert")).toContainText("Sign in again");
    await expect(page).toHaveURL(`${siteUrl()}/`);
  });
});

test("a session that has ended says so and leads back to the page", async ({ page }) => {
  await page.goto("/calls?view=handled");
  await expect(page.getByRole("heading", { name: "Calls", level: 1 })).toBeVisible();
  // What an issuer does when it takes a session away: the next request is refused.
  await page.evaluate(() => {
    const key = "switchboard.session";
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}") as { token: string };
    localStorage.setItem(key, JSON.stringify({ ...kept, token: `${kept.token}x` }));
  });
  await page.reload();
  await expect(page.getByText("Your session has ended")).toBeVisible();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Sign in as admin" }).click();
  await expect(page).toHaveURL(/view=handled/);
  await expect(page.getByRole("heading", { name: "Calls", level: 1 })).toBeVisible();
});

test("a page that does not exist leads back", async ({ page }) => {
  await page.goto("/nowhere");
  await expect(page.getByText("There is no such page")).toBeVisible();
  await page.goto("/calls/call_that_never_was");
  await expect(page.getByText(/It is not here|That did not work|invalid/i).first()).toBeVisible();
});
