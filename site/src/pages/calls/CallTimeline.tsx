import { Text, Timeline } from "@mantine/core";
import { formatBytes, formatClock, formatDuration, formatWord } from "@/ui/format";
import { type Call } from "@/api/calls";
import { isLive } from "@/ui/Status";
import { Moment } from "@/ui/Time";

interface Step {
  at: string | null | undefined;
  title: string;
  text?: string | undefined;
}

function stepsOf(call: Call): Step[] {
  const { recording } = call;
  const rang = call.placing_at && call.started_at ? (Date.parse(call.started_at) - Date.parse(call.placing_at)) / 1000 : undefined;
  const steps: Step[] = [
    { at: call.due_at, title: "Due", text: call.dial_before ? `to be dialled before ${formatClock(call.dial_before)}` : undefined },
    { at: call.created_at, title: call.origin === "imported" ? "Found at the platform" : call.reception ? "Came in" : "Queued", text: call.origin === "api" ? "asked for through the API" : undefined },
    { at: call.placing_at, title: "Dial request sent", text: call.provider_request_id ? `platform's request ${call.provider_request_id}` : undefined },
    { at: call.started_at, title: "In progress", text: rang !== undefined && rang >= 1 ? `after ${formatDuration(rang)}` : undefined },
    { at: call.ended_at, title: isLive(call.status) ? "Ended" : formatWord(call.status), text: call.failure ?? call.results.termination_reason ?? undefined },
    {
      at: recording.stored_at, title: "Recording stored",
      text: recording.bytes != null ? formatBytes(recording.bytes) : undefined,
    },
  ];
  return steps.filter(({ at }) => at != null).sort((a, b) => String(a.at).localeCompare(String(b.at)));
}

/** What happened to this attempt, in order. */
export function CallTimeline({ call }: { call: Call }) {
  const steps = stepsOf(call);
  return (
    <Timeline bulletSize={14} lineWidth={2} active={steps.length}>
      {steps.map(({ at, title, text }) => (
        <Timeline.Item key={title} title={<Text size="sm" fw={550}>{title}</Text>}>
          <Text size="xs" c="dimmed">
            {at && <><Moment at={at} />, {formatClock(at)}</>}
          </Text>
          {text && <Text size="xs" c="dimmed">{text}</Text>}
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
