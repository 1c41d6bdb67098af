import { Checkbox, Fieldset, Group, SegmentedControl, SimpleGrid, Stack, Text } from "@mantine/core";
import { formatWord } from "@/ui/format";
import { MaybeNumberField, NumberField } from "@/ui/NumberField";
import { type Outcome, OUTCOMES, type RetryPolicy, type RetryRule } from "./rules";

const MINUTE = 60;
const WEEK_IN_MINUTES = 10_080;

type Way = "never" | "common" | "own";

const wayOf = ({ retry_on: common, by_outcome: own = {} }: RetryPolicy, outcome: Outcome): Way =>
  own[outcome] ? "own" : common.includes(outcome) ? "common" : "never";

/** The policy, with another way to try again after an outcome. */
function inWay(retry: RetryPolicy, outcome: Outcome, way: Way): RetryPolicy {
  const others = Object.fromEntries(Object.entries(retry.by_outcome ?? {}).filter(([known]) => known !== outcome));
  const rest = retry.retry_on.filter((known) => known !== outcome);
  const rule: RetryRule = {
    max_attempts: null, delay_secs: retry.delay_secs, backoff_percent: retry.backoff_percent ?? 100,
    other_time_of_day: retry.other_time_of_day ?? false, other_weekday: retry.other_weekday ?? false,
  };
  return {
    ...retry,
    retry_on: way === "never" ? rest : [...rest, outcome],
    by_outcome: way === "own" ? { ...others, [outcome]: rule } : others,
  };
}

interface RetryFieldsProps {
  retry: RetryPolicy;
  onChange: (retry: RetryPolicy) => void;
}

/** When somebody is tried again, for all outcomes together and for each alone. */
export function RetryFields({ retry, onChange }: RetryFieldsProps) {
  if (retry.max_attempts <= 1) return <Text size="sm">Nobody is called twice. Allow two attempts per person or more to try again.</Text>;
  const own = retry.by_outcome ?? {};
  return (
    <Stack>
      <Group align="flex-end">
        <NumberField
          label="Each wait, times the one before" description="1: all are the same; 2: doubles" min={1} max={10} step={0.5} per={100} value={retry.backoff_percent ?? 100} maw={240}
          onChange={(backoff_percent) => onChange({ ...retry, backoff_percent })}
        />
        <Stack gap="xs" pb={4}><Elsewhen rule={retry} onChange={(part) => onChange({ ...retry, ...part })} /></Stack>
      </Group>
      {OUTCOMES.map((outcome) => {
        const rule = own[outcome];
        const set = (part: Partial<RetryRule>) => rule && onChange({ ...retry, by_outcome: { ...own, [outcome]: { ...rule, ...part } } });
        return (
          <Fieldset key={outcome} legend={`After ${formatWord(outcome).toLowerCase()}`} radius="md">
            <SegmentedControl
              size="xs" aria-label={`After ${formatWord(outcome).toLowerCase()}`} value={wayOf(retry, outcome)} onChange={(way) => onChange(inWay(retry, outcome, way as Way))}
              data={[{ value: "never", label: "Never again" }, { value: "common", label: "As for all" }, { value: "own", label: "Its own way" }]}
            />
            {rule && (
              <Stack mt="sm">
                <SimpleGrid cols={{ base: 1, xs: 3 }}>
                  <MaybeNumberField
                    label="Attempts that may end so" description="Empty: all there are" min={1} max={10} value={rule.max_attempts} onChange={(max_attempts) => set({ max_attempts })}
                  />
                  <NumberField
                    label="Minutes to wait" description="From the end of the call" min={1} max={WEEK_IN_MINUTES} per={MINUTE} value={rule.delay_secs} onChange={(delay_secs) => set({ delay_secs })}
                  />
                  <NumberField
                    label="Each, times the last" description="1: all are the same" min={1} max={10} step={0.5} per={100} value={rule.backoff_percent} onChange={(backoff_percent) => set({ backoff_percent })}
                  />
                </SimpleGrid>
                <Group><Elsewhen rule={rule} onChange={set} /></Group>
              </Stack>
            )}
          </Fieldset>
        );
      })}
    </Stack>
  );
}

type Other = Partial<Pick<RetryRule, "other_time_of_day" | "other_weekday">>;

function Elsewhen({ rule, onChange }: { rule: Other; onChange: (part: Other) => void }) {
  return (
    <>
      <Checkbox label="At another time of day" checked={rule.other_time_of_day ?? false} onChange={(event) => onChange({ other_time_of_day: event.currentTarget.checked })} />
      <Checkbox label="On another day of the week" checked={rule.other_weekday ?? false} onChange={(event) => onChange({ other_weekday: event.currentTarget.checked })} />
    </>
  );
}
