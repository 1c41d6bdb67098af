import { Button, Checkbox, Group, Select, SimpleGrid, Stack, Switch, Text } from "@mantine/core";
import { TimeInput } from "@mantine/dates";
import { ANY_HOUR, type CallingHours, isAnyHour, type Span, spanOf, windowsOf } from "./hours";
import { longWeekday, ownTimeZone, shortWeekday, timeZones, WEEKDAYS } from "./words";

const DAYTIME: Span = { weekdays: [1, 2, 3, 4, 5], from: "09:00", to: "20:00" };

interface HourFieldsProps {
  hours: CallingHours;
  problem: string | undefined;
  onChange: (hours: CallingHours) => void;
}

export function HourFields({ hours, problem, onChange }: HourFieldsProps) {
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
          {limited ? "By each person's own clock: from the time zone column, else from the number." : hours.rules !== "auto" && hours.rules.only.length === 0 ? "People are called at any hour of day and night." : "People are called at any hour that the rules of their country allow."}
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
