import { Alert, Button, Grid, Progress, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { callsQuery } from "@/api/calls";
import { api, bodyOf, type Schemas } from "@/api/client";
import { queueQuery } from "@/api/queue";
import { CallTable } from "@/pages/calls/CallTable";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { Dot } from "@/ui/Status";
import { ask } from "@/ui/confirm";
import { Figure } from "@/ui/Figure";
import { formatCount, formatNumber } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Lines, Loaded, Section } from "@/ui/states";
import { Ago } from "@/ui/Time";
import { DeadLetters } from "./DeadLetters";
import { FailedCalls } from "./FailedCalls";
import { Limit } from "./Limit";
import { Waiting } from "./Waiting";

const TOUCHED = [["queue"], ["settings"], ["campaigns"]];

export default function QueuePage() {
  const queue = useQuery(queueQuery);
  return (
    <>
      <PageHeader
        title="Queue" badge={queue.data && <Dot tone={queue.data.state === "running" ? "good" : "warn"} label={queue.data.state === "running" ? "Running" : "Stopped"} />}
        actions={queue.data && <For role="operator"><StartStop state={queue.data.state} /></For>}
      />
      <Loaded query={queue} waiting={<Lines />}>
        {(known) => (
          <Grid gutter="md">
            <Grid.Col span={{ base: 12, md: 7 }}>
              <Stack>
                {known.state === "stopped" && (
                  <Alert color="orange" variant="default" title="The queue is stopped">Nobody is dialled, whatever the campaigns say. Calls that were in progress went on to their end.</Alert>
                )}
                <Section title="At this moment">
                  <SimpleGrid cols={{ base: 2, xs: 4 }} mb="md">
                    <Figure label="Active" value={formatNumber(known.slots_in_use)} />
                    <Figure label="Waiting" value={formatNumber(known.depth.waiting)} />
                    <Figure label="Being dialled" value={formatNumber(known.depth.in_flight)} />
                    <Figure label="Dead letters" value={formatNumber(known.dead_letters)} />
                  </SimpleGrid>
                  <Progress value={(known.slots_in_use / known.concurrency_limit) * 100} size={12} aria-label="Slots in use" />
                  <Text size="sm" c="dimmed" mt={6}>
                    {formatNumber(known.slots_in_use)} of {formatNumber(known.concurrency_limit)} slots in use
                    {known.provider_live != null && `; the platform counts ${formatCount(known.provider_live, "call")}`}
                  </Text>
                </Section>
                <Waiting queue={known} />
                <Section title="Slots in use"><Holders holders={known.holders} /></Section>
              </Stack>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <Stack>
                <Limit key={known.concurrency_limit} limit={known.concurrency_limit} />
                <FailedCalls />
                <DeadLetters />
              </Stack>
            </Grid.Col>
          </Grid>
        )}
      </Loaded>
    </>
  );
}

function StartStop({ state }: { state: Schemas["QueueState"] }) {
  const start = useAct({
    run: async () => bodyOf(await api.POST("/api/queue/start")), done: "The queue dials again.", touches: TOUCHED,
  });
  const stop = useAct({
    run: async () => bodyOf(await api.POST("/api/queue/stop")), done: "Stopped: no call begins.", touches: TOUCHED,
  });
  if (state === "stopped") return <Button leftSection={<IconPlayerPlay size={16} />} loading={start.isPending} onClick={() => start.mutate()}>Start the queue</Button>;
  return (
    <Button
      variant="default" className="danger" leftSection={<IconPlayerStop size={16} />} loading={stop.isPending}
      onClick={() =>
        ask({
          title: "Stop the queue?", confirm: "Stop the queue", danger: true, onConfirm: () => stop.mutate(),
          children: "No call begins after that, in any campaign, until somebody starts it again. Calls in progress go on to their end.",
        })
      }
    >
      Stop the queue
    </Button>
  );
}

function Holders({ holders }: { holders: Schemas["SlotHolder"][] }) {
  const calls = useQuery({ ...callsQuery({ view: "in_progress" }, undefined, 50), enabled: holders.length > 0 });
  if (holders.length === 0) return <Text size="sm" c="dimmed">No call is in progress.</Text>;
  const shown = (calls.data?.items ?? []).filter(({ call_id }) => holders.some((holder) => holder.call_id === call_id));
  if (shown.length > 0) return <CallTable calls={shown} compact />;
  return (
    <Table>
      <Table.Tbody>
        {holders.slice(0, 50).map((holder) => (
          <Table.Tr key={holder.call_id}>
            <Table.Td><TextLink to="/calls/$callId" params={{ callId: holder.call_id }} size="sm">{holder.call_id}</TextLink></Table.Td>
            <Table.Td ta="right"><Text size="sm" c="dimmed" span><Ago at={holder.since} /></Text></Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
