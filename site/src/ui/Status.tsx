// A state as a coloured dot and its word: the word carries the meaning, the colour helps to find it.
import type { Schemas } from "@/api/client";
import { formatWord } from "./format";
import "./status.css";

type Tone = "good" | "bad" | "warn" | "live" | "idle" | "info";

const COLOR: Record<Tone, string> = {
  good: "var(--mantine-color-teal-6)",
  bad: "var(--mantine-color-red-6)",
  warn: "var(--mantine-color-orange-5)",
  live: "var(--mantine-color-blue-5)",
  info: "var(--mantine-color-violet-5)",
  idle: "var(--mantine-color-gray-5)",
};

interface DotProps {
  tone: Tone;
  label: string;
  /** Something is going on. */
  moving?: boolean;
  /** A sentence rather than a word. */
  wrap?: boolean;
}

export function Dot({ tone, label, moving = false, wrap = false }: DotProps) {
  // Plain elements: a list has hundreds of them.
  return (
    <span className={wrap ? "dot dot-wrap" : "dot"}>
      <span aria-hidden className={moving ? "dot-mark pulse" : "dot-mark"} style={{ background: COLOR[tone] }} />
      <span>{label}</span>
    </span>
  );
}

const CALL: Record<Schemas["CallStatus"], Tone> = {
  queued: "idle", placing: "live", unconfirmed: "warn", in_progress: "live", not_placed: "warn", completed: "good",
  no_answer: "idle", busy: "idle", voicemail: "info", failed: "bad", cancelled: "idle",
};
const LIVE_CALL: Schemas["CallStatus"][] = ["queued", "placing", "unconfirmed", "in_progress"];
export const isLive = (status: Schemas["CallStatus"]) => LIVE_CALL.includes(status);

export function CallStatus({ status }: { status: Schemas["CallStatus"] }) {
  return <Dot tone={CALL[status]} label={formatWord(status)} moving={status === "in_progress" || status === "placing"} />;
}

const CAMPAIGN: Record<Schemas["CampaignStatus"], Tone> = {
  draft: "idle", scheduled: "info", running: "live", paused: "warn", completed: "good", cancelled: "idle", failed: "bad",
};
export function CampaignStatus({ status }: { status: Schemas["CampaignStatus"] }) {
  return <Dot tone={CAMPAIGN[status]} label={formatWord(status)} moving={status === "running"} />;
}

const RECIPIENT: Record<Schemas["RecipientStatus"], Tone> = {
  pending: "idle", queued: "idle", calling: "live", completed: "good", no_answer: "idle", busy: "idle",
  voicemail: "info", failed: "bad", cancelled: "idle", skipped: "warn", removed: "idle",
};
export function RecipientStatus({ status }: { status: Schemas["RecipientStatus"] }) {
  return <Dot tone={RECIPIENT[status]} label={formatWord(status)} moving={status === "calling"} />;
}

const HEALTH: Record<Schemas["PlatformState"], Tone> = { up: "good", degraded: "warn", down: "bad", not_set_up: "idle" };
export function ProviderHealth({ state }: { state: Schemas["PlatformState"] }) {
  return <Dot tone={HEALTH[state]} label={formatWord(state)} />;
}

const SUCCESS: Record<Schemas["CallSuccess"], Tone> = { success: "good", failure: "bad", unknown: "idle" };
export function CallSuccess({ success }: { success: Schemas["CallSuccess"] }) {
  return <Dot tone={SUCCESS[success]} label={formatWord(success)} />;
}

export const COLOR_OF_OUTCOME: Record<string, string> = {
  completed: "teal.6", no_answer: "gray.5", busy: "yellow.5", voicemail: "violet.5", failed: "red.6",
  cancelled: "dark.2", skipped: "orange.5", removed: "dark.3", calling: "blue.5", queued: "iris.3", pending: "gray.3",
};
