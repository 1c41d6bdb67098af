// One call in a list. Plain elements and its own memory: a page has fifty of them, asked for again every few seconds.
import { memo, type MouseEvent } from "react";
import type { Call } from "@/api/calls";
import { CallStatus, CallSuccess, Dot, isLive } from "@/ui/Status";
import { personOf, urgencyOf } from "@/pages/inbound/words";
import { formatDuration } from "@/ui/format";
import { Ago } from "@/ui/Time";
import "./call-row.css";

interface CallRowProps {
  call: Call;
  compact: boolean;
  agent: string | undefined;
  onOpen: (callId: string) => void;
  /** None: the mark is shown and cannot be changed. */
  onHandled: ((change: { callId: string; handled: boolean }) => void) | undefined;
}

/** A click that means this page, not another tab or window. */
const isPlain = (event: MouseEvent) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

export const CallRow = memo(function CallRow({ call, compact, agent, onOpen, onHandled }: CallRowProps) {
  const { shown, name, number } = personOf(call);
  const urgency = urgencyOf(call.reception);
  const { title, summary, success } = call.results;
  return (
    <tr
      data-href
      onClick={(event) => {
        // The whole row opens the call; the mark in it does what it says.
        if ((event.target as Element).closest("input") || !isPlain(event)) return;
        event.preventDefault();
        onOpen(call.call_id);
      }}
    >
      <td>
        <a href={`/calls/${call.call_id}`} className="call-person">{shown}</a>
        {name && <div className="call-number">{number}</div>}
      </td>
      <td>
        <CallStatus status={call.status} />
        {urgency && <div><Dot {...urgency} /></div>}
      </td>
      {!compact && <td className="from-md">{success && <CallSuccess success={success} />}</td>}
      {!compact && <td className="from-lg call-about" data-failure={call.failure ? true : undefined}>{title ?? call.failure ?? summary}</td>}
      {!compact && <td className="from-md call-agent">{agent ?? "…"}</td>}
      {!compact && <td className="from-sm call-right">{call.duration_secs != null && formatDuration(call.duration_secs)}</td>}
      <td className="call-right call-when"><Ago at={call.started_at ?? call.created_at} /></td>
      {!compact && (
        <td className="from-sm call-handled">
          {!isLive(call.status) && (
            <input
              type="checkbox" checked={call.handled} disabled={!onHandled} aria-label={`Handled: ${shown}`}
              onChange={(event) => onHandled?.({ callId: call.call_id, handled: event.currentTarget.checked })}
            />
          )}
        </td>
      )}
    </tr>
  );
});
