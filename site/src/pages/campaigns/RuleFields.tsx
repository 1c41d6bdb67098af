// When and how often a campaign calls: the same fields for a new one and for one that runs.
import { Button, Checkbox, Group, MultiSelect, NumberInput, Select, SimpleGrid, Stack, Switch, Text, Textarea } from "@mantine/core";
import { TimeInput } from "@mantine/dates";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { formatWord } from "@/ui/format";
import { readDisclosure, writeDisclosure } from "./disclosure";
import { ANY_HOUR, type CallingHours, isAnyHour, type Span, spanOf, windowsOf } from "./hours";
import { longWeekday, ownTimeZone, shortWeekday, timeZones, WEEKDAYS } from "./words";

export interface Rules {
  rules: Schemas["CampaignRules"];
  retry: Schemas["RetryPolicy"];
  concurrency_limit: number | null;
  weight: number;
}

const DAYTIME: Span = { weekdays: [1, 2, 3, 4, 5], from: "09:00", to: "20:00" };

export const CAREFUL_RULES: Rules = {
  rules: {
    calling_hours: { windows: windowsOf(DAYTIME), zone_of_recipient: "column", unknown_zone: "skip", rules: "auto", holidays: true },
    frequency_caps: [],
    skip_called_within_days: null,
    spend_cap_cents: null,
    starts_per_minute: null,
    ramp_up_secs: null,
    consent: null,
    disclosure: null,
    purpose: "service",
    wishes: { opt_out_field: "opt_out", callback_field: "callback_at" },
    auto_pause: { within_secs: 120, at_least_calls: 5, failed_percent: 50, voicemail_percent: null, no_answer_percent: null, shortest_average_secs: null },
    more_phone_lines: [],
    more_agents: [],
  },
  retry: { max_attempts: 2, delay_secs: 3_600, retry_on: ["no_answer", "busy"] },
  concurrency_limit: null,
  weight: 10,
};

export const rulesOf = ({ rules, retry, concurrency_limit: limit, weight }: Schemas["Campaign"]): Rules => ({
  rules, retry, concurrency_limit: limit ?? null, weight,
});

/** What is wrong with the rules, by field. */
export function problemsOf({ rules, retry, concurrency_limit: limit }: Rules): Record<string, string> {
  const problems: Record<string, string> = {};
  const span = spanOf(rules.calling_hours.windows);
  const days = Object.values(rules.calling_hours.windows).flat();
  if (days.length === 0) problems["hours"] = "Choose at least one weekday";
  if (span && !/^\d\d:\d\d-\d\d:\d\d$/.test(`${span.from}-${span.to}`)) problems["hours"] = "Give both hours";
  if (span && span.from === span.to) problems["hours"] = "The hours are empty: choose a later end";
  if (retry.max_attempts < 1 || retry.max_attempts > 10) problems["retry"] = "1 to 10 attempts";
  if (retry.max_attempts > 1 && retry.retry_on.length === 0) problems["retry"] = "Choose after what to try again";
  if (limit !== null && (limit < 1 || limit > 1_000)) problems["limit"] = "1 to 1,000";
  return problems;
}

const OUTCOMES: Schemas["CallOutcome"][] = ["no_answer", "busy", "voicemail", "failed"];
const WEEK = 7 * 24;

export function RuleFields({ rules: all, onChange }: { rules: Rules; onChange: (rules: Rules) => void }) {
  const { rules, retry } = all;
  const problems = problemsOf(all);
  const setRules = (part: Partial<Schemas["CampaignRules"]>) => onChange({ ...all, rules: { ...rules, ...part } });
  const setRetry = (part: Partial<Schemas["RetryPolicy"]>) => onChange({ ...all, retry: { ...retry, ...part } });
  const weekly = rules.frequency_caps?.find(({ hours }) => hours === WEEK);
  const otherCaps = (rules.frequency_caps ?? []).filter(({ hours }) => hours !== WEEK);
  return (
    <Stack gap="lg">
      <HourFields hours={rules.calling_hours} problem={problems["hours"]} onChange={(calling_hours) => setRules({ calling_hours })} />
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
      {retry.max_attempts > 1 && (
        <Group>
          <Checkbox label="At another time of day" checked={retry.other_time_of_day ?? false} onChange={(event) => setRetry({ other_time_of_day: event.currentTarget.checked })} />
          <Checkbox label="On another day of the week" checked={retry.other_weekday ?? false} onChange={(event) => setRetry({ other_weekday: event.currentTarget.checked })} />
        </Group>
      )}
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <NumberInput
          label="Calls at one time" description="Empty: only the queue's limit" min={1} max={1_000} value={all.concurrency_limit ?? ""} error={problems["limit"]}
          onChange={(value) => onChange({ ...all, concurrency_limit: value === "" ? null : Number(value) })}
        />
        <NumberInput
          label="Calls to one person a week" description="Over all campaigns; empty: no cap" min={1} max={100} value={weekly?.calls ?? ""}
          onChange={(value) => setRules({ frequency_caps: value === "" ? otherCaps : [...otherCaps, { calls: Number(value), hours: WEEK }] })}
        />
        <NumberInput
          label="Cost at most" description="US dollars; empty: no cap" min={0} decimalScale={2} prefix="$" value={rules.spend_cap_cents != null ? rules.spend_cap_cents / 100 : ""}
          onChange={(value) => setRules({ spend_cap_cents: value === "" ? null : Math.round(Number(value) * 100) })}
        />
        <NumberInput
          label="Weight" description="Its share of the slots beside others" min={1} max={100} value={all.weight} clampBehavior="strict"
          onChange={(value) => onChange({ ...all, weight: Number(value) || 1 })}
        />
        <NumberInput
          label="Not if called within" description="Days, by anybody; empty: never mind" min={1} max={30} value={rules.skip_called_within_days ?? ""}
          onChange={(value) => setRules({ skip_called_within_days: value === "" ? null : Number(value) })}
        />
        <NumberInput
          label="Dials a minute" description="Empty: as fast as slots are free" min={1} max={60_000} value={rules.starts_per_minute ?? ""}
          onChange={(value) => setRules({ starts_per_minute: value === "" ? null : Number(value) })}
        />
      </SimpleGrid>
      <FirstWords disclosure={rules.disclosure} onChange={(disclosure) => setRules({ disclosure })} />
    </Stack>
  );
}

