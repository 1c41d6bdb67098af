import { Alert, Button, Group, List, Modal, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Campaign, preflightQuery } from "@/api/campaigns";
import { api, bodyOf, type Schemas } from "@/api/client";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { Facts } from "@/ui/Facts";
import { Figure } from "@/ui/Figure";
import { formatCount, formatDollars, formatNumber, formatWord } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Loaded, Section } from "@/ui/states";
import { Moment } from "@/ui/Time";

/** What the campaign would do, before it does it: looked at, rehearsed, and tried on oneself. */
export function PreflightCard({ campaign }: { campaign: Campaign }) {
  const preflight = useQuery(preflightQuery(campaign.campaign_id));
  const [trying, setTrying] = useState(false);
  const path = { campaign_id: campaign.campaign_id };
  const rehearse = useAct({
    run: async () => bodyOf(await api.POST("/api/campaigns/{campaign_id}/rehearse", { params: { path }, body: { seed: 1 } as Schemas["Rehearse"] })),
  });
  return (
    <Section
      title="Before it begins"
      aside={
        <For role="operator">
          <Group gap="xs">
            <Button size="compact-sm" variant="default" onClick={() => setTrying(true)}>Call me</Button>
            <Button size="compact-sm" variant="default" loading={rehearse.isPending} onClick={() => rehearse.mutate()}>Rehearse</Button>
          </Group>
        </For>
      }
    >
      <Loaded query={preflight}>{(told) => <Told told={told} />}</Loaded>
      {rehearse.data && <Rehearsed report={rehearse.data} />}
      {trying && <TestCall campaign={campaign} onClose={() => setTrying(false)} />}
    </Section>
  );
}

const counted = (counts: Record<string, number>) =>
  Object.entries(counts).map(([reason, count]) => `${formatNumber(count)} ${formatWord(reason).toLowerCase()}`).join(", ");

function Told({ told }: { told: Schemas["Preflight"] }) {
  const skipped = Object.values(told.skipped).reduce((sum, count) => sum + count, 0);
  const open = told.rules.some(({ confirmed }) => !confirmed);
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Figure label="Will be called" value={formatNumber(told.will_be_called)} note={`of ${formatNumber(told.people)}`} />
        <Figure label="Will not" value={formatNumber(skipped)} />
        <Figure label="May be called now" value={formatNumber(told.open_now)} note={told.open_later > 0 ? `${formatNumber(told.open_later)} wait for their hours` : undefined} />
        <Figure label="Cost at most" value={formatDollars(told.cost_ceiling_cents / 100)} />
      </SimpleGrid>
      {told.looked_at < told.people && (
        <Text size="sm" c="dimmed">Reckoned up from {formatNumber(told.looked_at)} of {formatNumber(told.people)} people, taken from all over the lists.</Text>
      )}
      {told.warnings.map((warning) => (
        <Alert key={warning} color="orange" variant="default">
          {warning} {open && /calling rules/i.test(warning) && <TextLink to="/settings" search={{ tab: "calling-rules" }} size="sm">To the calling rules</TextLink>}
        </Alert>
      ))}
      <Facts
        rows={[
          ["Will not, because", skipped > 0 ? counted(told.skipped) : undefined],
          ["Without a value", Object.keys(told.missing_variables).length > 0 ? counted(told.missing_variables) : undefined],
          ["First hours begin", told.first_opening && <Moment key="f" at={told.first_opening} />],
          ["Called lately", told.called_lately > 0 ? `${formatCount(told.called_lately, "person waits", "people wait")} for the next call` : undefined],
          ["At one time", formatCount(told.peak_calls, "call")],
          ["Over about", told.estimated_finish && <Moment key="e" at={told.estimated_finish} />],
          ["Rules", told.rules.length > 0 ? told.rules.map(({ name, people, confirmed }) => `${name} (${formatNumber(people)}${confirmed ? "" : ", not confirmed"})`).join(", ") : undefined],
        ]}
      />
      {told.examples.length > 0 && (
        <List size="sm">
          {told.examples.slice(0, 5).map((example, index) => (
            <List.Item key={index}>
              {example.line != null ? `Line ${example.line}, ` : ""}{example.phone_number}: {formatWord(example.reason).toLowerCase()}
              {example.missing.length > 0 && ` (${example.missing.join(", ")})`}
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}

function Rehearsed({ report }: { report: Schemas["RehearsalAnswer"] }) {
  return (
    <Stack gap="sm" mt="lg" role="region" aria-label="Rehearsal">
      <Text fw={600}>Rehearsed with {formatCount(report.people, "person", "people")}; nobody was called</Text>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Figure label="Dials" value={formatNumber(report.dials)} />
        <Figure label="Reached" value={formatNumber(report.outcomes["completed"] ?? 0)} />
        <Figure label="At one time" value={formatNumber(report.peak_calls)} note="at most" />
        <Figure label="Cost" value={formatDollars(report.cost_cents / 100)} />
      </SimpleGrid>
      <Facts
        rows={[
          ["Ended", counted(report.outcomes)],
          ["Not called", Object.keys(report.skipped).length > 0 ? counted(report.skipped) : undefined],
          ["Over", report.finished_at && <Moment key="o" at={report.finished_at} />],
          ["Still waiting", report.still_waiting > 0 ? formatCount(report.still_waiting, "person", "people") : undefined],
        ]}
      />
    </Stack>
  );
}

function TestCall({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) {
  const [number, setNumber] = useState("");
  const call = useAct({
    run: async () =>
      bodyOf(
        await api.POST("/api/campaigns/{campaign_id}/test-call", {
          params: { path: { campaign_id: campaign.campaign_id } }, body: { phone_number: number },
        }),
      ),
    done: "Your phone rings in a moment.",
    touches: [["calls"]],
    then: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>Call me as this campaign would</Text>}>
      <Stack>
        <TextInput label="Your number" placeholder="+34 600 000 000" value={number} onChange={(event) => setNumber(event.currentTarget.value)} description="With the values of the first row. It is no call of the campaign." />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>Not now</Button>
          <Button onClick={() => call.mutate()} loading={call.isPending} disabled={number.trim() === ""}>Call me</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
