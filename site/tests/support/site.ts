// A browser that is signed in, and the API beside it for what a test needs to be there.
import { test as base, expect, type Page } from "@playwright/test";
import type { Role } from "./system";
import { keepToasts, toastsOf } from "./toasts";

/** Of the system that this worker has for itself. */
const setting = (name: string): string => {
  const own = `${name}_${process.env["TEST_PARALLEL_INDEX"]}`;
  const value = process.env[own];
  if (!value) throw new Error(`${own} is set by the start of the tests`);
  return value;
};

/** Does something at the platform itself, as somebody would who does not use Switchboard. */
export const atSimulator = (method: string, path: string, body: unknown): Promise<Response> =>
  fetch(setting("SITE_SIMULATOR") + path, {
    method, headers: { "xi-api-key": "sim-api-key", "content-type": "application/json" }, body: JSON.stringify(body),
  });

/** Waits until the person of a call at Ultravox has picked up: before, it cannot be ended. */
export async function pickedUp(api: Api, call: string): Promise<void> {
  const joined = async () => {
    const { conversation_id: id } = await api.call<{ conversation_id?: string }>("GET", `/api/calls/${call}`);
    if (!id) return null;
    const answer = await fetch(`${setting("SITE_SIMULATOR")}/api/calls/${id}`, { headers: { "x-api-key": "ultravox.sim-api-key-for-this-one-machine" } });
    return answer.ok ? ((await answer.json()) as { joined: string | null }).joined : null;
  };
  await expect.poll(joined, { timeout: 60_000 }).not.toBeNull();
}

/** Changes how the simulator behaves. */
export async function toSimulator(path: string, body: object): Promise<void> {
  const answer = await fetch(setting("SITE_SIMULATOR") + path, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  expect(answer.ok).toBe(true);
}

export const siteUrl = () => setting("SITE_URL");
export const tokenOf = (role: Role) => setting(`SITE_TOKEN_${role.toUpperCase()}`);

/** Signs in without the pages of the issuer: those have a test of their own. */
export async function beSignedIn(page: Page, role: Role): Promise<void> {
  const kept = JSON.stringify({ token: tokenOf(role), expires: Date.now() + 3_600_000 });
  await page.addInitScript(
    ([key, value]) => {
      // Only on the site's own pages, and once: a session that ends in a test stays ended.
      if (!location.protocol.startsWith("http")) return;
      if (!sessionStorage.getItem("begun")) localStorage.setItem(key ?? "", value ?? "");
      sessionStorage.setItem("begun", "yes");
    },
    ["switchboard.session", kept],
  );
}

export class Api {
  constructor(private readonly role: Role = "admin") {}

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(siteUrl() + path, {
      method,
      headers: {
        authorization: `Bearer ${tokenOf(this.role)}`, "content-type": "application/json",
        ...(method === "POST" && { "idempotency-key": crypto.randomUUID() }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  /** A list of contacts, from the text of a CSV file. */
  async list(name: string, csv: string): Promise<string> {
    const { upload, put } = await this.call<{ upload: { upload_id: string; list_id: string }; put: { url: string; headers: Record<string, string> } }>(
      "POST", "/api/uploads", { file_name: `${name}.csv`, bytes: Buffer.byteLength(csv), list_name: name, start: true },
    );
    const sent = await fetch(put.url, { method: "PUT", headers: put.headers, body: csv });
    expect(sent.ok).toBe(true);
    await expect
      .poll(async () => (await this.call<{ status: string }>("GET", `/api/uploads/${upload.upload_id}`)).status, { timeout: 30_000 })
      .toBe("completed");
    return upload.list_id;
  }

  /** Whether a platform has a key here. */
  async isSetUp(platform: string): Promise<boolean> {
    const { items } = await this.call<{ items: { kind: string; set_up: boolean }[] }>("GET", "/api/platforms");
    return items.some(({ kind, set_up: ready }) => kind === platform && ready);
  }

  async agent(name: string, prompt = "Call {{name}} and be brief.", provider = "elevenlabs"): Promise<string> {
    const made = await this.call<{ agent_id: string }>("POST", "/api/agents", {
      provider, name, prompt, first_message: "Hello!", language: "en",
    });
    return made.agent_id;
  }

  async line(platform = "elevenlabs", carrier = "twilio"): Promise<string> {
    const lines = await this.call<{ items: { phone_line_id: string; provider: string; carrier: string; supports_outbound: boolean }[] }>("GET", "/api/phone-lines");
    const line = lines.items.find((one) => one.supports_outbound && one.provider === platform && one.carrier === carrier);
    if (!line) throw new Error("the simulator has lines");
    return line.phone_line_id;
  }

  async campaign(name: string, agent: string, list: string, more: object = {}): Promise<string> {
    const made = await this.call<{ campaign_id: string }>("POST", "/api/campaigns", {
      name, agent_id: agent, phone_line_id: await this.line(), list_ids: [list], start: "now", ...more,
    });
    return made.campaign_id;
  }

  /** A target that hears of nothing the tests do, unless they say where and what. */
  async target(description: string, url = "https://example.com/events", types = ["opt_out.created"]): Promise<{ target: { target_id: string }; secret: string }> {
    return this.call("POST", "/api/event-targets", { url, description, types });
  }

  async finished(campaign: string): Promise<void> {
    await expect
      .poll(async () => (await this.call<{ status: string }>("GET", `/api/campaigns/${campaign}`)).status, { timeout: 80_000 })
      .toBe("completed");
  }
}

/** A spreadsheet of so many people, with numbers nobody else in the tests has. */
export function people(count: number, from: number): string {
  const rows = Array.from({ length: count }, (_, index) => `+3463${String(1_000_000 + from + index)},Person ${from + index},Vigo`);
  return ["phone_number,name,city", ...rows].join("\n");
}

interface Fixtures {
  role: Role;
  api: Api;
}

export const test = base.extend<Fixtures>({
  role: ["admin", { option: true }],
  api: async ({}, use) => use(new Api()),
  baseURL: async ({}, use) => use(siteUrl()),
  page: async ({ page, role }, use, info) => {
    await beSignedIn(page, role);
    await keepToasts(page);
    const refused: string[] = [];
    page.on("response", (answer) => {
      if (answer.status() >= 400) refused.push(`${answer.status()} ${answer.request().method()} ${new URL(answer.url()).pathname}`);
    });
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      // What the network does is told by the page itself.
      const ofNetwork = /^(Failed to load resource|WebSocket connection to)/.test(message.text());
      if (message.type() === "error" && !ofNetwork) errors.push(message.text());
    });
    await use(page);
    if (info.status !== info.expectedStatus) {
      const body = JSON.stringify({ toasts: toastsOf(page), refused, address: page.url() }, null, 1);
      await info.attach("what the page told", { body, contentType: "text/plain" });
    }
    expect(errors, "errors in the browser's console").toEqual([]);
  },
});

export { expect };
