import { Radio, Select, SimpleGrid, Stack, Title } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import "@mantine/dates/styles.css";
import type { ContactList } from "@/api/contacts";
import type { Draft } from "./draft";
import { RuleFields } from "./rules/RuleFields";
import type { CampaignRules } from "./rules/rules";
import { timeZones } from "./rules/words";
import type { StepProps } from "./StepWho";

interface StepScheduleProps extends StepProps {
  defaults: CampaignRules;
  chosen: ContactList[];
}

export function StepSchedule({ draft, problems, onChange, defaults, chosen }: StepScheduleProps) {
  return (
    <Stack gap="xl" maw={720}>
      <Stack gap="sm">
        <Radio.Group label="Begin" value={draft.start} onChange={(start) => onChange({ ...draft, start: start as Draft["start"] })}>
          <Stack gap="xs" mt={6}>
            <Radio value="now" label="Now" description="Within the hours below" />
            <Radio value="at" label="At a moment" />
            <Radio value="draft" label="Later: keep it as a draft" />
          </Stack>
        </Radio.Group>
        {draft.start === "at" && (
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <DateTimePicker
              label="Day and time" valueFormat="D MMM YYYY HH:mm" value={draft.startAt} error={problems["startAt"]} minDate={new Date()}
              onChange={(startAt) => onChange({ ...draft, startAt })}
            />
            <Select label="In time zone" data={timeZones()} searchable allowDeselect={false} value={draft.startZone} onChange={(zone) => zone && onChange({ ...draft, startZone: zone })} />
          </SimpleGrid>
        )}
      </Stack>
      <div>
        <Title order={2} mb="md">Rules</Title>
        <RuleFields
          rules={draft.rules} defaults={defaults} called={{ agentId: draft.agentId, lineId: draft.lineId, lists: chosen }}
          onChange={(rules) => onChange({ ...draft, rules })}
        />
      </div>
    </Stack>
  );
}
