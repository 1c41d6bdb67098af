// Bars by hand: a chart library is half of what the whole first load may weigh.
import { ColorSwatch, Group, Text, Tooltip } from "@mantine/core";
import type { Schemas } from "@/api/client";
import { formatDay, formatNumber } from "@/ui/format";
import "./trend.css";

interface TrendProps {
  days: Schemas["DayTotals"][];
  height: number;
}

const PARTS = [
  { name: "Success", color: "var(--mantine-color-teal-6)", of: (day: Schemas["CallTotals"]) => day.success },
  { name: "Completed", color: "var(--mantine-color-blue-4)", of: (day: Schemas["CallTotals"]) => day.completed - day.success },
  { name: "Not reached", color: "light-dark(#c9cfdd, #3d4557)", of: (day: Schemas["CallTotals"]) => day.no_answer + day.busy + day.voicemail },
  { name: "Failed", color: "var(--mantine-color-red-6)", of: (day: Schemas["CallTotals"]) => day.failed },
];

/** The next round number of calls above a day's most, so that the axis has an end people can read. */
function ceiling(most: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, most))));
  return Math.max(4, ([1, 2, 5, 10].find((times) => times * step >= most) ?? 10) * step);
}

/** Calls per day, by what came of them. */
export function Trend({ days, height }: TrendProps) {
  const sorted = [...days].sort((a, b) => a.date.localeCompare(b.date));
  const ended = (totals: Schemas["CallTotals"]) => PARTS.reduce((sum, part) => sum + part.of(totals), 0);
  const top = ceiling(Math.max(0, ...sorted.map(({ totals }) => ended(totals))));
  const every = Math.ceil(sorted.length / 7);
  return (
    <div>
      <div className="trend" style={{ height }} role="img" aria-label={`Calls per day, ${sorted.length} days: ${sorted.map(({ date, totals }) => `${formatDay(date)} ${totals.calls}`).join(", ")}`}>
        <div className="trend-axis" aria-hidden>
          {[top, top / 2, 0].map((value) => <Text key={value} span size="xs" c="dimmed">{formatNumber(value)}</Text>)}
        </div>
        <div className="trend-days" aria-hidden>
          {sorted.map(({ date, totals }, index) => (
            <Tooltip
              key={date} withArrow={false} position="top" multiline
              label={<><b>{formatDay(date)}</b>{PARTS.map((part) => <div key={part.name}>{part.name}: {formatNumber(part.of(totals))}</div>)}</>}
            >
              <div className="trend-day">
                <div className="trend-bar">
                  {[...PARTS].reverse().map((part) => (
                    <span key={part.name} style={{ height: `${(part.of(totals) / top) * 100}%`, background: part.color }} />
                  ))}
                </div>
                <Text span size="xs" c="dimmed" className="trend-label" data-second={((sorted.length - 1 - index) / every) % 2 === 1 || undefined}>{(sorted.length - 1 - index) % every === 0 ? formatDay(date) : "\u00a0"}</Text>
              </div>
            </Tooltip>
          ))}
        </div>
      </div>
      <Group gap="md" mt="xs" justify="center">
        {PARTS.map(({ name, color }) => (
          <Group key={name} gap={6}><ColorSwatch size={10} color={color} withShadow={false} /><Text size="xs" c="dimmed">{name}</Text></Group>
        ))}
      </Group>
    </div>
  );
}
