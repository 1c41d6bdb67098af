// A system with a past: agents, a finished campaign, and calls of some weeks.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROGRAMS, ROOT, startSystem, type System } from "./system";

/** Runs the sample campaign, fills in so many calls of the last four weeks, and starts again. */
export async function startFilled(calls: number): Promise<System> {
  const data = mkdtempSync(join(tmpdir(), "switchboard-filled-"));
  const first = await startSystem({ SAMPLE: "1", CLOCK_FACTOR: "60" }, data);
  const authorization = `Bearer ${first.token("admin")}`;
  const campaigns = async () => {
    const answer = await fetch(`${first.url}/api/campaigns`, { headers: { authorization } });
    return ((await answer.json()) as { items: { status: string }[] }).items;
  };
  for (let looks = 0; looks < 300; looks += 1) {
    if ((await campaigns()).some(({ status }) => status === "completed")) break;
    await new Promise((next) => setTimeout(next, 500));
  }
  await first.stop();
  // Of the whole workspace, as the tests are built: alone, most libraries would be built once more with fewer features.
  const optimised = PROGRAMS.endsWith("release") ? ["--profile", "bench"] : [];
  execFileSync("cargo", ["build", "-q", "--workspace", "--example", "fill", ...optimised], { cwd: ROOT, stdio: "inherit" });
  execFileSync(join(PROGRAMS, "examples/fill"), [data, String(calls), "28"], { stdio: "inherit" });
  const system = await startSystem({}, data);
  return {
    ...system,
    stop: async () => {
      await system.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
