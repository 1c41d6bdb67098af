import "@mantine/dates/styles.css";
import { DatePickerInput } from "@mantine/dates";
import { IconCalendar } from "@tabler/icons-react";
import { useState } from "react";

interface DayRangeProps {
  from: string | undefined;
  to: string | undefined;
  onChange: (range: { from?: string; to?: string }) => void;
}

/** First and last day. It comes a moment after the list: a calendar is heavy. */
export default function DayRange({ from, to, onChange }: DayRangeProps) {
  const range: [string | null, string | null] = [from ?? null, to ?? null];
  // While only the first day is picked, nothing is filtered yet.
  const [picked, setPicked] = useState(range);
  const between = picked[0] !== null && picked[1] === null;
  return (
    <DatePickerInput
      type="range" placeholder="Any day" aria-label="Days" clearable flex="1 1 170px" leftSection={<IconCalendar size={16} />} allowSingleDateInRange
      value={between ? picked : range} valueFormat="D MMM YYYY"
      onChange={(days) => {
        setPicked(days);
        const [first, last] = days;
        if ((first === null) === (last === null)) onChange({ from: first ?? undefined, to: last ?? undefined });
      }}
    />
  );
}
