import { Group, Progress, Text } from "@mantine/core";
import type { Schemas } from "@/api/client";
import { finishedOf } from "@/api/campaigns";
import { COLOR_OF_OUTCOME } from "./Status";
import { formatNumber, formatPercent, formatWord } from "./format";

type Counts = Schemas["CampaignCounts"];

export const COUNTED = [
  "completed", "voicemail", "no_answer", "busy", "failed", "skipped", "removed", "cancelled", "calling", "queued", "pending",
] as const satisfies readonly (keyof Counts)[];

/** How far a campaign is, coloured by what came of it. */
export function CampaignProgress({ counts, size = 10 }: { counts: Counts; size?: number }) {
  const finished = finishedOf(counts);
  const share = counts.total > 0 ? finished / counts.total : 0;
  const label = `${formatNumber(finished)} of ${formatNumber(counts.total)} done`;
  return (
    <div>
      <Progress.Root size={size} radius="xl" role="progressbar" aria-valuenow={Math.round(share * 100)} aria-valuemin={0} aria-valuemax={100} aria-label={label}>
        {COUNTED.filter((state) => state !== "pending" && state !== "queued" && counts[state] > 0).map((state) => (
          <Progress.Section
            key={state} value={(counts[state] / counts.total) * 100} color={COLOR_OF_OUTCOME[state] ?? "gray"}
            title={`${formatWord(state)}: ${formatNumber(counts[state])}`} withAria={false}
          />
        ))}
      </Progress.Root>
      <Group justify="space-between" mt={5}>
        <Text size="xs" c="dimmed" className="number">{label}</Text>
        <Text size="xs" c="dimmed" className="number">{formatPercent(share)}</Text>
      </Group>
    </div>
  );
}
