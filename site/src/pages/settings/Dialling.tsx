import { Button, Grid, Group, Progress, SimpleGrid, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, bodyOf, type Schemas } from "@/api/client";
import { dialSettingsQuery, queueQuery, spendQuery } from "@/api/queue";
import { Limit } from "@/pages/queue/Limit";
import { For, useMay } from "@/session/me";
import { useAct } from "@/ui/act";
import { Figure } from "@/ui/Figure";
import { formatCount, formatDollars } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { MaybeNumberField, NumberField } from "@/ui/NumberField";
import { Lines, Loaded, Section } from "@/ui/states";
import { callsUnder, type DialSettings, problemsOfDialling, setAside } from "./dialling";
import { AgentLimits, LineLimits } from "./OwnLimits";

/** What holds for every dial, whichever campaign makes it. */
export function Dialling() {
  const settings = useQuery(dialSettingsQuery);
  const queue = useQuery(queueQuery);
  return (
    <Grid gutter="md">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Section title="What holds for every dial">
          <Loaded query={settings}>
            {(known) => <Form key={JSON.stringify(known)} saved={known} limit={queue.data?.concurrency_limit} />}
          </Loaded>
        </Section>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Stack>
          <Today />
          {queue.data ? <Limit key={queue.data.concurrency_limit} limit={queue.data.concurrency_limit} /> : <Loaded query={queue} waiting={<Lines count={2} />}>{() => null}</Loaded>}
          <Section title="Calls to one person">
            <Text size="sm">
              How often one person may be called, over all campaigns, is in the <TextLink to="/settings" search={{ tab: "rules" }}>default rules</TextLink> and in each campaign.
            </Text>
          </Section>
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

function Form({ saved, limit }: { saved: DialSettings; limit: number | undefined }) {
  const manages = useMay("admin");
  const [settings, setSettings] = useState(saved);
  const set = (part: Partial<DialSettings>) => setSettings({ ...settings, ...part });
  const save = useAct({
    run: async () => bodyOf(await api.PUT("/api/dial-settings", { body: settings })),
    done: "Saved. The next dial goes by it.",
    touches: [["dial-settings"], ["spend"], ["queue"], ["campaigns"]],
  });
  const problems = problemsOfDialling(settings, limit);
  const changed = JSON.stringify(settings) !== JSON.stringify(saved);
  const atOnce = callsUnder(settings);
  const readOnly = !manages;
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <MaybeNumberField
          label="Dials a second" description="Empty: as fast as slots are free" min={1} max={1_000} readOnly={readOnly} value={settings.starts_per_second} error={problems["starts"]}
          onChange={(starts_per_second) => set({ starts_per_second })}
        />
        <NumberField
          label="Slots kept free for calls in" description={limit === undefined ? "0: none" : `Of ${limit}; 0: none`} min={0} max={1_000} readOnly={readOnly} value={settings.inbound_share}
          error={problems["share"]} onChange={(inbound_share) => set({ inbound_share })}
        />
      </SimpleGrid>
      <AgentLimits limits={settings.agent_limits} readOnly={readOnly} onChange={(agent_limits) => set({ agent_limits })} />
      <LineLimits limits={settings.phone_line_limits} readOnly={readOnly} onChange={(phone_line_limits) => set({ phone_line_limits })} />
      {problems["limits"] && <Text size="sm" role="alert" c="var(--mantine-color-error)">{problems["limits"]}</Text>}
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <MaybeNumberField
          label="Cost of a day at most" description="US dollars; empty: no cap" min={0} prefix="$" per={100} readOnly={readOnly} value={settings.daily_cap_cents}
          onChange={(daily_cap_cents) => set({ daily_cap_cents })}
        />
        <NumberField
          label="A minute costs at most" description="Until the platform says" min={0} max={100} prefix="$" per={100} readOnly={readOnly} value={settings.cents_per_minute} error={problems["price"]}
          onChange={(cents_per_minute) => set({ cents_per_minute })}
        />
        <NumberField
          label="Longest call, minutes" description="As the agents are set" min={0.2} max={120} per={60} readOnly={readOnly} value={settings.longest_call_secs} error={problems["longest"]}
          onChange={(longest_call_secs) => set({ longest_call_secs })}
        />
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        Before each dial {formatDollars(setAside(settings))} are set aside, what a call costs when it lasts as long as it can; what it did cost takes their place.
        {atOnce !== null && (atOnce === 0 ? " That is more than the day’s cap: nobody would be called." : ` So at most ${formatCount(atOnce, "call")} can be in progress under the day’s cap.`)} Days are in UTC.
      </Text>
      <div>
        <Switch
          label="Start campaigns only by confirmed calling rules" checked={settings.require_confirmed_rules} disabled={readOnly}
          onChange={(event) => set({ require_confirmed_rules: event.currentTarget.checked })}
        />
        <Text size="sm" c="dimmed" mt={4}>
          Otherwise you are only told. See the <TextLink to="/settings" search={{ tab: "calling-rules" }}>calling rules</TextLink> and who confirmed them.
        </Text>
      </div>
      {readOnly ? <Text size="sm" c="dimmed">Administrators change these.</Text> : (
        <Group justify="flex-end">
          {changed && <Button variant="default" onClick={() => setSettings(saved)}>Keep as it is</Button>}
          <For role="admin"><Button disabled={!changed || Object.keys(problems).length > 0} loading={save.isPending} onClick={() => save.mutate()}>Save</Button></For>
        </Group>
      )}
    </Stack>
  );
}

function Today() {
  const spend = useQuery(spendQuery);
  return <Section title="Today"><Loaded query={spend} waiting={<Lines count={2} />}>{(known) => <Spent spend={known} />}</Loaded></Section>;
}

function Spent({ spend: { settled_usd: settled, committed_usd: committed, cap_usd: cap } }: { spend: Schemas["Spend"] }) {
  const reserved = Math.max(0, committed - settled);
  return (
    <Stack gap="sm">
      <Group gap="xl">
        <Figure label="Spent" value={formatDollars(settled)} note="calls that are over" />
        {reserved > 0 && <Figure label="Set aside" value={formatDollars(reserved)} note="calls in progress" />}
        <Figure label="Cap" value={cap != null ? formatDollars(cap) : "None"} note={cap != null ? `${formatDollars(Math.max(0, cap - committed))} left` : undefined} />
      </Group>
      {cap != null && cap > 0 && (
        <Progress.Root size={12}>
          <Progress.Section value={Math.min(100, (settled / cap) * 100)} aria-label="Spent of the day’s cap" />
          <Progress.Section value={Math.min(100 - Math.min(100, (settled / cap) * 100), (reserved / cap) * 100)} color="iris.3" aria-label="Set aside of the day’s cap" />
        </Progress.Root>
      )}
      <Text size="sm" c="dimmed">
        {cap != null ? "When the next call could cost more than is left, nobody is dialled until the next day (UTC) or until the cap is raised." : "Counted while a cap is set, of the day or of a call’s campaign."}
      </Text>
    </Stack>
  );
}
