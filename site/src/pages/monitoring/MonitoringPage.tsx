import { Card, Grid, SegmentedControl, SimpleGrid, Skeleton, Stack, Table, Text } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { Schemas } from "@/api/client";
import { metricsQuery, statusQuery } from "@/api/system";
import { PLATFORM } from "@/pages/agents/platform";
import { Facts } from "@/ui/Facts";
import { Figure } from "@/ui/Figure";
import { formatDuration, formatNumber, formatPercent } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProviderRequest } from "@/ui/ProviderRequest";
import { Loaded, Notice, Section } from "@/ui/states";
import { ProviderHealth } from "@/ui/Status";
import { Ago, Moment } from "@/ui/Time";
import { Bars } from "./Bars";
import { ROWS, wordsOfClass, wordsOfMillis } from "./numbers";
import { Quota } from "./Quota";
import { readSpan, SPANS, USUAL_HOURS } from "./span";

const route = getRouteApi("/monitoring");
const CHART = 180;

type Metrics = Schemas["Metrics"];

const nameOf = (provider: string) => PLATFORM[provider] ?? provider;
/** Those that are set up, or were when something was measured. */
const shownOf = ({ providers }: Metrics) => providers.filter(({ set_up: setUp, numbers }) => setUp || numbers.calls + numbers.outcomes.not_placed + numbers.errors.length > 0);

export default function MonitoringPage() {
  const { hours = USUAL_HOURS } = route.useSearch();
  const go = useNavigate();
  const metrics = useQuery(metricsQuery(hours));
  return (
    <>
      <PageHeader
        title="Monitoring"
        subtitle="How calls, platforms and webhooks do, for each platform and in all."
        actions={
          <SegmentedControl
            size="xs" aria-label="Span" value={String(hours)} data={SPANS.map((span) => ({ value: String(span.hours), label: span.label }))}
            onChange={(next) => void go({ to: "/monitoring", search: readSpan({ hours: next }), replace: true })}
          />
        }
      />
      <Loaded query={metrics} waiting={<Skeleton height={360} />}>{(known) => <Page metrics={known} />}</Loaded>
    </>
  );
}

function Page({ metrics }: { metrics: Metrics }) {
  const shown = shownOf(metrics);
  const byDay = metrics.step === "day";
  const of = (points: Schemas["MetricPoint"][], value: (point: Schemas["MetricPoint"]) => number, part?: (point: Schemas["MetricPoint"]) => number) =>
    points.map((point) => ({ from: point.from, value: value(point), part: part?.(point) ?? 0 }));
  return (
    <Stack>
      <Totals metrics={metrics} />
      <Health />
      <Grid gutter="md" align="stretch">
        {shown.map(({ provider, points }) => (
          <Grid.Col key={provider} span={{ base: 12, md: shown.length > 1 ? 6 : 12 }}>
            <Section title={`Calls by ${byDay ? "day" : "hour"}, ${nameOf(provider)}`}>
              <Bars name="Calls" part="Answered" points={of(points, ({ calls }) => calls, ({ answered }) => answered)} byDay={byDay} height={CHART} />
            </Section>
          </Grid.Col>
        ))}
      </Grid>
      <Section title="Platforms compared"><Comparison providers={shown} all={metrics.all} /></Section>
      <Grid gutter="md" align="stretch">
        {shown.map((one) => (
          <Grid.Col key={one.provider} span={{ base: 12, md: shown.length > 1 ? 6 : 12 }}>
            <Section title={`Quota, ${nameOf(one.provider)}`} aside={<TextLink to="/settings" search={{ tab: "alerts" }} size="sm">Alerts</TextLink>}>
              <Quota quota={one.quota} alerts={one.alerts} />
            </Section>
          </Grid.Col>
        ))}
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Section title={`Requests that failed, by ${byDay ? "day" : "hour"}`}>
            <Bars name="Failed requests" bad points={of(metrics.points, ({ errors }) => errors)} byDay={byDay} height={CHART} />
          </Section>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Section title={`Webhooks by ${byDay ? "day" : "hour"}`}>
            <Bars name="Webhooks" points={of(metrics.points, ({ webhooks }) => webhooks)} byDay={byDay} height={CHART} />
          </Section>
        </Grid.Col>
      </Grid>
      <Section title="Why requests failed"><Failures providers={shown} /></Section>
    </Stack>
  );
}

