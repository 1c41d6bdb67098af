import type { Page, WebSocketRoute } from "@playwright/test";
import { atTalkingSpeed, callFrom, closeReception, openReception, ring, type Said } from "./support/caller";
import { type Api, expect, test, toSimulator } from "./support/site";
import { CLOCK_FACTOR } from "./support/system";

test.describe.configure({ mode: "serial" });

const SOCKET = /\/live/;

const book = (api: Api, name: string) =>
  api.call("POST", "/api/callbacks", { phone_number: "+34631999001", name, reason: "To see it come", due_at: new Date(Date.now() + 3_600_000).toISOString() });

/** A way to break the socket of a page, and to keep it broken. */
async function breakable(page: Page): Promise<{ drop: () => void; let: (through: boolean) => void; opened: () => number }> {
  let through = true;
  let opened = 0;
  let open: WebSocketRoute | undefined;
  await page.routeWebSocket(SOCKET, (socket) => {
    if (!through) return void socket.close();
    opened += 1;
    open = socket;
    socket.connectToServer();
  });
  return { drop: () => void open?.close(), let: (next) => { through = next; }, opened: () => opened };
}

test("a change is on the screen at once, and hardly anything is asked for in between", async ({ page, api }) => {
  await page.goto("/callbacks");
  await expect(page.getByText(/^Live, /)).toBeVisible();
  await page.waitForTimeout(1_500);
  let asked = 0;
  page.on("request", (request) => {
    if (request.url().includes("/api/callbacks")) asked += 1;
  });
  await page.waitForTimeout(12_000);
  expect(asked, "nobody asks while nothing changes").toBe(0);
  const began = Date.now();
  await book(api, "Live Lorena");
  await expect(page.getByRole("row", { name: /Live Lorena/ })).toBeVisible({ timeout: 4_000 });
  console.log(`From the change to the screen: ${Date.now() - began} ms`);
});

test("a socket that breaks comes back, and what happened meanwhile is there", async ({ page, api }) => {
  const socket = await breakable(page);
  await page.goto("/callbacks");
  await expect(page.getByText(/^Live, /)).toBeVisible();
  socket.let(false);
  socket.drop();
  await expect(page.getByText(/^Polling, /)).toBeVisible();
  await book(api, "Meanwhile Marta");
  socket.let(true);
  await expect(page.getByText(/^Live, /)).toBeVisible({ timeout: 60_000 });
  expect(socket.opened()).toBeGreaterThan(1);
  await expect(page.getByRole("row", { name: /Meanwhile Marta/ })).toBeVisible();
  await book(api, "Afterwards Ana");
  await expect(page.getByRole("row", { name: /Afterwards Ana/ })).toBeVisible({ timeout: 4_000 });
});

test("without a socket the pages ask by themselves", async ({ page, api }) => {
  await page.routeWebSocket(SOCKET, (socket) => void socket.close());
  await page.goto("/callbacks");
  await expect(page.getByText(/^Polling, /)).toBeVisible();
  await book(api, "Polled Paula");
  await expect(page.getByRole("row", { name: /Polled Paula/ })).toBeVisible({ timeout: 12_000 });
});

test("a conversation has no gap and no line twice, however often its socket breaks", async ({ page, api }) => {
  test.setTimeout(180_000);
  await atTalkingSpeed();
  await openReception(api, "Steady receptionist");
  const talk: Said[] = Array.from({ length: 14 }, (_, index) => ({ speaker: index % 2 === 0 ? "agent" : "caller", text: `Sentence ${index} of this talk.`, seconds: 1.5 }));
  const socket = await breakable(page);
  await page.goto("/inbound?box=in_progress");
  await ring("+34631999012", talk);
  const call = await callFrom(api, "+34631999012");
  await page.goto(`/calls/${call}`);
  const lines = page.locator("ol.turns > li");
  for (const heard of [3, 6, 9]) {
    await expect(page.getByText(`Sentence ${heard} of this talk.`)).toBeVisible({ timeout: 40_000 });
    socket.drop();
  }
  await expect(page.getByText("Sentence 13 of this talk.")).toBeVisible({ timeout: 40_000 });
  // A caller who waits for the first words on a slow machine says so: that is no line of this talk.
  const said = async () => (await lines.allInnerTexts()).flatMap((line) => /Sentence \d+ of this talk\./.exec(line)?.[0] ?? []);
  await expect.poll(said).toEqual(talk.map(({ text }) => text));
  await closeReception(api);
  await toSimulator("/sim/clock", { factor: CLOCK_FACTOR });
});
