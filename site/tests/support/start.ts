import type { FullConfig } from "@playwright/test";
import { startSystem } from "./system";

/** Starts a system for each worker, tells the tests where it is, and ends them all after the tests. */
export default async function start({ workers }: FullConfig): Promise<() => Promise<void>> {
  const systems = await Promise.all(Array.from({ length: workers }, () => startSystem()));
  for (const [worker, system] of systems.entries()) {
    process.env[`SITE_URL_${worker}`] = system.url;
    process.env[`SITE_SIMULATOR_${worker}`] = system.simulator;
    for (const role of ["viewer", "operator", "admin"] as const) {
      process.env[`SITE_TOKEN_${role.toUpperCase()}_${worker}`] = system.token(role);
    }
  }
  return async () => {
    await Promise.all(systems.map((system) => system.stop()));
  };
}
