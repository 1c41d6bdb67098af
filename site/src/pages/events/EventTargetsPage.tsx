import { Button, Card, Table, Text } from "@mantine/core";
import { IconPlus, IconWebhook } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { deliveriesQuery, type EventTarget, targetsQuery } from "@/api/events";
import { For } from "@/session/me";
import { formatCount, formatWord } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Dot } from "@/ui/Status";
import { Loaded, Notice } from "@/ui/states";
import { Ago } from "@/ui/Time";
import { NewTarget } from "./NewTarget";
import { nameOf, stateOf, stateOfDelivery } from "./target";

export default function EventTargetsPage() {
  const [adding, setAdding] = useState(false);
  const targets = useQuery(targetsQuery);
  const add = <For role="admin"><Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>New target</Button></For>;
  return (
    <>
      <PageHeader
        title="Event targets" subtitle="Your own systems that are told when something happened, by signed webhooks."
        actions={targets.data && targets.data.length > 0 && add}
      />
      <Card>
        <Loaded query={targets}>
          {(known) =>
            known.length === 0 ? (
              <Notice icon={IconWebhook} title="Nobody is told yet" action={add}>
                A target is an address of yours. It is told when a call ended, a person is done with, a campaign is finished or somebody opted out. What happened before is not told.
              </Notice>
            ) : <Targets targets={known} />
          }
        </Loaded>
      </Card>
      {adding && <NewTarget onClose={() => setAdding(false)} />}
    </>
  );
}

function Targets({ targets }: { targets: EventTarget[] }) {
  const go = useNavigate();
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Target</Table.Th><Table.Th visibleFrom="md">Told of</Table.Th><Table.Th>State</Table.Th><Table.Th>Last delivery</Table.Th>
            <Table.Th ta="right" visibleFrom="sm">Given up</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {targets.map((target) => (
            <Table.Tr key={target.target_id} data-href onClick={() => void go({ to: "/event-targets/$targetId", params: { targetId: target.target_id } })}>
              <Table.Td>
                <TextLink to="/event-targets/$targetId" params={{ targetId: target.target_id }} fw={550} size="sm" style={{ overflowWrap: "anywhere" }} onClick={(event) => event.stopPropagation()}>
                  {nameOf(target)}
                </TextLink>
                <Text size="xs" c="dimmed" lineClamp={2} visibleFrom="sm" style={{ overflowWrap: "anywhere" }}>{target.url}</Text>
              </Table.Td>
              <Table.Td visibleFrom="md"><Text size="sm">{target.types.map(formatWord).join(", ")}</Text></Table.Td>
              <Table.Td>
                <Dot {...stateOf(target)} />
                {target.turned_off && <Text size="xs" c="dimmed" visibleFrom="sm" maw={260}>{target.turned_off.reason}</Text>}
              </Table.Td>
              <Table.Td><LastDelivery target={target} /></Table.Td>
              <Table.Td ta="right" visibleFrom="sm"><GivenUp target={target} /></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function LastDelivery({ target }: { target: EventTarget }) {
  const log = useQuery(deliveriesQuery(target.target_id, undefined, undefined, 1));
  const last = log.data?.items[0];
  if (!last) return <Text size="sm" c="dimmed" span>{log.data ? "None yet" : log.error ? "Not known" : ""}</Text>;
  return (
    <>
      <Dot {...stateOfDelivery(last)} />
      <Text size="xs" c="dimmed"><Ago at={last.log.at(-1)?.at ?? last.occurred_at} /></Text>
    </>
  );
}

/** Most that are counted for the list. */
const MOST_COUNTED = 50;

function GivenUp({ target }: { target: EventTarget }) {
  const dead = useQuery(deliveriesQuery(target.target_id, "dead", undefined, MOST_COUNTED));
  if (!dead.data) return <Text size="sm" c="dimmed" span>{dead.error ? "Not known" : ""}</Text>;
  const { items, next_cursor: more } = dead.data;
  if (items.length === 0) return <Text size="sm" c="dimmed" span>None</Text>;
  return (
    <TextLink to="/event-targets/$targetId" params={{ targetId: target.target_id }} search={{ status: "dead" }} size="sm" onClick={(event) => event.stopPropagation()}>
      {more ? `${MOST_COUNTED} or more` : formatCount(items.length, "event")}
    </TextLink>
  );
}
