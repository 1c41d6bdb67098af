// The one way to the API: types from its document, the token, and problems people can act on.
import createClient, { type Middleware } from "openapi-fetch";
import { session } from "@/session/session";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** What the API says is wrong (RFC 9457), or that it could not be reached. */
export class ApiProblem extends Error {
  readonly status: number;
  /** Which kind of problem, as the API names it: `/problems/<code>`. */
  readonly type: string;
  readonly title: string;
  readonly fields: readonly { field: string; message: string }[];
  readonly mayHaveRung: boolean;
  /** The voice provider's id of the request that it did not answer as hoped, for its support. */
  readonly providerRequestId: string | undefined;

  constructor(problem: Partial<Schemas["Problem"]> & { status: number; title: string; detail: string }) {
    super(problem.detail);
    this.name = "ApiProblem";
    this.status = problem.status;
    this.type = problem.type ?? "";
    this.title = problem.title;
    this.fields = problem.errors ?? [];
    this.mayHaveRung = problem.may_have_rung === true;
    this.providerRequestId = problem.provider_request_id ?? undefined;
  }
}

export const SESSION_ENDED = 401;
export const NOT_ALLOWED = 403;
export const NOT_FOUND = 404;
export const TOO_MANY = 429;

function unreachable(): ApiProblem {
  return new ApiProblem({
    status: 0,
    title: "Switchboard cannot be reached",
    detail: "Check this device's connection. What is shown is from before; it is asked again by itself.",
  });
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const text = await response.text().catch(() => "");
  try {
    const body = JSON.parse(text) as Partial<Schemas["Problem"]> & { message?: string };
    if (body.detail && body.title) {
      return new ApiProblem({ ...body, status: response.status, title: body.title, detail: body.detail });
    }
  } catch {
    // Not ours: a gateway's own words, answered below.
  }
  const told: Record<number, string> = {
    [SESSION_ENDED]: "Sign in again; you come back to this page.",
    [NOT_ALLOWED]: "Your role does not allow this. Ask an administrator.",
    413: "What was sent is too large. Send less at a time.",
    [TOO_MANY]: "Try again in a moment; nothing was lost.",
  };
  const titles: Record<number, string> = { [TOO_MANY]: "Too many requests" };
  return new ApiProblem({
    status: response.status,
    title: titles[response.status] ?? (response.status >= 500 ? "Switchboard has a problem" : "That did not work"),
    detail: told[response.status] ?? "Try again in a minute. If it stays, look at Settings → Providers.",
  });
}

/** Adds who is asking, and a key so that a request sent again after a lost answer happens once. */
async function signed(request: Request): Promise<Request> {
  const token = await session.token();
  if (token) request.headers.set("authorization", `Bearer ${token}`);
  if (request.method === "POST" && !request.headers.has("idempotency-key")) {
    request.headers.set("idempotency-key", crypto.randomUUID());
  }
  return request;
}

async function throwIfRefused(response: Response): Promise<void> {
  if (response.ok) return;
  if (response.status === SESSION_ENDED) session.end("expired");
  throw await problemOf(response);
}

const middleware: Middleware = {
  onRequest: ({ request }) => signed(request),
  async onResponse({ response }) {
    await throwIfRefused(response);
    return undefined;
  },
  onError: ({ error }) => (error instanceof ApiProblem ? error : unreachable()),
};

/** A request whose route is known only when it is made. */
export async function send(url: URL, method: string): Promise<void> {
  const request = await signed(new Request(url, { method }));
  const response = await fetch(request).catch(() => {
    throw unreachable();
  });
  await throwIfRefused(response);
}

let base = "";

const clientAt = (baseUrl: string) => {
  const client = createClient<paths>({ baseUrl });
  client.use(middleware);
  return client;
};

/** The API. */
export let api = clientAt("");

/** Says where the API is; once, at start. */
export function setApiAddress(url: string): void {
  base = url;
  api = clientAt(url);
}

/** Where the API is, for addresses that people copy. */
export function apiAddress(): string {
  return base === "" ? window.location.origin : base;
}

/** The body of an answer; errors have been thrown before. */
export function bodyOf<T>({ data }: { data?: T }): T {
  if (data === undefined) throw unreachable();
  return data;
}

/** Whether something did not begin because nobody has confirmed the calling rules that hold for it. */
export const isAboutRules = (error: unknown): error is ApiProblem =>
  error instanceof ApiProblem && error.type === "/problems/rules-unconfirmed";

/** Whether the same request would be refused again. */
export const isRefused = (error: unknown): boolean =>
  error instanceof ApiProblem && error.status >= 400 && error.status < 500 && error.status !== TOO_MANY;

/** One sentence for a person. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiProblem) {
    const [first] = error.fields;
    return first && error.fields.length === 1 ? `${error.message} (${first.field}: ${first.message})` : error.message;
  }
  return error instanceof Error ? error.message : "Something went wrong. Try again.";
}
