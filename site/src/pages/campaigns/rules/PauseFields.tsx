import { Group, SimpleGrid, Stack, Switch, Text } from "@mantine/core";
import { NumberField } from "@/ui/NumberField";
import type { CampaignRules } from "./rules";

type AutoPause = CampaignRules["auto_pause"];
type Cause = "failed_percent" | "voicemail_percent" | "no_answer_percent" | "shortest_average_secs" | "provider_down_secs" | "least_credits";

const CAUSES: { cause: Cause; label: string; threshold: string; unit: string; suggested: number; least?: number; most: number }[] = [
  { cause: "failed_percent", label: "Calls fail", threshold: "Percent that fail", unit: " %", suggested: 50, most: 100 },
  { cause: "voicemail_percent", label: "Machines answer", threshold: "Percent that machines answer", unit: " %", suggested: 60, most: 100 },
  { cause: "no_answer_percent", label: "Nobody answers", threshold: "Percent that nobody answers", unit: " %", suggested: 80, most: 100 },
  { cause: "shortest_average_secs", label: "Answered calls are too short", threshold: "Seconds they last at least on average", unit: " s", suggested: 10, most: 3_600 },
  { cause: "provider_down_secs", label: "The platform does not answer", threshold: "Seconds that the platform does not answer", unit: " s", suggested: 300, least: 30, most: 86_400 },
  { cause: "least_credits", label: "Credits run out", threshold: "Credits that are left at least", unit: "", suggested: 1_000, most: 1_000_000_000 },
];

interface PauseFieldsProps {
  pause: AutoPause;
  usual: AutoPause;
  problem: string | undefined;
  onChange: (pause: AutoPause) => void;
}

/** When a campaign pauses by itself, cause by cause. */
export function PauseFields({ pause, usual, problem, onChange }: PauseFieldsProps) {
  const set = (part: Partial<AutoPause>) => onChange({ ...pause, ...part });
  return (
    <Stack>
      <Text size="sm" c="dimmed">Something plainly wrong pauses the campaign, and its page says what. One click resumes it. So does the cap on its cost.</Text>
      {CAUSES.map(({ cause, label, threshold, unit, suggested, least = 1, most }) => {
        const value = pause[cause];
        const first = usual[cause];
        return (
          <Group key={cause} justify="space-between" align="center" gap="sm" wrap="nowrap">
            <Switch
              label={label} description={first == null ? "By default it does not pause" : `By default it pauses at ${first}${unit}`} checked={value != null}
              onChange={(event) => set({ [cause]: event.currentTarget.checked ? (first ?? suggested) : null })}
            />
            {value != null && (
              <NumberField
                aria-label={threshold} title={threshold} min={least} max={most} suffix={unit} value={value} w={110} flex="none" onChange={(next) => set({ [cause]: next })}
              />
            )}
          </Group>
        );
      })}
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NumberField
          label="Looks back on" description={`Seconds; ${usual.within_secs} by default`} min={10} max={3_600} value={pause.within_secs} error={problem} onChange={(within_secs) => set({ within_secs })}
        />
        <NumberField
          label="And at calls, at least" description={`Fewer say nothing; ${usual.at_least_calls} by default`} min={1} max={200} value={pause.at_least_calls} onChange={(at_least_calls) => set({ at_least_calls })}
        />
      </SimpleGrid>
    </Stack>
  );
}
