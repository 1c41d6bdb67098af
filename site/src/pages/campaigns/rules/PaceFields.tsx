import { SimpleGrid, Stack, Text } from "@mantine/core";
import { MaybeNumberField, NumberField } from "@/ui/NumberField";
import type { Rules } from "./rules";

const MINUTE = 60;

interface PaceFieldsProps {
  all: Rules;
  problems: Record<string, string>;
  /** Whether they are of one campaign, which has a weight of its own. */
  weighted: boolean;
  onChange: (all: Rules) => void;
}

export function PaceFields({ all, problems, weighted, onChange }: PaceFieldsProps) {
  const { rules } = all;
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, xs: weighted ? 3 : 2 }}>
        <MaybeNumberField
          label="Dials a minute" description="Empty: as fast as slots are free" min={1} max={60_000} value={rules.starts_per_minute}
          onChange={(starts_per_minute) => onChange({ ...all, rules: { ...rules, starts_per_minute } })}
        />
        <MaybeNumberField
          label="Minutes to ramp up" description="Empty: all slots at once" min={0} max={1_440} per={MINUTE} value={rules.ramp_up_secs} error={problems["ramp"]}
          onChange={(secs) => onChange({ ...all, rules: { ...rules, ramp_up_secs: secs || null } })}
        />
        {weighted && (
          <NumberField
            label="Weight" description="1 to 100; 10 is ordinary" min={1} max={100} value={all.weight} error={problems["weight"]} onChange={(weight) => onChange({ ...all, weight })}
          />
        )}
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        While it ramps up, the calls at one time grow from one to the limit.
        {weighted && " Campaigns that run together share the free slots by their weights: with 20 it gets twice as many as one with 10. Alone it gets them all."}
      </Text>
    </Stack>
  );
}
