// Bars by hand, as on the dashboard: see docs/decisions/0010.
import { Center, ColorSwatch, Group, Text, Tooltip } from "@mantine/core";
import { formatDay, formatMoment, formatNumber } from "@/ui/format";
import "@/pages/dashboard/trend.css";

interface BarsProps {
  /** What the bars count. */
  name: string;
  /** What their lower part counts, where there is one. */
  part?: string;
  points: { from: string; value: number; part: number }[];
  byDay: boolean;
  /** More of it is worse. */
  bad?: boolean;
  height: number;
}

const LABELS = 6;
const hour = new Intl.DateTimeFormat(navigator.language, { hour: "2-digit", minute: "2-digit" });

/** Something by hour or day. */
export function Bars({ name, part, points, byDay, bad = false, height }: BarsProps) {
  const most = Math.max(0, ...points.map(({ value }) => value));
  if (most === 0) return <Center h={height}><Text size="sm" c="dimmed">Nothing in this span.</Text></Center>;
  const top = Math.max(4, most);
  const every = Math.ceil(points.length / LABELS);
  const when = (from: string) => (byDay ? formatDay(from.slice(0, 10)) : formatMoment(from));
  const color = bad ? "var(--mantine-color-red-6)" : "var(--mantine-color-teal-6)";
  const rest = "light-dark(#c9cfdd, #3d4557)";
  const sum = points.reduce((total, { value }) => total + value, 0);
  return (
    <div>
      <div className="trend" style={{ height }} role="img" aria-label={`${name} by ${byDay ? "day" : "hour"}: ${formatNumber(sum)} in all, at most ${formatNumber(most)}`}>
        <div className="trend-axis" aria-hidden>
          {[top, top / 2, 0].map((value) => <Text key={value} span size="xs" c="dimmed">{formatNumber(value)}</Text>)}
        </div>
        <div className="trend-days" style={{ gap: points.length > 60 ? 1 : undefined }} aria-hidden>
          {points.map(({ from, value, part: lower }, index) => (
            <Tooltip key={from} withArrow={false} position="top" multiline label={<><b>{when(from)}</b><div>{name}: {formatNumber(value)}</div>{part && <div>{part}: {formatNumber(lower)}</div>}</>}>
              <div className="trend-day">
                <div className="trend-bar">
                  <span style={{ height: `${((value - (part ? lower : value)) / top) * 100}%`, background: rest }} />
                  <span style={{ height: `${((part ? lower : value) / top) * 100}%`, background: color }} />
                </div>
                <Text span size="xs" c="dimmed" className="trend-label">{(points.length - 1 - index) % every === 0 ? (byDay ? formatDay(from.slice(0, 10)) : hour.format(new Date(from))) : "\u00a0"}</Text>
              </div>
            </Tooltip>
          ))}
        </div>
      </div>
      {part && (
        <Group gap="md" mt="xs" justify="center">
          {[[part, color], ["Others", rest]].map(([label, swatch]) => (
            <Group key={label} gap={6}><ColorSwatch size={10} color={swatch ?? ""} withShadow={false} /><Text size="xs" c="dimmed">{label}</Text></Group>
          ))}
        </Group>
      )}
    </div>
  );
}