interface FirstWordsProps {
  disclosure: Schemas["Disclosure"] | null | undefined;
  onChange: (disclosure: Schemas["Disclosure"] | null) => void;
}

/** The text stays as it is typed; what it asks for follows it. */
function FirstWords({ disclosure, onChange }: FirstWordsProps) {
  const [text, setText] = useState(writeDisclosure(disclosure));
  return (
    <Textarea
      label="The agent's first words must have" autosize minRows={2} maxRows={6} value={text}
      description="A line for each thing, its ways between bars: AI assistant | virtual assistant. Empty: nothing is looked for"
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        onChange(readDisclosure(value));
      }}
    />
  );
}

interface HourFieldsProps {
  hours: CallingHours;
  problem: string | undefined;
  onChange: (hours: CallingHours) => void;
}

function HourFields({ hours, problem, onChange }: HourFieldsProps) {
  const limited = !isAnyHour(hours.windows);
  const span = limited ? spanOf(hours.windows) ?? (Object.values(hours.windows).flat().length === 0 ? { ...DAYTIME, weekdays: [] } : null) : null;
  const setSpan = (part: Partial<Span>) => span && onChange({ ...hours, windows: windowsOf({ ...span, ...part }) });
  const zone = typeof hours.unknown_zone === "string" ? null : hours.unknown_zone.use_campaign_zone;
  return (
    <div>
      <Switch
        label="Only at certain hours" checked={limited} mb="sm"
        onChange={(event) => onChange({ ...hours, windows: event.currentTarget.checked ? windowsOf(DAYTIME) : ANY_HOUR })}
      />
      <Stack gap="sm">
        {span && (
          <>
            <Checkbox.Group
              label="Weekdays" value={span.weekdays.map(String)} error={problem}
              onChange={(days) => setSpan({ weekdays: days.map(Number).sort() })}
            >
              <Group gap="md" mt={6}>{WEEKDAYS.map((day) => <Checkbox key={day} value={String(day)} label={shortWeekday(day)} aria-label={longWeekday(day)} />)}</Group>
            </Checkbox.Group>
            <SimpleGrid cols={{ base: 1, xs: 3 }}>
              <TimeInput label="From" value={span.from} onChange={(event) => setSpan({ from: event.currentTarget.value })} />
              <TimeInput label="To" value={span.to === "24:00" ? "00:00" : span.to} onChange={(event) => setSpan({ to: event.currentTarget.value })} />
            </SimpleGrid>
          </>
        )}
        {limited && !span && (
          <Group>
            <Text size="sm">These hours differ from day to day. They were set by a script, and stay as they are.</Text>
            <Button size="compact-sm" variant="default" onClick={() => onChange({ ...hours, windows: windowsOf(DAYTIME) })}>Set plain hours</Button>
          </Group>
        )}
        <Text size="sm" c="dimmed">
          {limited ? "By each person's own clock: from the time zone column, else from the number." : "People are called at any hour that the rules of their country allow."}
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          <Select
            label="Rules of the country" allowDeselect={false} value={hours.rules === "auto" ? "auto" : "own"}
            data={[{ value: "auto", label: "Each person's own" }, { value: "own", label: hours.rules !== "auto" && hours.rules.only.length > 0 ? hours.rules.only.join(", ") : "None" }]}
            onChange={(value) => onChange({ ...hours, rules: value === "auto" ? "auto" : { only: [] } })}
          />
          <Select
            label="Unknown time zone" allowDeselect={false} value={zone ? "use" : "skip"}
            data={[{ value: "skip", label: "Do not call" }, { value: "use", label: "Take a zone of ours" }]}
            onChange={(value) => onChange({ ...hours, unknown_zone: value === "use" ? { use_campaign_zone: ownTimeZone() } : "skip" })}
          />
          {zone && (
            <Select label="That zone" data={timeZones()} searchable allowDeselect={false} value={zone} onChange={(next) => next && onChange({ ...hours, unknown_zone: { use_campaign_zone: next } })} />
          )}
        </SimpleGrid>
        <Switch label="Keep the holidays of the rules" checked={hours.holidays} onChange={(event) => onChange({ ...hours, holidays: event.currentTarget.checked })} />
      </Stack>
    </div>
  );
}
