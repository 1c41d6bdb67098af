import { Button, Card, Group, SegmentedControl, Select, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconLayoutGrid, IconPlayerPause, IconPlus, IconSpeakerphone, IconTable, IconTemplate } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type Campaign, type CampaignStatus as Status, campaignsQuery } from "@/api/campaigns";
import { api, bodyOf } from "@/api/client";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { CampaignProgress } from "@/ui/CampaignProgress";
import { CampaignStatus } from "@/ui/Status";
import { ask } from "@/ui/confirm";
import { formatCount, formatNumber, formatWord } from "@/ui/format";
import { ButtonLink, TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Pager, useCursors } from "@/ui/Pager";
import { Loaded, Notice } from "@/ui/states";
import { Ago } from "@/ui/Time";

const STATUSES: Status[] = ["draft", "scheduled", "running", "paused", "completed", "cancelled", "failed"];

export default function CampaignsPage() {
  const [status, setStatus] = useState<Status | null>(null);
  const [look, setLook] = useLocalStorage<"cards" | "table">({ key: "switchboard.campaigns", defaultValue: "cards" });
  const pages = useCursors(status ?? "");
  const campaigns = useQuery(campaignsQuery(status ?? undefined, pages.cursor));
  const stopAll = useAct({
    run: async () => bodyOf(await api.POST("/api/campaigns/stop-all")),
    done: ({ paused }) => `${formatCount(paused.length, "campaign")} paused.`,
    touches: [["campaigns"]],
  });
  const running = campaigns.data?.items.filter((campaign) => campaign.status === "running").length ?? 0;
  return (
    <>
      <PageHeader
        title="Campaigns"
        actions={
          <>
            <ButtonLink variant="default" to="/campaigns/templates" leftSection={<IconTemplate size={16} />}>Templates</ButtonLink>
            <For role="operator">
              {running > 0 && (
                <Button
                  variant="default" leftSection={<IconPlayerPause size={16} />} loading={stopAll.isPending}
                  onClick={() =>
                    ask({
                      title: "Pause every campaign?", confirm: "Pause all", danger: true, onConfirm: () => stopAll.mutate(),
                      children: "No call begins after that. Calls in progress go on to their end. Each campaign can be resumed where it stopped.",
                    })
                  }
                >
                  Pause all
                </Button>
              )}
              <ButtonLink to="/campaigns/new" leftSection={<IconPlus size={16} />}>New campaign</ButtonLink>
            </For>
          </>
        }
      />
      <Group justify="space-between" mb="md">
        <Select
          aria-label="Status" placeholder="Any status" clearable w={180} value={status} onChange={(value) => setStatus(value as Status | null)}
          data={STATUSES.map((value) => ({ value, label: formatWord(value) }))}
        />
        <SegmentedControl
          aria-label="Look" value={look} onChange={(value) => setLook(value as "cards" | "table")}
          data={[
            { value: "cards", label: <Group gap={6} wrap="nowrap"><IconLayoutGrid size={16} />Cards</Group> },
            { value: "table", label: <Group gap={6} wrap="nowrap"><IconTable size={16} />Table</Group> },
          ]}
        />
      </Group>
      <Loaded query={campaigns}>
        {({ items, next_cursor: next }) =>
          items.length === 0 && pages.page === 1 ? (
            <Card>
              <Notice
                icon={IconSpeakerphone} title={status ? `No campaign is ${formatWord(status).toLowerCase()}` : "No campaigns yet"}
                action={!status && <For role="operator"><ButtonLink to="/campaigns/new">Make the first one</ButtonLink></For>}
              >
                {!status && "A campaign calls a list of contacts with an agent, at the hours you set."}
              </Notice>
            </Card>
          ) : (
            <>
              {look === "cards" ? <Cards campaigns={items} /> : <CampaignTable campaigns={items} />}
              <Pager pages={pages} next={next} shown={items.length} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

function Cards({ campaigns }: { campaigns: Campaign[] }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, xl: 3 }}>
      {campaigns.map((campaign) => (
        <Card key={campaign.campaign_id} component="article">
          <Stack gap="sm">
            <Group justify="space-between" wrap="nowrap">
              <TextLink to="/campaigns/$campaignId" params={{ campaignId: campaign.campaign_id }} fw={600} style={{ overflowWrap: "anywhere" }}>
                {campaign.name}
              </TextLink>
              <CampaignStatus status={campaign.status} />
            </Group>
            <CampaignProgress counts={campaign.counts} />
            <Text size="xs" c="dimmed">{when(campaign)}</Text>
          </Stack>
        </Card>
      ))}
    </SimpleGrid>
  );
}

function when(campaign: Campaign) {
  if (campaign.finished_at) return <>Ended <Ago at={campaign.finished_at} /></>;
  if (campaign.status === "scheduled" && campaign.start_at) return <>Begins <Ago at={campaign.start_at} /></>;
  if (campaign.started_at) return <>Began <Ago at={campaign.started_at} /></>;
  return <>Made <Ago at={campaign.created_at} /></>;
}

export function CampaignTable({ campaigns }: { campaigns: Campaign[] }) {
  const go = useNavigate();
  return (
    <Card p={0}>
      <Table.ScrollContainer minWidth={0} type="native">
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th><Table.Th>Status</Table.Th><Table.Th visibleFrom="sm" miw={200}>Progress</Table.Th>
              <Table.Th ta="right" visibleFrom="md">Completed</Table.Th><Table.Th ta="right" visibleFrom="md">Failed</Table.Th>
              <Table.Th ta="right" visibleFrom="sm">When</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {campaigns.map((campaign) => (
              <Table.Tr
                key={campaign.campaign_id} data-href
                onClick={() => void go({ to: "/campaigns/$campaignId", params: { campaignId: campaign.campaign_id } })}
              >
                <Table.Td><TextLink to="/campaigns/$campaignId" params={{ campaignId: campaign.campaign_id }} fw={550} size="sm">{campaign.name}</TextLink></Table.Td>
                <Table.Td><CampaignStatus status={campaign.status} /></Table.Td>
                <Table.Td visibleFrom="sm"><CampaignProgress counts={campaign.counts} size={6} /></Table.Td>
                <Table.Td ta="right" visibleFrom="md">{formatNumber(campaign.counts.completed)}</Table.Td>
                <Table.Td ta="right" visibleFrom="md">{formatNumber(campaign.counts.failed)}</Table.Td>
                <Table.Td ta="right" visibleFrom="sm"><Text size="sm" c="dimmed" span>{when(campaign)}</Text></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}
