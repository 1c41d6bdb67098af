import { Badge, Button, Group, Text } from "@mantine/core";
import type { Box } from "@/api/inbound";
import type { Call } from "@/api/reception";
import { useAgentNames } from "@/pages/agents/names";
import { useHandled } from "@/pages/calls/handled";
import { For } from "@/session/me";
import { Dot, isLive } from "@/ui/Status";
import { formatDuration } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Ago, useNow } from "@/ui/Time";
import "./inbound.css";
import { aboutOf, intentOf, personOf, urgencyOf, wordsOfTarget } from "./words";

interface InboundListProps {
  calls: Call[];
  box: Box;
  /** The call that is open beside the list. */
  open: string | undefined;
  /** Whether a call opens beside the list; else it has a page of its own. */
  beside: boolean;
}

export function InboundList({ calls, box, open, beside }: InboundListProps) {
  const names = useAgentNames();
  const { mutate: handle } = useHandled();
  return (
    <ul className="inbound" aria-label="Calls">
      {calls.map((call) => (
        <InboundCall
          key={call.call_id} call={call} box={box} isOpen={call.call_id === open} beside={beside} names={names}
          onHandled={() => handle({ callId: call.call_id, handled: !call.handled })}
        />
      ))}
    </ul>
  );
}

interface InboundCallProps {
  call: Call;
  box: Box;
  isOpen: boolean;
  beside: boolean;
  names: ReadonlyMap<string, string>;
  onHandled: () => void;
}

function InboundCall({ call, box, isOpen, beside, names, onHandled }: InboundCallProps) {
  const { reception } = call;
  const person = personOf(call);
  const urgency = urgencyOf(reception);
  const intent = intentOf(reception?.intent);
  const about = aboutOf(call);
  const who = reception ? wordsOfTarget(reception.target, names) : undefined;
  const link = { size: "sm", fw: 620, className: "inbound-person" };
  return (
    <li className="inbound-call" data-open={isOpen || undefined} data-urgency={reception?.urgency ?? undefined}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Group gap={8} miw={0}>
          {beside
            ? <TextLink to="/inbound" search={{ box, call: call.call_id }} replace {...link}>{person.shown}</TextLink>
            : <TextLink to="/calls/$callId" params={{ callId: call.call_id }} {...link}>{person.shown}</TextLink>}
          {urgency && <Dot {...urgency} />}
          {intent && <Badge>{intent}</Badge>}
        </Group>
        <Text size="xs" c="dimmed" span style={{ flexShrink: 0 }}>
          {isLive(call.status) ? <Lasting since={call.started_at ?? call.created_at} /> : <Ago at={call.ended_at ?? call.created_at} />}
        </Text>
      </Group>
      <Text size="xs" c="dimmed">
        {[person.name && person.number, who && (isLive(call.status) ? `with ${who}` : `taken by ${who}`), reception?.fell_back && "after somebody else did not answer"].filter(Boolean).join(", ")}
      </Text>
      <Group justify="space-between" wrap="nowrap" gap="sm" align="flex-end">
        <Text size="sm" lineClamp={2}>{about ?? (isLive(call.status) ? "" : reception?.concluded === false ? "The summary is being written." : "Nothing was said.")}</Text>
        {!isLive(call.status) && (
          <For role="operator">
            {/* Above the link that covers the row. */}
            <Button
              className="inbound-deed" size="compact-xs" variant="default" aria-label={`${call.handled ? "Take back" : "Mark handled"}: ${person.shown}`} onClick={onHandled}
            >
              {call.handled ? "Take back" : "Mark handled"}
            </Button>
          </For>
        )}
      </Group>
    </li>
  );
}

/** How long it lasts already. */
function Lasting({ since }: { since: string }) {
  const now = useNow();
  return <Dot tone="live" label={formatDuration((now - Date.parse(since)) / 1_000)} moving />;
}
