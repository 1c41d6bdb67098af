// Where the reference comes from, and who asks when somebody tries a request.

interface Sent {
  url: string;
  headers: Record<string, string>;
}

/** The API's own document, with the API's address in it. */
export async function documentAt(origin: string, get: typeof fetch = fetch): Promise<object> {
  const answer = await get(`${origin}/api/openapi.json`).catch(() => null);
  if (!answer?.ok) throw new Error("The API does not answer with its document. Check this device's connection, then reload the page.");
  return { ...((await answer.json()) as object), servers: [{ url: origin }] };
}

/** The token of who is signed in, for requests to the API that have none of their own; nobody else is sent it. */
export async function tokenFor(request: Sent, origin: string, signedIn: () => Promise<string | null>): Promise<string | null> {
  const has = Object.keys(request.headers).some((name) => name.toLowerCase() === "authorization");
  if (has || new URL(request.url, origin).origin !== new URL(origin).origin) return null;
  return signedIn();
}
