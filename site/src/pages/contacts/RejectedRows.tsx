import { Table, Text } from "@mantine/core";
import type { Schemas } from "@/api/client";

/** Rows that were not taken: where, what is written there, why. */
export function RejectedRows({ rows }: { rows: Schemas["RejectedSample"][] }) {
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table>
        <Table.Thead>
          <Table.Tr><Table.Th>Line</Table.Th><Table.Th>Column</Table.Th><Table.Th>Value</Table.Th><Table.Th>Why</Table.Th></Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={`${row.line} ${row.column ?? ""}`}>
              <Table.Td>{row.line}</Table.Td>
              <Table.Td>{row.column}</Table.Td>
              <Table.Td><Text size="sm" ff="monospace" truncate maw={260}>{row.value}</Text></Table.Td>
              <Table.Td>{row.explanation}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
