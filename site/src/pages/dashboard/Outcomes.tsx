import { Center, ColorSwatch, Group, RingProgress, Stack, Text } from "@mantine/core";
import type { Schemas } from "@/api/client";
import { formatNumber, formatPercent, formatWord } from "@/ui/format";
import { COLOR_OF_OUTCOME } from "@/ui/Status";

const OUTCOMES = ["completed", "no_answer", "busy", "voicemail", "failed"] as const;

interface OutcomesProps {
  days: Schemas["DayTotals"][];
  height: number;
}

/** How the calls of these days ended. */
export function Outcomes({ days, height }: OutcomesProps) {
  const counts = OUTCOMES.map((outcome) => ({
    name: formatWord(outcome),
    value: days.reduce((sum, { totals }) => sum + totals[outcome], 0),
    color: COLOR_OF_OUTCOME[outcome] ?? "gray",
  })).filter(({ value }) => value > 0);
  const total = counts.reduce((sum, { value }) => sum + value, 0);
  if (total === 0) return <Center h={height}><Text size="sm" c="dimmed">No call has ended in these days.</Text></Center>;
  return (
    <Stack gap="sm" mih={height} justify="center">
      <Center aria-hidden>
        <RingProgress
          size={140} thickness={16} sections={counts.map(({ value, color }) => ({ value: (value / total) * 100, color }))}
          label={<Text ta="center" fw={640} fz={20} className="number">{formatNumber(total)}</Text>}
        />
      </Center>
      <Stack gap={4}>
        {counts.map(({ name, value, color }) => (
          <Group key={name} justify="space-between">
            <Group gap={8}><ColorSwatch size={10} color={`var(--mantine-color-${color.replace(".", "-")})`} withShadow={false} /><Text size="sm">{name}</Text></Group>
            <Text size="sm" className="number">{formatNumber(value)} <Text span c="dimmed" size="sm">({formatPercent(value / total)})</Text></Text>
          </Group>
        ))}
      </Stack>
    </Stack>
  );
}
