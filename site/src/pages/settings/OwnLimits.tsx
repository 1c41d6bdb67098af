import { ActionIcon, Group, NumberInput, Select, Stack, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { agentsQuery, phoneLinesQuery } from "@/api/agents";
import { formatPhone } from "@/ui/format";

type Limits = Record<string, number>;

interface KindProps {
  limits: Limits;
  readOnly: boolean;
  onChange: (limits: Limits) => void;
}

/** How many calls some agents may have at one time. */
export function AgentLimits(props: KindProps) {
  const agents = useQuery(agentsQuery).data ?? [];
  return <OwnLimits {...props} title="Calls at one time of an agent" add="Limit an agent" none="There is no other agent" things={agents.map(({ agent_id, name }) => ({ value: agent_id, label: name }))} />;
}

/** How many calls there may be from some phone lines at one time. */
export function LineLimits(props: KindProps) {
  const lines = useQuery(phoneLinesQuery).data?.items ?? [];
  const things = lines.map(({ phone_line_id, label, phone_number }) => ({ value: phone_line_id, label: `${label} (${formatPhone(phone_number)})` }));
  return <OwnLimits {...props} title="Calls at one time from a phone line" add="Limit a line" none="There is no other line" things={things} />;
}

interface OwnLimitsProps extends KindProps {
  title: string;
  add: string;
  none: string;
  things: { value: string; label: string }[];
}

const FIRST_LIMIT = 1;
const MOST = 1_000;

function OwnLimits({ limits, readOnly, onChange, title, add, none, things }: OwnLimitsProps) {
  const limited = Object.entries(limits);
  const left = things.filter(({ value }) => limits[value] === undefined);
  const nameOf = (id: string) => things.find(({ value }) => value === id)?.label ?? id;
  return (
    <Stack gap="xs" role="group" aria-label={title}>
      <Text size="sm" fw={500}>{title}</Text>
      {limited.length === 0 && <Text size="sm" c="dimmed">Only the limit of all together holds.</Text>}
      {limited.map(([id, most]) => (
        <Group key={id} justify="space-between" wrap="nowrap">
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>{nameOf(id)}</Text>
          <Group gap={6} wrap="nowrap">
            <NumberInput
              aria-label={`Calls at one time: ${nameOf(id)}`} min={1} max={MOST} allowDecimal={false} readOnly={readOnly} value={most} w={96}
              onChange={(value) => onChange({ ...limits, [id]: Number(value) || 0 })}
            />
            {!readOnly && (
              <ActionIcon variant="subtle" color="gray" aria-label={`No limit for ${nameOf(id)}`} onClick={() => onChange(Object.fromEntries(limited.filter(([known]) => known !== id)))}>
                <IconX size={16} />
              </ActionIcon>
            )}
          </Group>
        </Group>
      ))}
      {!readOnly && (
        <Select
          aria-label={add} placeholder={left.length > 0 ? add : none} searchable disabled={left.length === 0} value={null} maw={360} data={left} nothingFoundMessage="Nothing is called so"
          onChange={(id) => id && onChange({ ...limits, [id]: FIRST_LIMIT })}
        />
      )}
    </Stack>
  );
}
