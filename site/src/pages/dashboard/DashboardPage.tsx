import { Card, Grid, Group, SegmentedControl, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { IconSpeakerphone } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { callsQuery, statsQuery } from "@/api/calls";
import { campaignsQuery } from "@/api/campaigns";
import type { Schemas } from "@/api/client";
import { CallTable } from "@/pages/calls/CallTable";
import { For } from "@/session/me";
import { CampaignProgress } from "@/ui/CampaignProgress";
import { CampaignStatus } from "@/ui/Status";
import { Figure } from "@/ui/Figure";
import { formatDuration, formatNumber, formatPercent } from "@/ui/format";
import { ButtonLink, TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Lines, Loaded, Notice, Section } from "@/ui/states";
import { LiveQueue } from "./LiveQueue";
import { OnThePhone } from "./OnThePhone";
import { Outcomes } from "./Outcomes";
import { Providers } from "./Providers";
import { Trend } from "./Trend";

const CHART = 240;

export default function DashboardPage() {
  const [days, setDays] = useState(14);
  const stats = useQuery(statsQuery(days));
  const recent = useQuery(callsQuery({}, undefined, 8));
  const campaigns = useQuery(campaignsQuery());
  return (
    <>
      <PageHeader
        title="Dashboard"
        actions={<For role="operator"><ButtonLink to="/campaigns/new" leftSection={<IconSpeakerphone size={16} />}>New campaign</ButtonLink></For>}
      />
      <Stack>
        <Loaded query={stats} waiting={<Skeleton height={104} />}>{(known) => <Totals stats={known} />}</Loaded>
        <Grid gutter="md" align="stretch">
          <Grid.Col span={{ base: 12, md: 8 }}>
            <Section
              title="Calls per day"
              aside={
                <SegmentedControl
                  size="xs" aria-label="Days" value={String(days)} onChange={(value) => setDays(Number(value))}
                  data={[{ value: "7", label: "7 days" }, { value: "14", label: "14 days" }, { value: "30", label: "30 days" }]}
                />
              }
            >
              <Loaded query={stats} waiting={<Skeleton height={CHART} />}>{(known) => <Trend days={known.days} height={CHART} />}</Loaded>
            </Section>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 4 }}>
            <Section title="Outcomes">
              <Loaded query={stats} waiting={<Skeleton height={CHART} />}>{(known) => <Outcomes days={known.days} height={CHART} />}</Loaded>
            </Section>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 8 }}>
            <Stack>
              <Section title="Campaigns running" aside={<TextLink to="/campaigns" size="sm">All campaigns</TextLink>}>
                <Loaded query={campaigns} waiting={<Lines count={2} />}>{({ items }) => <Running campaigns={items} />}</Loaded>
              </Section>
              <OnThePhone />
              <Section title="Recent calls" aside={<TextLink to="/calls" size="sm">All calls</TextLink>}>
                <Loaded query={recent} waiting={<Lines count={6} />}>
                  {({ items }) => items.length === 0 ? (
                    <Notice icon={IconSpeakerphone} title="No calls yet" action={<For role="operator"><ButtonLink to="/contacts/import">Import contacts</ButtonLink></For>}>
                      Import contacts, pick an agent, start a campaign: the calls appear here.
                    </Notice>
                  ) : <CallTable calls={items} compact />}
                </Loaded>
              </Section>
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 4 }}>
            <Stack>
              <LiveQueue />
              <Providers />
            </Stack>
          </Grid.Col>
        </Grid>
      </Stack>
    </>
  );
}

function Totals({ stats }: { stats: Schemas["Stats"] }) {
  const { all_time: all, today } = stats;
  const share = (part: number, whole: number) => (whole > 0 ? formatPercent(part / whole) : undefined);
  const figures: [string, React.ReactNode, React.ReactNode?][] = [
    ["Calls", formatNumber(all.calls)],
    ["Today", formatNumber(today.calls)],
    ["Success", formatNumber(all.success), share(all.success, all.completed) && `${share(all.success, all.completed)} of completed`],
    ["Failed", formatNumber(all.failed), share(all.failed, all.calls) && `${share(all.failed, all.calls)} of calls`],
    ["In progress", formatNumber(stats.in_progress), <TextLink key="l" to="/calls" search={{ view: "in_progress" }} size="xs">See them</TextLink>],
    ["Needs attention", formatNumber(stats.needs_attention), <TextLink key="l" to="/calls" search={{ view: "needs_attention" }} size="xs">See them</TextLink>],
    ["Average duration", all.completed > 0 ? formatDuration(all.duration_secs / all.completed) : "0:00", "minutes"],
  ];
  return (
    <Card component="section" aria-label="Totals">
      <SimpleGrid cols={{ base: 2, xs: 3, md: 4, xl: 7 }}>
        {figures.map(([label, value, note]) => <Figure key={label} label={label} value={value} note={note} />)}
      </SimpleGrid>
    </Card>
  );
}

function Running({ campaigns }: { campaigns: Schemas["Campaign"][] }) {
  const shown = campaigns.filter(({ status }) => ["running", "paused", "scheduled"].includes(status)).slice(0, 5);
  if (shown.length === 0) return <Text size="sm" c="dimmed">None at this moment.</Text>;
  return (
    <Stack>
      {shown.map((campaign) => (
        <div key={campaign.campaign_id}>
          <Group justify="space-between" mb={6}>
            <TextLink to="/campaigns/$campaignId" params={{ campaignId: campaign.campaign_id }} size="sm" fw={550}>{campaign.name}</TextLink>
            <CampaignStatus status={campaign.status} />
          </Group>
          <CampaignProgress counts={campaign.counts} size={8} />
        </div>
      ))}
    </Stack>
  );
}
