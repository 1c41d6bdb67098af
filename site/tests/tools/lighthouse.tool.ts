// Lighthouse, desktop, on a system of its own with a past: `make lighthouse`.
import { chromium, expect, test } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";
import { chromium as browser } from "../support/chromium";
import { startFilled } from "../support/filled";

const PORT = 9_333;
const GOALS = { performance: 95, accessibility: 100, "best-practices": 95 };

test("dashboard and calls", async () => {
  const system = await startFilled(2_000);
  const { executablePath, args } = browser.launchOptions;
  const context = await chromium.launchPersistentContext("", { executablePath, args: [...args, `--remote-debugging-port=${PORT}`] });
  try {
    const page = await context.newPage();
    const kept = { token: system.token("admin"), expires: Date.now() + 3_600_000 };
    await page.goto(system.url);
    await page.evaluate((value) => localStorage.setItem("switchboard.session", value), JSON.stringify(kept));
    for (const path of ["/", "/calls"]) {
      const flags = { port: PORT, output: "json" as const, logLevel: "error" as const, disableStorageReset: true, onlyCategories: Object.keys(GOALS) };
      const result = await lighthouse(system.url + path, flags, desktopConfig);
      for (const [category, goal] of Object.entries(GOALS)) {
        const score = Math.round((result?.lhr.categories[category]?.score ?? 0) * 100);
        console.log(`${path} ${category}: ${score} (goal ${goal})`);
        expect.soft(score, `${path} ${category}`).toBeGreaterThanOrEqual(goal);
      }
      for (const { id, score, scoreDisplayMode, displayValue, title } of Object.values(result?.lhr.audits ?? {})) {
        if (score !== null && score < 0.9 && scoreDisplayMode !== "informative") console.log(`    ${id}: ${displayValue ?? title}`);
      }
    }
  } finally {
    await context.close();
    await system.stop();
  }
});
