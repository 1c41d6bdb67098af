import { Button, Code, Collapse, Group, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, bodyOf, type Schemas } from "@/api/client";
import { formatWord } from "@/ui/format";
import { Loaded, Section } from "@/ui/states";
import { Moment } from "@/ui/Time";

/** Most characters of a body that are shown; the rest is in the download. */
const MOST_SHOWN = 20_000;

/** What the platform sent about this call, as it came. */
export function RawEvents({ callId }: { callId: string }) {
  const [opened, { toggle }] = useDisclosure(false);
  const events = useQuery({
    queryKey: ["calls", "one", callId, "webhooks"],
    queryFn: async () =>
      bodyOf(await api.GET("/api/calls/{call_id}/webhooks", { params: { path: { call_id: callId } } })).items,
    enabled: opened,
  });
  return (
    <Section
      title="Raw events"
      aside={<Button variant="subtle" size="xs" onClick={toggle} aria-expanded={opened}>{opened ? "Hide" : "Show"}</Button>}
    >
      <Text size="sm" c="dimmed">Webhooks about this call, as the platform sent them. Only administrators see them.</Text>
      <Collapse in={opened}>
        <Loaded query={events}>
          {(webhooks) =>
            webhooks.length === 0 ? <Text size="sm" mt="sm">None came: what is known was asked for.</Text> : (
              <Table mt="sm">
                <Table.Tbody>{webhooks.map((webhook) => <RawEvent key={webhook.digest} webhook={webhook} />)}</Table.Tbody>
              </Table>
            )
          }
        </Loaded>
      </Collapse>
    </Section>
  );
}

function RawEvent({ webhook }: { webhook: Schemas["Webhook"] }) {
  const [wanted, setWanted] = useState(false);
  const body = useQuery({
    queryKey: ["webhooks", webhook.provider, webhook.digest, "body"],
    queryFn: async () => {
      const params = { path: { provider: webhook.provider, digest: webhook.digest } };
      const { url } = bodyOf(await api.GET("/api/webhooks/{provider}/{digest}/body", { params }));
      const text = await (await fetch(url)).text();
      return { url, text: pretty(text) };
    },
    enabled: wanted,
    staleTime: 600_000,
  });
  return (
    <Table.Tr>
      <Table.Td>
        <Stack gap="xs">
          <Group justify="space-between" gap="sm">
            <Text size="sm" fw={550}>{webhook.kind ?? "Unreadable"}</Text>
            <Text size="xs" c="dimmed"><Moment at={webhook.received_at} />, {formatWord(webhook.state).toLowerCase()}{webhook.deliveries > 1 && `, came ${webhook.deliveries} times`}</Text>
            <Button size="compact-xs" variant="default" onClick={() => setWanted(!wanted)} aria-expanded={wanted}>{wanted ? "Hide body" : "Body"}</Button>
          </Group>
          {webhook.note && <Text size="xs" c="dimmed">{webhook.note}</Text>}
          {wanted && (
            <Loaded query={body}>
              {({ text }) => (
                <Code block mah={420} style={{ overflow: "auto" }} tabIndex={0}>
                  {text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}\n… ${text.length - MOST_SHOWN} more characters` : text}
                </Code>
              )}
            </Loaded>
          )}
        </Stack>
      </Table.Td>
    </Table.Tr>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
