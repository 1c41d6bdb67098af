import { afterEach, expect, it, vi } from "vitest";
import { api, ApiProblem, isRefused, setApiAddress } from "./client";

vi.mock("@/session/session", () => ({ session: { token: () => Promise.resolve("token"), end: vi.fn() } }));

const answering = (status: number, body: object) => {
  vi.stubGlobal("fetch", vi.fn(() => Promise.resolve(new Response(JSON.stringify(body), { status }))));
  setApiAddress("https://api.example.com");
};

const problem = async (): Promise<ApiProblem> => {
  const error: unknown = await api.GET("/api/queue").catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiProblem)) throw new Error("it was not refused");
  return error;
};

afterEach(() => vi.unstubAllGlobals());

it("tells of too many requests in words of its own, whoever turned them away, and lets them be sent again", async () => {
  answering(429, { message: "Too Many Requests" });
  const ofGateway = await problem();
  expect([ofGateway.title, ofGateway.message]).toEqual(["Too many requests", "Try again in a moment; nothing was lost."]);
  expect(isRefused(ofGateway)).toBe(false);

  answering(429, { type: "/problems/rate-limited", title: "Too many requests", detail: "Try again in 7 seconds.", status: 429 });
  expect((await problem()).message).toBe("Try again in 7 seconds.");
});

it("does not send again what was refused for good", async () => {
  answering(409, { title: "Not possible in its present state", detail: "Read it again.", status: 409 });
  const refused = await problem();
  expect(refused.message).toBe("Read it again.");
  expect(isRefused(refused)).toBe(true);
});
