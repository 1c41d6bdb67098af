import { startSystem } from "./system";

/** Starts the system, tells the tests where it is, and ends it after them. */
export default async function start(): Promise<() => Promise<void>> {
  const system = await startSystem();
  process.env["SITE_URL"] = system.url;
  process.env["SITE_SIMULATOR"] = system.simulator;
  for (const role of ["viewer", "operator", "admin"] as const) {
    process.env[`SITE_TOKEN_${role.toUpperCase()}`] = system.token(role);
  }
  return system.stop;
}
