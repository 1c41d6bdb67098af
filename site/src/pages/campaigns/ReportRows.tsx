import { Progress, Table, Text } from "@mantine/core";
import type { Schemas } from "@/api/client";
import { formatDollars, formatDuration, formatNumber, formatPercent, formatWord } from "@/ui/format";

type Row = Schemas["ReportRow"];

const HEADS: Record<Schemas["ReportBy"], string> = {
  outcome: "Outcome", hour: "Hour", attempt: "Attempt", agent: "Agent", line: "Line", variable: "Value",
};

/** The calls told apart by one thing: a bar shows how many there are. */
export function ReportRows({ table }: { table: Schemas["ReportTable"] }) {
  const { rows, rest, without } = table;
  if (rows.length === 0 && !without) return <Text size="sm" c="dimmed">No call has ended yet.</Text>;
  const all = [...rows, ...(rest ? [rest] : []), ...(without ? [without] : [])];
  const most = Math.max(...all.map(({ calls }) => calls));
  return (
    <Table.ScrollContainer minWidth={520} type="native">
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{table.variable ?? HEADS[table.by]}</Table.Th>
            <Table.Th>Calls</Table.Th>
            <Table.Th ta="right">Answered</Table.Th>
            <Table.Th ta="right">Successes</Table.Th>
            <Table.Th ta="right">Talk</Table.Th>
            <Table.Th ta="right">Cost</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => <Line key={row.key} name={nameOf(table.by, row)} row={row} most={most} />)}
          {rest && <Line name="All others" row={rest} most={most} quiet />}
          {without && <Line name="Not known" row={without} most={most} quiet />}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function nameOf(by: Schemas["ReportBy"], row: Row): string {
  switch (by) {
    case "outcome":
      return formatWord(row.key);
    case "hour":
      return `${row.key}:00`;
    case "variable":
      return row.key === "" ? "Empty" : row.key;
    case "attempt":
    case "agent":
    case "line":
      return row.label ?? row.key;
  }
}

function Line({ name, row, most, quiet }: { name: string; row: Row; most: number; quiet?: boolean }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={450} maw={260}><Text size="sm" c={quiet ? "dimmed" : undefined} truncate title={name}>{name}</Text></Table.Th>
      <Table.Td miw={120}>
        <Text size="sm" className="number">{formatNumber(row.calls)}</Text>
        <Progress value={(row.calls / most) * 100} size={4} aria-hidden />
      </Table.Td>
      <Rate count={row.answered} share={row.answer_rate} />
      <Rate count={row.successes} share={row.success_rate} />
      <Table.Td ta="right" className="number">{row.average_talk_secs != null ? formatDuration(row.average_talk_secs) : "–"}</Table.Td>
      <Table.Td ta="right" className="number">{formatDollars(row.cost_usd)}</Table.Td>
    </Table.Tr>
  );
}

function Rate({ count, share }: { count: number; share: number | null | undefined }) {
  return (
    <Table.Td ta="right" className="number">
      {formatNumber(count)} {share != null && <Text span size="sm" c="dimmed">({formatPercent(share)})</Text>}
    </Table.Td>
  );
}
