import { Button, Group, SegmentedControl, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, bodyOf, type Schemas } from "@/api/client";
import { webhooksQuery } from "@/api/system";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { Dot } from "@/ui/Status";
import { formatWord } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Pager, useCursors } from "@/ui/Pager";
import { Loaded, Section } from "@/ui/states";
import { Ago } from "@/ui/Time";

type State = Schemas["State"];
const TONE: Record<State, "good" | "bad" | "warn" | "idle"> = { applied: "good", received: "warn", early: "warn", ignored: "idle", unparsed: "bad" };

/** Webhooks as they came in, and another try for those that were not applied. */
export function Webhooks() {
  const [state, setState] = useState<State | "all">("all");
  const pages = useCursors(state);
  const webhooks = useQuery(webhooksQuery(state === "all" ? undefined : state, pages.cursor));
  const replay = useAct({
    run: async ({ provider, digest }: Schemas["Webhook"]) =>
      bodyOf(await api.POST("/api/webhooks/{provider}/{digest}/replay", { params: { path: { provider, digest } } })),
    done: (webhook) => `Replayed: ${formatWord(webhook.state).toLowerCase()}.`,
    touches: [["webhooks"], ["attention"], ["calls"]],
  });
  return (
    <Section
      title="Webhooks received"
      aside={
        <SegmentedControl
          size="xs" aria-label="Which webhooks" value={state} onChange={(value) => setState(value as State | "all")}
          data={[{ value: "all", label: "All" }, { value: "received", label: "Not applied" }, { value: "unparsed", label: "Unreadable" }]}
        />
      }
    >
      <Loaded query={webhooks}>
        {({ items, next_cursor: next }) =>
          items.length === 0 ? <Text size="sm" c="dimmed">{state === "all" ? "None has come yet. Paste the address above at the platform." : "None."}</Text> : (
            <>
              <Table.ScrollContainer minWidth={0} type="native">
                <Table>
                  <Table.Tbody>
                    {items.map((webhook) => (
                      <Table.Tr key={webhook.provider + webhook.digest}>
                        <Table.Td>
                          <Text size="sm">{webhook.kind ?? "Unreadable"}</Text>
                          {webhook.note && <Text size="xs" c="dimmed" lineClamp={2}>{webhook.note}</Text>}
                        </Table.Td>
                        <Table.Td><Dot tone={TONE[webhook.state]} label={formatWord(webhook.state)} /></Table.Td>
                        <Table.Td ta="right"><Text size="xs" c="dimmed" span><Ago at={webhook.received_at} /></Text></Table.Td>
                        <Table.Td ta="right">
                          <Group gap={6} justify="flex-end" wrap="nowrap">
                            {webhook.call_id && <TextLink to="/calls/$callId" params={{ callId: webhook.call_id }} size="sm">Call</TextLink>}
                            {webhook.state !== "applied" && (
                              <For role="admin">
                                <Button size="compact-xs" variant="default" onClick={() => replay.mutate(webhook)} loading={replay.isPending && replay.variables.digest === webhook.digest}>Replay</Button>
                              </For>
                            )}
                          </Group>
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
              <Pager pages={pages} next={next} shown={items.length} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}
