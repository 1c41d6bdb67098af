import { Alert, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { agentsQuery, phoneLinesQuery, type Agent } from "@/api/agents";
import { callsQuery, statsQuery } from "@/api/calls";
import type { ContactList } from "@/api/contacts";
import { queueQuery } from "@/api/queue";
import { Facts } from "@/ui/Facts";
import { Figure } from "@/ui/Figure";
import { formatCount, formatDollars, formatMoment, formatNumber, formatPhone, formatRoughly, formatWord } from "@/ui/format";
import { type Draft, missingVariables, requestOf } from "./draft";
import { estimate } from "./estimate";
import { VariableCheck } from "./StepContacts";
import { type CampaignRules, ordinaryRules } from "./rules/rules";
import { GROUPS, groupsThatDiffer, NAME_OF_GROUP, wordsOfCost, wordsOfGroup, wordsOfHours } from "./rules/words";

interface StepReviewProps {
  draft: Draft;
  agent: Agent | undefined;
  lists: ContactList[];
  defaults: CampaignRules;
}

export function StepReview({ draft, agent, lists, defaults }: StepReviewProps) {
  const line = useQuery(phoneLinesQuery).data?.items.find(({ phone_line_id }) => phone_line_id === draft.lineId);
  const queue = useQuery(queueQuery).data;
  const earlier = useQuery(callsQuery({ agent_id: draft.agentId ?? "", status: "completed" }, undefined, 50)).data?.items ?? [];
  const totals = useQuery(statsQuery(30)).data?.agents.find(({ agent_id }) => agent_id === draft.agentId)?.totals;
  const people = lists.reduce((sum, list) => sum + list.size - list.deleted, 0);
  const guess = estimate(people, draft.rules, queue?.concurrency_limit ?? 1, earlier, totals);
  const { start_at: at } = requestOf(draft);
  const differing = groupsThatDiffer(draft.rules, ordinaryRules(defaults));
  const others = (useQuery(agentsQuery).data ?? []).filter(({ agent_id: id }) => draft.rules.rules.more_agents.some(({ agent_id }) => agent_id === id));
  const skipped = missingVariables(agent, lists).some(({ without }) => without.length > 0);
  return (
    <Stack>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Figure label="People" value={formatNumber(people)} />
        <Figure label="Calls" value={`about ${formatNumber(guess.attempts)}`} note="with further attempts" />
        <Figure
          label="Time" value={`about ${formatRoughly(guess.seconds)}`}
          note={guess.days > 1 ? `over ${guess.days} calling days` : "of calling"}
        />
        <Figure
          label="Cost" value={guess.dollars !== undefined ? `about ${formatDollars(guess.dollars)}` : guess.credits !== undefined ? `about ${formatNumber(Math.round(guess.credits))}` : "Not known"}
          note={guess.dollars === undefined && guess.credits !== undefined ? "credits at the platform" : guess.dollars === undefined ? "no earlier call says" : undefined}
        />
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        {guess.basis > 0
          ? `Estimated from the last ${formatCount(guess.basis, "answered call")} of this agent.`
          : "This agent has no answered calls yet: two minutes per conversation and every second person answering are assumed."}
      </Text>
      {queue?.state === "stopped" && (
        <Alert color="orange" variant="default" title="The queue is stopped">Nobody is dialled until somebody starts it on the queue's page.</Alert>
      )}
      {people === 0 && <Alert color="orange" variant="default">The chosen lists are empty.</Alert>}
      <Facts
        rows={[
          ["Name", draft.name],
          ["Agent", agent?.name],
          ["Line", line && `${line.label} (${formatPhone(line.phone_number)}), ${draft.carrier === "sip_trunk" ? "SIP trunk" : formatWord(draft.carrier ?? line.carrier)}`],
          ["Lists", lists.map(({ name }) => name).join(", ")],
          ["Begins", { now: "Now", draft: "When somebody starts it", at: at ? `${formatMoment(at)} here (${draft.startAt?.slice(0, 16)} in ${draft.startZone})` : "" }[draft.start]],
          ["Hours", wordsOfHours(draft.rules.rules.calling_hours)],
          ["At most", draft.rules.concurrency_limit ? formatCount(draft.rules.concurrency_limit, "call") + " at one time" : `the queue's limit (${queue?.concurrency_limit ?? "…"})`],
          ["Cost", wordsOfCost(draft.rules.rules)],
          // Always how often; of the others what somebody chose.
          ...GROUPS.filter((group) => group === "retry" || differing.includes(group)).map((group): [string, string] => [NAME_OF_GROUP[group], wordsOfGroup(draft.rules, group)]),
        ]}
      />
      {skipped && agent && <VariableCheck agent={agent} lists={lists} />}
      {others.map((other) => missingVariables(other, lists).some(({ without }) => without.length > 0) && <VariableCheck key={other.agent_id} agent={other} lists={lists} />)}
    </Stack>
  );
}
