// What the site told in toasts. They put themselves away, so they are written down as they come: a machine that
// stands still for some seconds would otherwise see none of one.
import { expect, type Page } from "@playwright/test";

const TOAST = ".mantine-Notification-root";
const toasts = new WeakMap<Page, string[]>();

/** From now on, the toasts of this page are kept, whichever address it goes to. */
export async function keepToasts(page: Page): Promise<void> {
  const kept: string[] = [];
  toasts.set(page, kept);
  await page.exposeFunction("keepToast", (text: string) => void kept.push(text));
  await page.addInitScript((selector) => {
    const keep = (window as unknown as { keepToast: (text: string) => void }).keepToast;
    new MutationObserver((changes) => {
      for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
        if (node instanceof HTMLElement && node.matches(selector)) keep(node.textContent ?? "");
      }
    }).observe(document, { childList: true, subtree: true });
  }, TOAST);
}

/** What was told and not yet asked for, the oldest first. */
export const toastsOf = (page: Page): readonly string[] => toasts.get(page) ?? [];

/** Waits until the page tells this, and forgets everything up to it: the next one must come anew. */
export async function expectToast(page: Page, text: string | RegExp): Promise<void> {
  const kept = toasts.get(page) ?? [];
  const fits = (toast: string) => (typeof text === "string" ? toast.includes(text) : text.test(toast));
  await expect(() => expect(kept.find(fits), `a toast “${text}” among ${JSON.stringify(kept)}`).toBeDefined()).toPass({ timeout: 60_000 });
  kept.splice(0, kept.findIndex(fits) + 1);
}
