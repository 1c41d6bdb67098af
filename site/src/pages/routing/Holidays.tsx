import "@mantine/dates/styles.css";
import { ActionIcon, Group, Stack, Text } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import { IconCalendarPlus, IconX } from "@tabler/icons-react";
import { saveReception } from "@/api/inbound";
import type { ReceptionSettings } from "@/api/reception";
import { useMay } from "@/session/me";
import { useAct } from "@/ui/act";
import { formatDate } from "@/ui/format";
import { Section } from "@/ui/states";

/** The days on which holiday rules hold. */
export function Holidays({ settings }: { settings: ReceptionSettings }) {
  const manages = useMay("admin");
  const days = [...settings.holidays].sort();
  const save = useAct({
    run: (holidays: string[]) => saveReception({ ...settings, holidays }),
    touches: [["reception-settings"]],
  });
  return (
    <Section title="Holidays">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">Rules may hold on these days only, or on all others.</Text>
        {days.length === 0 ? <Text size="sm">None yet.</Text> : (
          <Stack component="ul" gap={4} m={0} p={0} style={{ listStyle: "none" }} aria-label="Holidays">
            {days.map((day) => (
              <Group key={day} component="li" justify="space-between" wrap="nowrap">
                <Text size="sm" className="number">{formatDate(day)}</Text>
                {manages && (
                  <ActionIcon variant="subtle" color="gray" size={26} aria-label={`Take away ${formatDate(day)}`} disabled={save.isPending} onClick={() => save.mutate(days.filter((one) => one !== day))}>
                    <IconX size={15} />
                  </ActionIcon>
                )}
              </Group>
            ))}
          </Stack>
        )}
        {manages && (
          <DatePickerInput
            label="Add a day" placeholder="Choose a day" leftSection={<IconCalendarPlus size={16} />} valueFormat="D MMM YYYY" value={null} disabled={save.isPending}
            onChange={(day) => day && save.mutate([...new Set([...days, day])].sort())}
          />
        )}
      </Stack>
    </Section>
  );
}
