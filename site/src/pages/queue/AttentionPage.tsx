import { Button, Card, Group, Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { EVENT_TARGETS } from "@/api/events";
import { attentionQuery } from "@/api/system";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { Dot } from "@/ui/Status";
import { TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Loaded, Notice } from "@/ui/states";
import { Ago } from "@/ui/Time";
import { runSafeAction } from "./safeAction";

const NAMES: Record<Schemas["AttentionKind"], string> = {
  provider_down: "A platform is down", quota_low: "An account comes to its end", campaign_paused: "A campaign was paused by the system", unconfirmed_call: "A dial whose answer was lost",
  stuck_call: "A call that does not move on", unwatched_slot: "A slot nobody watches", dead_letter: "A message that was given up",
  line_answered_less: "A phone line that far fewer people answer",
  unparsed_webhook: "A webhook that could not be read", unapplied_webhook: "A webhook that waits to be applied",
  event_target_off: "An event target was switched off", dead_events: "Events that could not be delivered",
  lost_recording: "A recording that never came", short_recording: "A recording that is too short",
};
const PRESSING: Schemas["AttentionKind"][] = ["provider_down", "quota_low", "campaign_paused", "unconfirmed_call", "stuck_call"];

export default function AttentionPage() {
  const attention = useQuery(attentionQuery);
  return (
    <>
      <PageHeader title="Attention" subtitle="What the system noticed and somebody should know of, the most pressing first. Nothing here can make a phone ring twice." />
      <Loaded query={attention}>
        {({ items, more }) =>
          items.length === 0 ? (
            <Card><Notice icon={IconCircleCheck} title="Nothing needs you">Platforms, calls, webhooks and recordings are as they should be.</Notice></Card>
          ) : (
            <Stack>
              {items.map((item) => <Item key={`${item.kind} ${item.subject}`} item={item} />)}
              {more && <Text size="sm" c="dimmed">There is more; it appears as these are settled.</Text>}
            </Stack>
          )
        }
      </Loaded>
    </>
  );
}

function Item({ item }: { item: Schemas["AttentionItem"] }) {
  const act = useAct({
    run: async (action: Schemas["SafeAction"]) => runSafeAction(action),
    done: (_, action) => `Done: ${action.label}.`,
    touches: [["attention"], ["calls"], ["campaigns"], ["queue"], ["dead-letters"], EVENT_TARGETS],
  });
  return (
    <Card component="article">
      <Group justify="space-between" mb={4}>
        <Dot tone={PRESSING.includes(item.kind) ? "bad" : "warn"} label={NAMES[item.kind]} />
        <Text size="xs" c="dimmed">since <Ago at={item.since} /></Text>
      </Group>
      <Text size="sm">{item.known}</Text>
      <Group gap="xs" mt="sm">
        <For role="operator">
          {item.actions.filter(({ method }) => method !== "GET").map((action) => (
            <Button
              key={action.path + action.method} size="compact-sm" variant="default" onClick={() => act.mutate(action)}
              loading={act.isPending && act.variables.path === action.path && act.variables.method === action.method}
            >
              {action.label}
            </Button>
          ))}
        </For>
        {item.call_id && <TextLink to="/calls/$callId" params={{ callId: item.call_id }} size="sm">See the call</TextLink>}
        {item.campaign_id && <TextLink to="/campaigns/$campaignId" params={{ campaignId: item.campaign_id }} size="sm">See the campaign</TextLink>}
        {(item.kind === "event_target_off" || item.kind === "dead_events") && (
          <For role="operator">
            <TextLink to="/event-targets/$targetId" params={{ targetId: item.subject }} search={item.kind === "dead_events" ? { status: "dead" } : {}} size="sm">See the target</TextLink>
          </For>
        )}
      </Group>
    </Card>
  );
}

