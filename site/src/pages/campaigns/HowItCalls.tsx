import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { agentsQuery, phoneLinesQuery } from "@/api/agents";
import type { Campaign } from "@/api/campaigns";
import { Facts } from "@/ui/Facts";
import { formatCount, formatPhone, formatWord } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Section } from "@/ui/states";
import { Moment } from "@/ui/Time";
import { type CampaignRules, rulesOf } from "./rules/rules";
import { ownPercent, percentsOf } from "./rules/shares";
import { wordsOfCost, wordsOfGroup, wordsOfHours, wordsOfRetry } from "./rules/words";

export function HowItCalls({ campaign }: { campaign: Campaign }) {
  const { rules } = campaign;
  const all = rulesOf(campaign);
  const paced = rules.starts_per_minute != null || rules.ramp_up_secs != null || campaign.weight !== 10;
  return (
    <Section title="How it calls">
      <Facts
        rows={[
          ["Hours", wordsOfHours(rules.calling_hours)],
          ["Who", wordsOfGroup(all, "who")],
          ["Again", wordsOfRetry(campaign.retry)],
          ["At most", campaign.concurrency_limit ? `${formatCount(campaign.concurrency_limit, "call")} at one time` : "the queue's limit at one time"],
          ["Pace", paced ? wordsOfGroup(all, "pace") : undefined],
          ["Cost", wordsOfCost(rules)],
          ["Pauses", wordsOfGroup(all, "pause")],
          ["First words", rules.disclosure ? wordsOfGroup(all, "words") : undefined],
          ["Wishes", wordsOfGroup(all, "wishes")],
          ["Agents", rules.more_agents.length > 0 ? <Agents key="a" ownId={campaign.agent_id} more={rules.more_agents} /> : undefined],
          ["Lines", rules.more_phone_lines.length > 0 ? <Lines key="l" ownId={campaign.phone_line_id} more={rules.more_phone_lines} /> : undefined],
          ["Rings", `${campaign.ringing_timeout_secs} s`],
          ["Carrier", formatWord(campaign.carrier)],
          ["Until", campaign.end_at && <Moment key="e" at={campaign.end_at} />],
          ["Began", campaign.started_at && <Moment key="s" at={campaign.started_at} />],
          ["Ended", campaign.finished_at && <Moment key="f" at={campaign.finished_at} />],
          ["Calls", <TextLink key="c" to="/calls" search={{ campaign: campaign.campaign_id }} size="sm">See all its calls</TextLink>],
        ]}
      />
    </Section>
  );
}

function Agents({ ownId, more }: { ownId: string; more: CampaignRules["more_agents"] }) {
  const known = useQuery(agentsQuery).data ?? [];
  const percents = percentsOf(more);
  const all = [{ id: ownId, percent: ownPercent(more) }, ...more.map(({ agent_id: id }, index) => ({ id, percent: percents[index] ?? 0 }))];
  return all.map(({ id, percent }) => (
    <Text key={id} size="sm" span display="block">
      <TextLink to="/agents/$agentId" params={{ agentId: id }} size="sm">{known.find(({ agent_id }) => agent_id === id)?.name ?? id}</TextLink>: {percent} %
    </Text>
  ));
}

function Lines({ ownId, more }: { ownId: string; more: CampaignRules["more_phone_lines"] }) {
  const known = useQuery(phoneLinesQuery).data?.items ?? [];
  return [ownId, ...more.map(({ phone_line_id: id }) => id)].map((id) => {
    const line = known.find(({ phone_line_id }) => phone_line_id === id);
    return <Text key={id} size="sm" span display="block">{line ? `${line.label} (${formatPhone(line.phone_number)})` : id}</Text>;
  });
}
