import { Button, Code, Group, Modal, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";
import { type Delivery, deliveryQuery, EVENT_TARGETS, type EventTarget } from "@/api/events";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { Facts } from "@/ui/Facts";
import { formatCount, formatWord } from "@/ui/format";
import { Dot } from "@/ui/Status";
import { Lines, Loaded } from "@/ui/states";
import { Ago, Moment } from "@/ui/Time";
import { answerOf, formatTook, stateOfDelivery } from "./target";

interface DeliveryDetailProps {
  target: EventTarget;
  eventId: string;
  onClose: () => void;
}

/** One delivery: its attempts, what the receiver said, what was sent. */
export function DeliveryDetail({ target, eventId, onClose }: DeliveryDetailProps) {
  const delivery = useQuery(deliveryQuery(target.target_id, eventId));
  const type = delivery.data?.delivery.event_type;
  return (
    <Modal opened onClose={onClose} size="xl" title={<Text fw={640}>{type ? formatWord(type) : "A delivery"}</Text>}>
      <Loaded query={delivery} waiting={<Lines count={5} />}>
        {({ delivery: known, body }) => (
          <Stack>
            <Known delivery={known} />
            <Attempts log={known.log} />
            <div>
              <Title order={3} mb={6}>What is sent</Title>
              <Code block mah={320} style={{ overflow: "auto" }} tabIndex={0} aria-label="What is sent">{JSON.stringify(body, null, 2)}</Code>
            </div>
            <For role="operator"><Replay target={target} delivery={known} /></For>
          </Stack>
        )}
      </Loaded>
    </Modal>
  );
}

function Known({ delivery }: { delivery: Delivery }) {
  const { next_attempt_at: next, settled_at: settled } = delivery;
  return (
    <Facts
      rows={[
        ["State", <Dot key="s" {...stateOfDelivery(delivery)} />],
        ["Why", delivery.reason],
        ["Happened", <Moment key="h" at={delivery.occurred_at} />],
        ["Next attempt", next && <Ago key="n" at={next} />],
        ["Settled", settled && <Moment key="e" at={settled} />],
        ["Sent again", delivery.replays > 0 ? formatCount(delivery.replays, "time") : null],
        ["webhook-id", <Text key="i" span size="sm" ff="monospace">{delivery.event_id}</Text>],
      ]}
    />
  );
}

function Attempts({ log }: { log: Schemas["DeliveryAttempt"][] }) {
  const response = log.at(-1)?.response;
  return (
    <div>
      <Title order={3} mb={6}>Attempts</Title>
      {log.length === 0 ? <Text size="sm" c="dimmed">None yet.</Text> : (
        <Table.ScrollContainer minWidth={0} type="native">
          <Table>
            <Table.Thead><Table.Tr><Table.Th>When</Table.Th><Table.Th>What came back</Table.Th><Table.Th ta="right">Took</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {[...log].reverse().map((attempt) => (
                <Table.Tr key={attempt.at}>
                  <Table.Td style={{ whiteSpace: "nowrap" }}><Moment at={attempt.at} /></Table.Td>
                  <Table.Td><Dot wrap tone={attempt.error ? "bad" : "good"} label={answerOf(attempt)} /></Table.Td>
                  <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>{formatTook(attempt.duration_ms)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {response && (
        <>
          <Text size="sm" c="dimmed" mt="sm" mb={6}>How the last answer begins</Text>
          <Code block mah={200} style={{ overflow: "auto" }} tabIndex={0} aria-label="How the last answer begins">{response}</Code>
        </>
      )}
    </div>
  );
}

function Replay({ target, delivery }: { target: EventTarget; delivery: Delivery }) {
  const replay = useAct({
    run: async () =>
      bodyOf(
        await api.POST("/api/event-targets/{target_id}/deliveries/{event_id}/replay", {
          params: { path: { target_id: target.target_id, event_id: delivery.event_id } },
        }),
      ),
    done: "It is on its way again.",
    touches: [EVENT_TARGETS, ["attention"]],
  });
  return (
    <Group justify="space-between" gap="sm">
      <Text size="sm" c="dimmed" flex="1 1 240px">
        {target.enabled ? "Sent again, it has the same id and says the same: the receiver must not act on it twice." : "The target is off, so nothing is sent to it."}
      </Text>
      <Button variant="default" disabled={!target.enabled} loading={replay.isPending} onClick={() => replay.mutate()}>Send again</Button>
    </Group>
  );
}
