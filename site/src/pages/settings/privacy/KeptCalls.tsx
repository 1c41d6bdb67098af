import { Accordion, Anchor, Button, Group, Stack, Text } from "@mantine/core";
import type { Schemas } from "@/api/client";
import { Facts } from "@/ui/Facts";
import { formatDuration, formatMoment, formatWord } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Section } from "@/ui/states";
import { CallStatus } from "@/ui/Status";

type Kept = Schemas["CallOfPerson"];

interface KeptCallsProps {
  calls: Kept[];
  /** None: these are all. */
  more: (() => void) | undefined;
  busy: boolean;
}

/** Calls with what was said and their recordings, folded. */
export function KeptCalls({ calls, more, busy }: KeptCallsProps) {
  return (
    <Section title="Calls" aside={<Text size="sm" c="dimmed">{calls.length}{more && " of more"}</Text>}>
      {calls.length === 0 ? <Text size="sm" c="dimmed">No call is kept.</Text> : (
        <Accordion variant="default" multiple chevronPosition="left">
          {calls.map((kept) => <OneCall key={kept.call.call_id} kept={kept} />)}
        </Accordion>
      )}
      {more && <Button mt="md" variant="default" loading={busy} onClick={more}>Show more calls</Button>}
    </Section>
  );
}

function OneCall({ kept: { call, transcript, recording_url: recording, webhook_urls: webhooks } }: { kept: Kept }) {
  return (
    <Accordion.Item value={call.call_id}>
      <Accordion.Control>
        <Group gap="md">
          <Text span size="sm">{formatMoment(call.started_at ?? call.created_at)}</Text>
          <CallStatus status={call.status} />
          <Text span size="sm" c="dimmed">
            {[formatWord(call.direction), call.duration_secs != null && formatDuration(call.duration_secs), recording && "recording", transcript.length > 0 && `${transcript.length} turns`].filter(Boolean).join(", ")}
          </Text>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <Stack>
          <Facts
            rows={[
              ["Summary", call.results.summary],
              ...Object.entries(call.variables).map(([name, value]): [string, string] => [name, value]),
              ...Object.entries(call.results.collected ?? {}).map(([name, value]): [string, string] => [name, typeof value === "string" ? value : JSON.stringify(value)]),
            ]}
          />
          {recording && (
            <>
              <audio controls preload="none" src={recording} style={{ width: "100%" }} aria-label="Recording of the call" />
              <Text size="xs" c="dimmed"><Anchor href={recording} size="xs" rel="noreferrer" target="_blank">Open the recording</Anchor>; the link works for 15 minutes.</Text>
            </>
          )}
          {transcript.length > 0 && (
            <Facts rows={transcript.map((turn, index): [string, string] => [`${index + 1}. ${turn.speaker === "agent" ? "Agent" : "Person"}`, turn.message || turn.tools.join(", ")])} />
          )}
          <Group gap="md">
            <TextLink to="/calls/$callId" params={{ callId: call.call_id }} size="sm">The call’s page</TextLink>
            {webhooks.map((url, index) => (
              <Anchor key={url} href={url} size="sm" rel="noreferrer" target="_blank">What the platform sent{webhooks.length > 1 && `, ${index + 1}`}</Anchor>
            ))}
          </Group>
        </Stack>
      </Accordion.Panel>
    </Accordion.Item>
  );
}
