import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** The only rule that another colour scheme can break. */
const OF_COLOURS = ["color-contrast"];

/** Waits until nothing moves or fades: a colour half-way to another one is nobody's. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    const moving = () => document.getAnimations().filter((one) => one.playState === "running" && Number.isFinite(one.effect?.getComputedTiming().endTime));
    do {
      await Promise.allSettled(moving().map((one) => one.finished));
      // What was just opened, or given another colour, begins to move a frame later.
      await frame();
      await frame();
    } while (moving().length > 0);
  });
}

/** Changes the scheme, and comes back once the page has. */
export async function inScheme(page: Page, scheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
}

/** What axe finds that keeps somebody from using the page, in words; of its colours alone where the rest was looked at before. */
export async function barriers(page: Page, where: string, looked: "at everything" | "at its colours" = "at everything"): Promise<string[]> {
  await settled(page);
  const axe = new AxeBuilder({ page });
  const { violations } = await (looked === "at its colours" ? axe.withRules(OF_COLOURS) : axe).analyze();
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return bad.map(({ id, nodes }) => {
    const examples = nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 200)} ${any[0]?.message ?? ""}`);
    return `${where} ${id}: ${examples.join("\n    ")}`;
  });
}
