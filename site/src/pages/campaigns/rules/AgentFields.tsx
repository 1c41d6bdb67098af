import { ActionIcon, Button, Group, Select, Stack, Text } from "@mantine/core";
import { IconEqual, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { agentsQuery } from "@/api/agents";
import { NumberField } from "@/ui/NumberField";
import type { CampaignRules } from "./rules";
import { evenly, LEAST_OWN_PERCENT, ownPercent, percentsOf, withPercent } from "./shares";

const MOST_AGENTS = 9;

interface AgentFieldsProps {
  more: CampaignRules["more_agents"];
  ownId: string | null;
  onChange: (more: CampaignRules["more_agents"]) => void;
}

/** Agents that are compared: who calls which share of the people. */
export function AgentFields({ more, ownId, onChange }: AgentFieldsProps) {
  const agents = useQuery(agentsQuery).data ?? [];
  const own = agents.find(({ agent_id }) => agent_id === ownId);
  const nameOf = (id: string) => agents.find(({ agent_id }) => agent_id === id)?.name ?? id;
  const left = agents.filter(
    ({ agent_id: id, status, provider }) => status === "active" && id !== ownId && (!own || provider === own.provider) && !more.some((other) => other.agent_id === id),
  );
  const percents = percentsOf(more);
  return (
    <Stack>
      <Text size="sm" c="dimmed">Each person is always called by the same agent, so that what came of it can be compared.</Text>
      {more.length > 0 && (
        <Stack gap="xs">
          <Group justify="space-between" wrap="nowrap">
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>{own?.name ?? "The campaign’s own agent"}</Text>
            <Text size="sm" className="number" pr={42} style={{ whiteSpace: "nowrap" }}>{ownPercent(more)} %</Text>
          </Group>
          {more.map(({ agent_id: id }, index) => (
            <Group key={id} justify="space-between" wrap="nowrap">
              <Text size="sm" style={{ overflowWrap: "anywhere" }}>{nameOf(id)}</Text>
              <Group gap={6} wrap="nowrap">
                <NumberField
                  aria-label={`Percent of the people for ${nameOf(id)}`} min={1} max={100 - LEAST_OWN_PERCENT} suffix=" %" w={96} value={percents[index]}
                  onChange={(percent) => onChange(withPercent(more, index, percent))}
                />
                <ActionIcon variant="subtle" color="gray" aria-label={`Leave out ${nameOf(id)}`} onClick={() => onChange(more.filter((_, at) => at !== index))}><IconX size={16} /></ActionIcon>
              </Group>
            </Group>
          ))}
        </Stack>
      )}
      {more.length < MOST_AGENTS && (
        <Group align="flex-end">
          <Select
            label="Add an agent" placeholder={left.length > 0 ? "Who else calls" : "There is no other agent of this platform"} searchable disabled={left.length === 0} value={null} flex={1} maw={360}
            data={left.map(({ agent_id, name }) => ({ value: agent_id, label: name }))} nothingFoundMessage="No such agent"
            onChange={(id) => id && onChange(evenly([...more, { agent_id: id, weight: 100 }]))}
          />
          {more.length > 0 && <Button variant="default" leftSection={<IconEqual size={16} />} onClick={() => onChange(evenly(more))}>Share evenly</Button>}
        </Group>
      )}
    </Stack>
  );
}
