import { Button, Group, SegmentedControl, Table, Text } from "@mantine/core";
import { IconMailbox } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { api, bodyOf } from "@/api/client";
import { deliveriesQuery, type Delivery, EVENT_TARGETS, type DeliveryStatus, type EventTarget } from "@/api/events";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { ask } from "@/ui/confirm";
import { formatCount, formatWord } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Pager, useCursors } from "@/ui/Pager";
import { Dot } from "@/ui/Status";
import { Loaded, Notice, Section } from "@/ui/states";
import { Ago } from "@/ui/Time";
import { DeliveryDetail } from "./DeliveryDetail";
import { answerOf, formatTook, nameOf, stateOfDelivery } from "./target";

const route = getRouteApi("/event-targets/$targetId");

const VIEWS: { value: DeliveryStatus | "all"; label: string }[] = [
  { value: "all", label: "All" }, { value: "pending", label: "On the way" }, { value: "delivered", label: "Delivered" }, { value: "dead", label: "Given up" },
];
const NONE: Record<DeliveryStatus | "all", string> = {
  all: "What happens from now on appears here, with what the receiver answered. A test shows at once whether it works.",
  pending: "Nothing waits to be sent.",
  delivered: "Nothing was delivered in the last 30 days.",
  dead: "Nothing was given up. An event comes here when its attempts failed for about two days, or the target was off.",
};

/** What was sent to a target in the last 30 days. */
export function Deliveries({ target }: { target: EventTarget }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const view = search.status ?? "all";
  const pages = useCursors(view);
  const log = useQuery(deliveriesQuery(target.target_id, search.status, pages.cursor));
  return (
    <Section
      title="Deliveries"
      aside={
        <SegmentedControl
          size="xs" aria-label="Which deliveries" value={view} data={VIEWS}
          onChange={(value) => void navigate({ search: value === "all" ? {} : { status: value as DeliveryStatus }, replace: true, resetScroll: false })}
        />
      }
    >
      <Loaded query={log}>
        {({ items, next_cursor: next }) =>
          items.length === 0 && !next && pages.page === 1 ? <Notice icon={IconMailbox} title={view === "all" ? "Nothing was sent yet" : "None"}>{NONE[view]}</Notice> : (
            <div style={{ opacity: log.isPlaceholderData ? 0.6 : 1, transition: "opacity 120ms" }}>
              {view === "dead" && items.length > 0 && <GivenUp target={target} />}
              {items.length === 0 ? <Text size="sm" c="dimmed">None on this page; there are older ones.</Text> : <Log deliveries={items} />}
              <Pager pages={pages} next={next} shown={items.length} busy={log.isFetching && log.isPlaceholderData} />
            </div>
          )
        }
      </Loaded>
      {search.delivery && (
        <DeliveryDetail
          key={search.delivery} target={target} eventId={search.delivery}
          onClose={() => void navigate({ search: search.status ? { status: search.status } : {}, resetScroll: false })}
        />
      )}
    </Section>
  );
}

function Log({ deliveries }: { deliveries: Delivery[] }) {
  const { status } = route.useSearch();
  const navigate = route.useNavigate();
  const { targetId } = route.useParams();
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>What</Table.Th><Table.Th>State</Table.Th><Table.Th visibleFrom="sm">Last answer</Table.Th><Table.Th ta="right" visibleFrom="md">Took</Table.Th>
            <Table.Th ta="right" visibleFrom="sm">Attempts</Table.Th><Table.Th ta="right">Happened</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {deliveries.map((delivery) => {
            const last = delivery.log.at(-1);
            const opened = { ...(status && { status }), delivery: delivery.event_id };
            return (
              <Table.Tr key={delivery.event_id} data-href onClick={() => void navigate({ search: opened, resetScroll: false })}>
                <Table.Td>
                  <TextLink
                    to="/event-targets/$targetId" params={{ targetId }} search={opened} resetScroll={false} fw={550} size="sm"
                    onClick={(event) => event.stopPropagation()}
                  >
                    {formatWord(delivery.event_type)}
                  </TextLink>
                </Table.Td>
                <Table.Td><Dot {...stateOfDelivery(delivery)} /></Table.Td>
                <Table.Td visibleFrom="sm"><Text size="sm" lineClamp={2}>{last && answerOf(last)}</Text></Table.Td>
                <Table.Td ta="right" visibleFrom="md" style={{ whiteSpace: "nowrap" }}>{last && formatTook(last.duration_ms)}</Table.Td>
                <Table.Td ta="right" visibleFrom="sm">{delivery.attempts}</Table.Td>
                <Table.Td ta="right"><Text size="sm" c="dimmed" span><Ago at={delivery.occurred_at} /></Text></Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** All that was given up, sent again. */
function GivenUp({ target }: { target: EventTarget }) {
  const replay = useAct({
    run: async () =>
      bodyOf(await api.POST("/api/event-targets/{target_id}/dead-letters/replay", { params: { path: { target_id: target.target_id } } })),
    done: ({ replayed }) => `${formatCount(replayed, "event")} on the way again.`,
    touches: [EVENT_TARGETS, ["attention"]],
  });
  return (
    <Group justify="space-between" mb="md" gap="sm">
      <Text size="sm" c="dimmed" flex="1 1 240px">
        {target.enabled ? "They are kept for 30 days." : "They are kept for 30 days. Turn the target on to send them."}
      </Text>
      <For role="operator">
        <Button
          size="compact-sm" variant="default" disabled={!target.enabled} loading={replay.isPending}
          onClick={() =>
            ask({
              title: "Send again what was given up?", confirm: "Send all again", onConfirm: () => replay.mutate(),
              children: `All of it goes to ${nameOf(target)} again, up to 500 events at a time, each with all attempts.`,
            })
          }
        >
          Send all again
        </Button>
      </For>
    </Group>
  );
}
