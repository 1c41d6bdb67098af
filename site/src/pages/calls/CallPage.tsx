import { Alert, Button, Grid, Stack, Text } from "@mantine/core";
import { IconCheck, IconRotateClockwise } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { agentQuery } from "@/api/agents";
import { callQuery } from "@/api/calls";
import { campaignQuery } from "@/api/campaigns";
import { PLATFORM } from "@/pages/agents/platform";
import { ReceptionDeeds } from "@/pages/inbound/ReceptionDeeds";
import { ReceptionFacts } from "@/pages/inbound/ReceptionFacts";
import { personOf } from "@/pages/inbound/words";
import { For } from "@/session/me";
import { CallStatus, isLive } from "@/ui/Status";
import { formatDuration, formatWord } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Lines, Loaded, Section } from "@/ui/states";
import { Facts } from "@/ui/Facts";
import { Moment } from "@/ui/Time";
import { CallerHistory } from "./CallerHistory";
import { EndCall } from "./EndCall";
import { Conversation } from "./Conversation";
import { costOf } from "./cost";
import { useHandled } from "./handled";
import { RawEvents } from "./RawEvents";
import { Results } from "./Results";
import { CallTimeline } from "./CallTimeline";
import type { Call } from "@/api/calls";

export default function CallPage() {
  const { callId } = useParams({ from: "/calls/$callId" });
  const call = useQuery(callQuery(callId));
  return (
    <Loaded query={call} waiting={<><PageHeader title="Call" /><Lines /></>}>
      {(known) => <Known key={known.call_id} call={known} />}
    </Loaded>
  );
}

function Known({ call }: { call: Call }) {
  const agentId = call.agent_id ?? "";
  const agent = useQuery({ ...agentQuery(agentId), enabled: agentId !== "", retry: false });
  const campaign = useQuery({ ...campaignQuery(call.campaign_id ?? ""), enabled: call.campaign_id != null, retry: false });
  const handle = useHandled();
  const [seek, setSeek] = useState<{ to: number } | null>(null);
  const { shown, name, number } = personOf(call);

  return (
    <>
      <PageHeader
        title={shown}
        badge={<CallStatus status={call.status} />}
        subtitle={<>{name && `${number}, `}{formatWord(call.direction).toLowerCase()} call, <Moment at={call.started_at ?? call.created_at} /></>}
        actions={
          call.reception ? <ReceptionDeeds call={call} /> : call.status === "in_progress" ? <For role="operator"><EndCall call={call} who={shown} /></For> : !isLive(call.status) && (
            <For role="operator">
              <Button
                variant={call.handled ? "default" : "filled"}
                leftSection={call.handled ? <IconRotateClockwise size={16} /> : <IconCheck size={16} />}
                onClick={() => handle.mutate({ callId: call.call_id, handled: !call.handled })}
              >
                {call.handled ? "Handled: take it back" : "Mark handled"}
              </Button>
            </For>
          )
        }
      />
      {call.failure && <Alert color="red" variant="default" mb="md" title="Why it did not work">{call.failure}</Alert>}
      {call.status === "unconfirmed" && (
        <Alert color="orange" variant="default" mb="md" title="It is not known whether this person was called">
          The provider was asked and its answer was lost. It is looked up by itself; nobody is dialled again before that is settled.
        </Alert>
      )}
      <Grid gutter="md">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Stack>
            <Conversation call={call} seek={seek} onSeek={(to) => setSeek({ to })} />
            <For role="admin"><RawEvents callId={call.call_id} /></For>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Stack>
            <Results call={call} />
            <ReceptionFacts call={call} />
            <Section title="Facts">
              <Facts
                rows={[
                  ["Agent", agentId && (agent.data ? <TextLink key="a" to="/agents/$agentId" params={{ agentId }}>{agent.data.name}</TextLink> : agent.error ? "Deleted" : "…")],
                  ["Campaign", call.campaign_id && (campaign.data ? <TextLink key="c" to="/campaigns/$campaignId" params={{ campaignId: call.campaign_id }}>{campaign.data.name}</TextLink> : "…")],
                  ["Attempt", call.origin === "campaign" ? call.attempt : undefined],
                  ["Duration", call.duration_secs != null ? formatDuration(call.duration_secs) : undefined],
                  ["Cost", costOf(call.results)],
                  ["Ended because", call.results.termination_reason],
                  ["Platform", call.provider && (PLATFORM[call.provider] ?? call.provider)],
                  ["Call", <Text key="i" span size="sm" ff="monospace">{call.call_id}</Text>],
                  ["Conversation", call.conversation_id && <Text key="v" span size="sm" ff="monospace">{call.conversation_id}</Text>],
                ]}
              />
            </Section>
            {Object.keys(call.variables).length > 0 && (
              <Section title="What the agent was told about them"><Facts rows={Object.entries(call.variables)} /></Section>
            )}
            <Section title="What happened"><CallTimeline call={call} /></Section>
            {call.phone_number && <CallerHistory number={call.phone_number} except={call.call_id} />}
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}
