import { ActionIcon, Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { agentsQuery } from "@/api/agents";
import type { RouteTarget } from "@/api/reception";
import { PLATFORM } from "@/pages/agents/platform";
import { NumberField } from "@/ui/NumberField";
import { MOST_TARGETS, moved, RING } from "./rule";

const KINDS: { value: RouteTarget["kind"]; label: string }[] = [
  { value: "agent", label: "An agent" },
  { value: "person", label: "A person" },
  { value: "voicemail", label: "Voicemail" },
  { value: "closed", label: "Closed: the call ends" },
];

function fresh(kind: RouteTarget["kind"]): RouteTarget {
  switch (kind) {
    case "agent":
      return { kind, agent_id: "" };
    case "person":
      return { kind, phone_number: "", ring_secs: RING.usual };
    default:
      return { kind };
  }
}

interface TargetFieldsProps {
  targets: RouteTarget[];
  error: ReactNode;
  onChange: (targets: RouteTarget[]) => void;
}

/** Who takes the call, and who does when that one fails or does not answer. */
export function TargetFields({ targets, error, onChange }: TargetFieldsProps) {
  const put = (index: number, target: RouteTarget) => onChange(targets.map((known, at) => (at === index ? target : known)));
  const ends = targets.some(({ kind }) => kind === "voicemail" || kind === "closed");
  return (
    <Stack gap="xs">
      {targets.map((target, index) => {
        const name = index === 0 ? "first" : `number ${index + 1}`;
        return (
          <div key={index} className="target" role="group" aria-label={index === 0 ? "First" : `Then, number ${index + 1}`}>
            <Group justify="space-between" mb={6}>
              <Text size="sm" fw={550}>{index === 0 ? "First" : "Then, when that fails or nobody answers"}</Text>
              <Group gap={4}>
                <ActionIcon variant="default" size={26} aria-label={`Earlier: ${name}`} disabled={index === 0} onClick={() => onChange(moved(targets, index, -1))}><IconArrowUp size={15} /></ActionIcon>
                <ActionIcon variant="default" size={26} aria-label={`Later: ${name}`} disabled={index === targets.length - 1} onClick={() => onChange(moved(targets, index, 1))}><IconArrowDown size={15} /></ActionIcon>
                <ActionIcon variant="default" size={26} aria-label={`Take away: ${name}`} disabled={targets.length === 1} onClick={() => onChange(targets.filter((_, at) => at !== index))}><IconX size={15} /></ActionIcon>
              </Group>
            </Group>
            <Target target={target} onChange={(next) => put(index, next)} />
          </div>
        );
      })}
      {error && <Text size="sm" role="alert" c="var(--mantine-color-error)">{error}</Text>}
      <Group justify="space-between">
        <Text size="sm" c="dimmed" flex="1 1 200px">{ends ? "" : "When nobody of these takes it, the caller is taken to voicemail."}</Text>
        <Button
          size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} disabled={targets.length >= MOST_TARGETS}
          onClick={() => {
            // In front of what ends the call.
            const last = targets.at(-1);
            const rest = last && (last.kind === "voicemail" || last.kind === "closed") ? [last] : [];
            onChange([...targets.slice(0, targets.length - rest.length), fresh("agent"), ...rest]);
          }}
        >
          Add somebody
        </Button>
      </Group>
    </Stack>
  );
}

function Target({ target, onChange }: { target: RouteTarget; onChange: (target: RouteTarget) => void }) {
  const agents = useQuery(agentsQuery).data ?? [];
  return (
    <SimpleGrid cols={{ base: 1, xs: target.kind === "person" ? 3 : 2 }}>
      <Select label="Who" allowDeselect={false} data={KINDS} value={target.kind} onChange={(kind) => kind && onChange(fresh(kind as RouteTarget["kind"]))} />
      {target.kind === "agent" && (
        <Select
          label="Agent" withAsterisk searchable allowDeselect={false} nothingFoundMessage="No such agent" value={target.agent_id || null}
          data={agents.map(({ agent_id, name, provider }) => ({ value: agent_id, label: `${name} (${PLATFORM[provider] ?? provider})` }))}
          onChange={(id) => id && onChange({ kind: "agent", agent_id: id })}
        />
      )}
      {target.kind === "person" && (
        <>
          <TextInput label="Number" withAsterisk type="tel" placeholder="+34631021622" value={target.phone_number} onChange={(event) => onChange({ ...target, phone_number: event.currentTarget.value })} />
          <NumberField label="Rings, seconds" min={RING.least} max={RING.most} value={target.ring_secs} onChange={(ring_secs) => onChange({ ...target, ring_secs })} />
        </>
      )}
    </SimpleGrid>
  );
}
