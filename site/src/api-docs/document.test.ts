import { expect, test } from "vitest";
import { documentAt, tokenFor } from "./document";

const ORIGIN = "https://api.example.com";

test("the document is the API's own, and names where it is", async () => {
  const get = async (address: unknown) => new Response(JSON.stringify({ openapi: "3.1.0", servers: [{ url: "/" }], asked: String(address) }));
  expect(await documentAt(ORIGIN, get)).toEqual({ openapi: "3.1.0", servers: [{ url: ORIGIN }], asked: `${ORIGIN}/api/openapi.json` });
});

test("an API that does not answer is told with what to do", async () => {
  await expect(documentAt(ORIGIN, async () => new Response("", { status: 503 }))).rejects.toThrow(/reload the page/);
  await expect(documentAt(ORIGIN, () => Promise.reject(new Error("offline")))).rejects.toThrow(/reload the page/);
});

test("the signed-in token goes to the API alone, and never in place of a pasted one", async () => {
  const signedIn = async () => "mine";
  expect(await tokenFor({ url: `${ORIGIN}/api/calls`, headers: {} }, ORIGIN, signedIn)).toBe("mine");
  expect(await tokenFor({ url: `${ORIGIN}/api/calls`, headers: { authorization: "Bearer pasted" } }, ORIGIN, signedIn)).toBe(null);
  expect(await tokenFor({ url: "https://elsewhere.example.com/", headers: {} }, ORIGIN, signedIn)).toBe(null);
  expect(await tokenFor({ url: `${ORIGIN}.evil.example/`, headers: {} }, ORIGIN, signedIn)).toBe(null);
});
