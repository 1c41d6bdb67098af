// How fast lists and pages are with few calls in the table and with many: `make many`.
import { type Page, test } from "@playwright/test";
import { startFilled } from "../support/filled";
import type { System } from "../support/system";

const SIZES = (process.env["CALLS"] || "100,100000,1000000").split(",").map(Number);
const ASKS = 101;
const VISITS = 5;

interface Times {
  p50: number;
  p99: number;
}

function times(values: number[]): Times {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

async function timed(system: System, path: string): Promise<Times> {
  const headers = { authorization: `Bearer ${system.token("viewer")}` };
  const took: number[] = [];
  for (let ask = 0; ask < ASKS; ask += 1) {
    const begun = performance.now();
    const answer = await fetch(system.url + path, { headers });
    await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    took.push(performance.now() - begun);
  }
  return times(took);
}

async function visited(page: Page, url: string, ready: string): Promise<Times> {
  const took: number[] = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const begun = performance.now();
    await page.goto(url);
    await page.locator(ready).first().waitFor();
    took.push(performance.now() - begun);
  }
  return times(took);
}

test("lists and pages with few and with many calls", async ({ browser }) => {
  test.setTimeout(3_000_000);
  const rows = new Map<string, Times[]>();
  const note = (name: string, value: Times) => rows.set(name, [...(rows.get(name) ?? []), value]);
  for (const calls of SIZES) {
    const system = await startFilled(calls);
    try {
      const headers = { authorization: `Bearer ${system.token("viewer")}` };
      const first = (await (await fetch(`${system.url}/api/calls?status=completed&limit=1`, { headers })).json()) as { items: { call_id: string; agent_id: string; phone_number: string }[] };
      const { call_id: call = "", agent_id: agent = "", phone_number: number = "" } = first.items[0] ?? {};
      const routes: Record<string, string> = {
        "list: all": "/api/calls?limit=50", "list: needs attention": "/api/calls?view=needs_attention&limit=50", "list: in progress": "/api/calls?view=in_progress&limit=50",
        "list: by status": "/api/calls?status=no_answer&limit=50", "list: by agent": `/api/calls?agent_id=${agent}&limit=50`,
        "list: by number": `/api/calls?search=${encodeURIComponent(number)}`, "search: a name": "/api/calls?search=nunez&limit=50", "one call": `/api/calls/${call}`,
        stats: "/api/calls/stats?days=30", "campaigns": "/api/campaigns", queue: "/api/queue",
      };
      for (const [name, path] of Object.entries(routes)) note(name, await timed(system, path));
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const kept = JSON.stringify({ token: system.token("admin"), expires: Date.now() + 3_600_000 });
      await context.addInitScript(([key, value]) => localStorage.setItem(key ?? "", value ?? ""), ["switchboard.session", kept]);
      const page = await context.newPage();
      const pages: Record<string, [string, string]> = {
        "page: dashboard": ["/", ".trend"], "page: calls": ["/calls", ".call-person"], "page: call": [`/calls/${call}`, "section[aria-label='What came of it']"],
        "page: campaigns": ["/campaigns", "article"], "page: queue": ["/queue", "section[aria-label='At this moment']"],
      };
      for (const [name, [path, ready]] of Object.entries(pages)) note(name, await visited(page, system.url + path, ready));
      await context.close();
    } finally {
      await system.stop();
    }
  }
  const line = (cells: string[]) => { console.log(`| ${cells.join(" | ")} |`); };
  line(["", ...SIZES.map((size) => `${size} calls, p50 / p99`), "ratio"]);
  line(["---", ...SIZES.map(() => "---:"), "---:"]);
  for (const [name, each] of rows) {
    const ratio = (each.at(-1)?.p50 ?? 0) / (each[0]?.p50 ?? 1);
    line([name, ...each.map(({ p50, p99 }) => `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`), ratio.toFixed(2)]);
  }
});
