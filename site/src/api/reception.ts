// What the API says of the reception, until `schema.ts` has it: then these are its types, and `soon()` is `api`.
import { api, type Schemas } from "./client";

interface Init {
  params?: { path?: Record<string, string>; query?: Record<string, unknown> };
  body?: unknown;
  signal?: AbortSignal;
}
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Ask = (path: string, init?: Init) => Promise<{ data?: any }>;

/** The API's client with routes that its types do not know yet. */
export const soon = () => api as unknown as Record<"GET" | "POST" | "PUT" | "PATCH" | "DELETE", Ask>;

export interface List<T> {
  items: T[];
  next_cursor?: string | null;
}

export type RouteTarget =
  | { kind: "agent"; agent_id: string }
  | { kind: "person"; phone_number: string; ring_secs: number }
  | { kind: "voicemail" }
  | { kind: "closed" };

export interface RoutingConditions {
  called: string[];
  callers: string[];
  languages: string[];
  days: string[];
  from?: string | null;
  until?: string | null;
  holidays?: boolean | null;
}

export interface RoutingRule {
  rule_id: string;
  name: string;
  position: number;
  enabled: boolean;
  when: RoutingConditions;
  targets: RouteTarget[];
  language?: string | null;
  created_at: string;
  updated_at: string;
  version: number;
}

export interface NewRoutingRule {
  name: string;
  enabled: boolean;
  when: RoutingConditions;
  targets: RouteTarget[];
  language?: string | null;
}

export interface RouteTest {
  called?: string | null;
  caller?: string | null;
  at?: string | null;
}

export interface RouteTested {
  rule_id?: string | null;
  rule_name?: string | null;
  targets: RouteTarget[];
  language: string;
  tried: { rule_id: string; name: string; holds: boolean; because: string }[];
}

export interface ReceptionSettings {
  company: string;
  time_zone: string;
  holidays: string[];
  language: string;
  voicemail_greeting: string;
  record: boolean;
  person?: string | null;
  urgent_words: string[];
  summary_model: string;
  longest_call_secs: number;
}

export type CallbackStatus = "due" | "assigned" | "done";

export interface Callback {
  callback_id: string;
  phone_number: string;
  name?: string | null;
  reason: string;
  due_at: string;
  status: CallbackStatus;
  assigned_to?: string | null;
  call_id?: string | null;
  placed_call_id?: string | null;
  agent_id?: string | null;
  origin: "agent" | "person";
  note?: string | null;
  created_at: string;
  updated_at: string;
  version: number;
}

export interface NewCallback {
  phone_number: string;
  default_region?: string | null;
  name?: string | null;
  reason: string;
  due_at: string;
  agent_id?: string | null;
  call_id?: string | null;
}

export interface ChangedCallback {
  status?: CallbackStatus;
  assigned_to?: string;
  due_at?: string;
  note?: string;
}

export type Urgency = "low" | "normal" | "high" | "critical";
export type Intent = "booking" | "reschedule" | "billing" | "emergency" | "sales" | "message" | "wrong_number" | "other";

export interface Reception {
  called?: string | null;
  rule_id?: string | null;
  rule_name?: string | null;
  target: RouteTarget;
  fell_back: boolean;
  caller_name?: string | null;
  intent?: Intent | null;
  urgency?: Urgency | null;
  urgent_because?: string | null;
  message?: string | null;
  callback_id?: string | null;
  ticket_at?: string | null;
  concluded: boolean;
}

/** A call: a person's or voicemail's has no agent and no platform. */
export type Call = Omit<Schemas["Call"], "agent_id" | "provider"> & {
  agent_id?: string | null;
  provider?: Schemas["ProviderKind"] | null;
  reception?: Reception | null;
};

export interface Transcript {
  call_id: string;
  complete: boolean;
  live?: boolean;
  turns: (Schemas["TranscriptTurn"] & { index?: number | null })[];
}

export interface ShownTool {
  name: string;
  description: string;
  parameters: Record<string, unknown>;
  built_in: boolean;
  url?: string | null;
  timeout_secs?: number | null;
  updated_at?: string | null;
}

export interface PutTool {
  description: string;
  parameters: Record<string, unknown>;
  url: string;
  timeout_secs: number;
}

export interface PutToolAnswer {
  tool: ShownTool;
  secret?: string | null;
}
