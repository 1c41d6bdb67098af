import { defineConfig } from "@playwright/test";
import { chromium } from "./tests/support/chromium";

export default defineConfig({
  testDir: "tests",
  testMatch: "*.spec.ts",
  globalSetup: "./tests/support/start.ts",
  // Each worker has a system for itself, and takes one file of tests after the other.
  workers: 2,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  retries: 0,
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    ...chromium,
    locale: "en-GB",
    timezoneId: "Europe/Madrid",
    viewport: { width: 1360, height: 850 },
    acceptDownloads: true,
    // A picture of every frame, and every frame of every motion, would take as long as the tests.
    contextOptions: { reducedMotion: "reduce" },
    trace: process.env["TRACE"] ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
  },
});
