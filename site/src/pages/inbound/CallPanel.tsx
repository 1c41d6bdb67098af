import { Card, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { callQuery } from "@/api/calls";
import type { Call } from "@/api/reception";
import { CallerHistory } from "@/pages/calls/CallerHistory";
import { Conversation } from "@/pages/calls/Conversation";
import { Results } from "@/pages/calls/Results";
import { CallStatus, isLive } from "@/ui/Status";
import { TextLink } from "@/ui/links";
import { Lines, Loaded } from "@/ui/states";
import { Moment } from "@/ui/Time";
import { ReceptionFacts } from "./ReceptionFacts";
import { ReceptionDeeds } from "./ReceptionDeeds";
import { personOf } from "./words";

/** A call beside the list: what is said, what came of it, who it is, and what can be done. */
export function CallPanel({ callId }: { callId: string }) {
  const call = useQuery(callQuery(callId));
  return (
    <section aria-label="The open call">
      <Loaded query={call} waiting={<Lines count={5} />}>{(known) => <Known call={known} />}</Loaded>
    </section>
  );
}

function Known({ call }: { call: Call }) {
  const [seek, setSeek] = useState<{ to: number } | null>(null);
  const person = personOf(call);
  return (
    <Stack>
      <Card>
        <Group justify="space-between" align="flex-start" gap="sm">
          <div>
            <Group gap="sm">
              <Title order={2}>{person.shown}</Title>
              <CallStatus status={call.status} />
            </Group>
            <Text size="sm" c="dimmed">
              {person.name && `${person.number}, `}<Moment at={call.started_at ?? call.created_at} />{", "}
              <TextLink to="/calls/$callId" params={{ callId: call.call_id }} size="sm">open its page</TextLink>
            </Text>
          </div>
          <Group gap="xs"><ReceptionDeeds call={call} /></Group>
        </Group>
      </Card>
      <Conversation call={call} seek={seek} onSeek={(to) => setSeek({ to })} />
      {!isLive(call.status) && <Results call={call} />}
      <ReceptionFacts call={call} />
      {call.phone_number && <CallerHistory number={call.phone_number} except={call.call_id} />}
    </Stack>
  );
}