function Totals({ metrics: { all, slots } }: { metrics: Metrics }) {
  const figures: [string, React.ReactNode, React.ReactNode?][] = [
    ["Calls", formatNumber(all.calls)],
    ["Answer rate", all.answer_rate == null ? "–" : formatPercent(all.answer_rate)],
    ["Average duration", all.average_duration_secs == null ? "–" : formatDuration(all.average_duration_secs), "minutes"],
    ["Dial delay", all.dial_delay.p95_ms == null ? "–" : wordsOfMillis(all.dial_delay.p95_ms), "for 95 % at most"],
    ["Slots in use", `${formatNumber(slots.in_use)} of ${formatNumber(slots.limit)}`],
    ["Failed requests", formatNumber(all.errors.reduce((sum, { count }) => sum + count, 0))],
  ];
  return (
    <Card component="section" aria-label="In all">
      <SimpleGrid cols={{ base: 2, xs: 3, lg: 6 }}>
        {figures.map(([label, value, note]) => <Figure key={label} label={label} value={value} note={note} />)}
      </SimpleGrid>
    </Card>
  );
}

function Health() {
  const status = useQuery(statusQuery);
  return (
    <Section title="Platforms">
      <Loaded query={status} waiting={<Skeleton height={80} />}>
        {(providers) => (
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {providers.map((provider) => (
              <div key={provider.provider} role="group" aria-label={nameOf(provider.provider)}>
                <Text fw={550} size="sm" mb={4}>{nameOf(provider.provider)}</Text>
                <ProviderHealth state={provider.state} />
                <Facts
                  rows={[
                    ["Since", provider.since && <Moment key="s" at={provider.since} />],
                    ["What is known", provider.explanation],
                    ["Last error", provider.last_error !== provider.explanation && provider.last_error],
                    ["When", provider.last_error_at && <Ago key="w" at={provider.last_error_at} />],
                    ["Checked", provider.checked_at && <Ago key="c" at={provider.checked_at} />],
                  ]}
                />
                {provider.provider_request_id && <ProviderRequest id={provider.provider_request_id} />}
              </div>
            ))}
          </SimpleGrid>
        )}
      </Loaded>
    </Section>
  );
}

function Comparison({ providers, all }: { providers: Schemas["ProviderMetrics"][]; all: Schemas["MetricNumbers"] }) {
  const columns = [...providers.map(({ provider, numbers }) => ({ name: nameOf(provider), numbers })), ...(providers.length > 1 ? [{ name: "In all", numbers: all }] : [])];
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table>
        <Table.Thead>
          <Table.Tr><Table.Th>Measured</Table.Th>{columns.map(({ name }) => <Table.Th key={name} ta="right">{name}</Table.Th>)}</Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {ROWS.map(({ name, note, of }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={450}>{name}{note && <Text size="xs" c="dimmed" visibleFrom="sm">{note}</Text>}</Table.Th>
              {columns.map(({ name: column, numbers }) => <Table.Td key={column} ta="right" className="number">{of(numbers)}</Table.Td>)}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Failures({ providers }: { providers: Schemas["ProviderMetrics"][] }) {
  const rows = providers.flatMap(({ provider, numbers }) => numbers.errors.map(({ class: name, count }) => ({ provider, name, count, ...wordsOfClass(name) })));
  if (rows.length === 0) return <Notice icon={IconChartBar} title="No request failed">Every platform answered everything in this span.</Notice>;
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table>
        <Table.Thead>
          <Table.Tr><Table.Th>What happened</Table.Th><Table.Th>Platform</Table.Th><Table.Th ta="right">How often</Table.Th><Table.Th visibleFrom="sm">What to do</Table.Th></Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ provider, name, count, means, todo }) => (
            <Table.Tr key={`${provider} ${name}`}>
              <Table.Td>{means}<Text size="xs" c="dimmed" hiddenFrom="sm">{todo}</Text></Table.Td>
              <Table.Td>{nameOf(provider)}</Table.Td>
              <Table.Td ta="right" className="number">{formatNumber(count)}</Table.Td>
              <Table.Td visibleFrom="sm"><Text size="sm" c="dimmed">{todo}</Text></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
