// The browser of the system: what Playwright would download is not needed.
import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const found = process.env["CHROMIUM"] ?? PLACES.find((path) => existsSync(path));

if (!found) throw new Error("Chromium is missing: install it (Debian: apt-get install chromium), or name it in CHROMIUM.");

export const chromium = {
  browserName: "chromium" as const,
  launchOptions: {
    executablePath: found,
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
    ],
  },
};
