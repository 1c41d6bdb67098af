import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { callsQuery } from "@/api/calls";
import { actOnCampaign, type Campaign, campaignsQuery } from "@/api/campaigns";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { formatCount, formatPhone } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Loaded, Section } from "@/ui/states";
import { Ago } from "@/ui/Time";

/** Calls that failed, why, and another try. */
export function FailedCalls() {
  const failed = useQuery(callsQuery({ status: "failed" }, undefined, 6));
  const campaigns = useQuery(campaignsQuery()).data?.items ?? [];
  const retryable = campaigns.filter(({ counts, status }) => counts.failed > 0 && !["draft", "cancelled"].includes(status));
  const retry = useAct({
    run: (campaign: Campaign) => actOnCampaign(campaign.campaign_id, "retry-failed"),
    done: (_, campaign) => `People of “${campaign.name}” whose calls failed are called again.`,
    touches: [["campaigns"], ["calls"], ["queue"]],
  });
  return (
    <Section title="Failed calls" aside={<TextLink to="/calls" search={{ status: "failed" }} size="sm">See all</TextLink>}>
      <Loaded query={failed}>
        {({ items }) => (
          <Stack gap="sm">
            {items.length === 0 && <Text size="sm" c="dimmed">No call has failed.</Text>}
            {items.map((call) => (
              <div key={call.call_id}>
                <Group justify="space-between" wrap="nowrap">
                  <TextLink to="/calls/$callId" params={{ callId: call.call_id }} size="sm" fw={550}>{call.phone_number ? formatPhone(call.phone_number) : "Unknown number"}</TextLink>
                  <Text size="xs" c="dimmed"><Ago at={call.ended_at ?? call.updated_at} /></Text>
                </Group>
                <Text size="sm" c="dimmed" lineClamp={2}>{call.failure ?? call.results.termination_reason ?? "The platform gave no reason."}</Text>
              </div>
            ))}
            <For role="operator">
              {retryable.slice(0, 5).map((campaign) => (
                <Group key={campaign.campaign_id} justify="space-between" wrap="nowrap">
                  <Text size="sm" truncate>{campaign.name}: {formatCount(campaign.counts.failed, "person", "people")} failed</Text>
                  <Button
                    size="compact-sm" variant="default" onClick={() => retry.mutate(campaign)}
                    loading={retry.isPending && retry.variables.campaign_id === campaign.campaign_id}
                  >
                    Retry
                  </Button>
                </Group>
              ))}
            </For>
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}
