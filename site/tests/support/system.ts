// The whole system on this machine, with data of its own, for as long as the tests run.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../../..");
/** Where the programs are; measurements take optimised ones. */
export const PROGRAMS = join(ROOT, process.env["PROGRAMS"] || "target/debug");
const PROGRAM = join(PROGRAMS, "switchboard-local");

/** How much faster than a clock the simulator is. */
export const CLOCK_FACTOR = 120;

export type Role = "viewer" | "operator" | "admin";

export interface System {
  url: string;
  simulator: string;
  token: (role: Role) => string;
  stop: () => Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address ? found(address.port) : failed(new Error("no port"))));
    });
  });
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + 90_000;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`The system ended with ${child.exitCode}. Build it with \`make build\`.`);
    const good = await fetch(url).then((answer) => answer.ok, () => false);
    if (good) return;
    await new Promise((next) => setTimeout(next, 200));
  }
  throw new Error(`Nothing answers at ${url}.`);
}

/** Its people are simulated: the tests must not depend on the hour at which they run. */
async function callAtAnyHour(url: string, token: string): Promise<void> {
  const day = ["00:00-24:00"];
  const rules = {
    calling_hours: {
      windows: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day },
      unknown_zone: { use_campaign_zone: "UTC" },
      rules: { only: [] },
      holidays: false,
    },
  };
  const answer = await fetch(`${url}/api/campaign-defaults`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(rules),
  });
  if (!answer.ok) throw new Error(`The calling hours were refused with ${answer.status}: ${await answer.text()}`);
}

/** Starts it; a data folder that is given stays when it is stopped. */
export async function startSystem(environment: Record<string, string> = {}, folder?: string): Promise<System> {
  const [port, simulatorPort] = [await freePort(), await freePort()];
  const data = folder ?? mkdtempSync(join(tmpdir(), "switchboard-site-"));
  const env = {
    ...process.env, PORT: String(port), SIMULATOR_PORT: String(simulatorPort), DATA_DIR: data, SAMPLE: "0", CLOCK_FACTOR: String(CLOCK_FACTOR),
    SCHEDULE_SECONDS: "2", CONCURRENCY_LIMIT: "5", EVENT_ALLOW_LOOPBACK: "true", ...environment,
  };
  const child = spawn(PROGRAM, ["run"], { cwd: ROOT, env, stdio: ["ignore", "ignore", "inherit"] });
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/health`, child);
  const token = (role: Role): string =>
    execFileSync(PROGRAM, ["token", "--role", role], { cwd: ROOT, env, encoding: "utf8" }).trim();
  await callAtAnyHour(url, token("admin"));
  return {
    url,
    simulator: `http://127.0.0.1:${simulatorPort}`,
    token,
    stop: async () => {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGINT");
      const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await ended;
      clearTimeout(late);
      if (!folder) rmSync(data, { recursive: true, force: true });
    },
  };
}
