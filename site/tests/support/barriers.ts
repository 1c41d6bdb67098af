import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** The only rule that another colour scheme can break. */
const OF_COLOURS = ["color-contrast"];

/** What axe finds that keeps somebody from using the page, in words; of its colours alone where the rest was looked at before. */
export async function barriers(page: Page, where: string, looked: "at everything" | "at its colours" = "at everything"): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (looked === "at its colours" ? axe.withRules(OF_COLOURS) : axe).analyze();
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return bad.map(({ id, nodes }) => {
    const examples = nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 200)} ${any[0]?.message ?? ""}`);
    return `${where} ${id}: ${examples.join("\n    ")}`;
  });
}
