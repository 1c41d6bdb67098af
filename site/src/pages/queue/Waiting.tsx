import { Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type Campaign, campaignsQuery } from "@/api/campaigns";
import type { Schemas } from "@/api/client";
import { statusQuery } from "@/api/system";
import { CampaignStatus } from "@/ui/Status";
import { formatCount, formatMoment } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Loaded, Section } from "@/ui/states";

/** Which campaigns have people who wait, and for what. */
export function Waiting({ queue }: { queue: Schemas["Queue"] }) {
  const campaigns = useQuery(campaignsQuery());
  const providers = useQuery(statusQuery).data ?? [];
  return (
    <Section title="What waits, and why">
      <Loaded query={campaigns}>
        {({ items }) => {
          const waiting = items.filter(({ status, counts }) => ["running", "paused", "scheduled"].includes(status) && counts.pending + counts.queued > 0);
          if (waiting.length === 0) return <Text size="sm" c="dimmed">Nobody waits to be called.</Text>;
          return (
            <Stack gap="sm">
              {waiting.map((campaign) => (
                <Group key={campaign.campaign_id} justify="space-between" wrap="nowrap" align="flex-start">
                  <div style={{ minWidth: 0 }}>
                    <TextLink to="/campaigns/$campaignId" params={{ campaignId: campaign.campaign_id }} size="sm" fw={550}>{campaign.name}</TextLink>
                    <Text size="sm" c="dimmed">
                      {formatCount(campaign.counts.pending + campaign.counts.queued, "person waits", "people wait")}: {reasonOf(campaign, queue, providers)}
                    </Text>
                  </div>
                  <CampaignStatus status={campaign.status} />
                </Group>
              ))}
            </Stack>
          );
        }}
      </Loaded>
    </Section>
  );
}

export function reasonOf(campaign: Campaign, queue: Schemas["Queue"], providers: Schemas["ProviderStatus"][]): string {
  const provider = providers.find((known) => known.provider === campaign.provider);
  if (campaign.status === "paused") return campaign.failure ?? "the campaign is paused";
  if (queue.state === "stopped") return "the queue is stopped";
  if (campaign.status === "scheduled") return campaign.start_at ? `it begins ${formatMoment(campaign.start_at)}` : "it has not begun";
  if (provider?.state === "down") return "the platform is down; it is tried again by itself";
  if (queue.slots_in_use >= queue.concurrency_limit) return "every slot is in use";
  const own = queue.holders.filter(({ campaign_id: id }) => id === campaign.campaign_id).length;
  if (campaign.concurrency_limit && own >= campaign.concurrency_limit) return "the campaign's own limit is reached";
  if (campaign.counts.queued > 0) return "their turn comes within seconds";
  return "it is outside of their calling hours, or the time between two attempts has not passed";
}
