// When and how often a campaign calls: the same fields for a new one and for one that runs.
import { Checkbox, Group, MultiSelect, NumberInput, Select, SimpleGrid, Stack, Switch, Text } from "@mantine/core";
import { TimeInput } from "@mantine/dates";
import type { Schemas } from "@/api/client";
import { formatWord } from "@/ui/format";
import { longWeekday, ownTimeZone, shortWeekday, timeZones, WEEKDAYS } from "./words";

export interface Rules {
  window: Schemas["CallingWindow"] | null;
  retry: Schemas["RetryPolicy"];
  concurrency_limit: number | null;
}

export const CAREFUL_RULES: Rules = {
  window: { weekdays: [1, 2, 3, 4, 5], from: "09:00", to: "20:00", time_zone: ownTimeZone() },
  retry: { max_attempts: 2, delay_secs: 3_600, retry_on: ["no_answer", "busy"] },
  concurrency_limit: null,
};

/** What is wrong with the rules, by field. */
export function problemsOf({ window, retry, concurrency_limit: limit }: Rules): Record<string, string> {
  const problems: Record<string, string> = {};
  if (window && window.weekdays.length === 0) problems["window"] = "Choose at least one weekday";
  if (window && (!/^\d\d:\d\d$/.test(window.from) || !/^\d\d:\d\d$/.test(window.to))) problems["window"] = "Give both hours";
  if (window && window.from === window.to) problems["window"] = "The hours are empty: choose a later end";
  if (retry.max_attempts < 1 || retry.max_attempts > 10) problems["retry"] = "1 to 10 attempts";
  if (retry.max_attempts > 1 && retry.retry_on.length === 0) problems["retry"] = "Choose after what to try again";
  if (limit !== null && (limit < 1 || limit > 1_000)) problems["limit"] = "1 to 1,000";
  return problems;
}

const OUTCOMES: Schemas["CallOutcome"][] = ["no_answer", "busy", "voicemail", "failed"];

export function RuleFields({ rules, onChange }: { rules: Rules; onChange: (rules: Rules) => void }) {
  const { window, retry } = rules;
  const problems = problemsOf(rules);
  const setWindow = (part: Partial<Schemas["CallingWindow"]>) => window && onChange({ ...rules, window: { ...window, ...part } });
  const setRetry = (part: Partial<Schemas["RetryPolicy"]>) => onChange({ ...rules, retry: { ...retry, ...part } });
  return (
    <Stack gap="lg">
      <div>
        <Switch
          label="Only at certain hours" checked={window !== null} mb="sm"
          onChange={(event) => onChange({ ...rules, window: event.currentTarget.checked ? CAREFUL_RULES.window : null })}
        />
        {window ? (
          <Stack gap="sm">
            <Checkbox.Group
              label="Weekdays" value={window.weekdays.map(String)} error={problems["window"]}
              onChange={(days) => setWindow({ weekdays: days.map(Number).sort() })}
            >
              <Group gap="md" mt={6}>{WEEKDAYS.map((day) => <Checkbox key={day} value={String(day)} label={shortWeekday(day)} aria-label={longWeekday(day)} />)}</Group>
            </Checkbox.Group>
            <SimpleGrid cols={{ base: 1, xs: 3 }}>
              <TimeInput label="From" value={window.from} onChange={(event) => setWindow({ from: event.currentTarget.value })} />
              <TimeInput label="To" value={window.to} onChange={(event) => setWindow({ to: event.currentTarget.value })} />
              <Select label="Time zone" data={timeZones()} searchable allowDeselect={false} value={window.time_zone} onChange={(zone) => zone && setWindow({ time_zone: zone })} />
            </SimpleGrid>
          </Stack>
        ) : (
          <Text size="sm" c="dimmed">People are called at any hour of day and night.</Text>
        )}
      </div>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <NumberInput
          label="Attempts per person" min={1} max={10} value={retry.max_attempts} error={problems["retry"]} clampBehavior="strict"
          onChange={(value) => setRetry({ max_attempts: Number(value) || 1 })}
        />
        <NumberInput
          label="Minutes between attempts" min={1} max={10_080} value={Math.round(retry.delay_secs / 60)} disabled={retry.max_attempts <= 1}
          onChange={(value) => setRetry({ delay_secs: (Number(value) || 1) * 60 })}
        />
        <MultiSelect
          label="Try again after" data={OUTCOMES.map((value) => ({ value, label: formatWord(value) }))} value={retry.retry_on}
          disabled={retry.max_attempts <= 1} onChange={(outcomes) => setRetry({ retry_on: outcomes as Schemas["CallOutcome"][] })}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <NumberInput
          label="Calls at one time" description="Empty: only the queue's limit" min={1} max={1_000} value={rules.concurrency_limit ?? ""} error={problems["limit"]}
          onChange={(value) => onChange({ ...rules, concurrency_limit: value === "" ? null : Number(value) })}
        />
      </SimpleGrid>
    </Stack>
  );
}
