import { defineConfig } from "@playwright/test";
import { chromium } from "./tests/support/chromium";

/** Pictures and measurements: long, and no tests. */
export default defineConfig({
  testDir: "tests/tools",
  testMatch: "*.tool.ts",
  workers: 1,
  timeout: 1_200_000,
  reporter: [["line"]],
  outputDir: "test-results",
  use: { ...chromium, locale: "en-GB", timezoneId: "Europe/Madrid" },
});
