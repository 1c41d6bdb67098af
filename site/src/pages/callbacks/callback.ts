// Callbacks in words, and what their forms begin with.
import type { Callback, CallbackStatus } from "@/api/callbacks";

export const STATUS_NAMES: Record<CallbackStatus, string> = { due: "Due", assigned: "Assigned", done: "Done" };

/** Whether nobody has called back although it was time. */
export const isOverdue = ({ status, due_at: due }: Callback, now: number) => status !== "done" && Date.parse(due) < now;

const two = (value: number) => String(value).padStart(2, "0");

/** A moment as a picker here has it: `2026-05-03 09:00:00`. */
export function pickedOf(iso: string): string {
  const at = new Date(iso);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:00`;
}

/** What a new callback is due at until somebody says otherwise: in an hour, at a full quarter. */
export function inAnHour(now: number): string {
  const quarter = 15 * 60_000;
  return new Date(Math.ceil((now + 3_600_000) / quarter) * quarter).toISOString();
}

export interface CallbackSearch {
  status?: CallbackStatus;
}

export function readCallbackSearch(raw: Record<string, unknown>): CallbackSearch {
  const status = (Object.keys(STATUS_NAMES) as CallbackStatus[]).find((known) => known === raw["status"]);
  return status ? { status } : {};
}
