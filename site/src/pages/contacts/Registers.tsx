import { Badge, Button, Table } from "@mantine/core";
import { api, type Schemas } from "@/api/client";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { ask } from "@/ui/confirm";
import { formatCount, formatDay, formatNumber } from "@/ui/format";
import { Section } from "@/ui/states";
import { Moment } from "@/ui/Time";

/** The registers that numbers were imported from, and how old their newest files are. */
export function Registers({ registers }: { registers: Schemas["RegisterAnswer"][] }) {
  const forget = useAct({
    run: ({ register_id }: Schemas["RegisterAnswer"]) => api.DELETE("/api/do-not-call-registers/{register_id}", { params: { path: { register_id } } }),
    done: (_, { source }) => `Nobody is warned of “${source}” any more.`,
    touches: [["do-not-call"]],
  });
  return (
    <Section title="Registers">
      <Table.ScrollContainer minWidth={0} type="native">
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Register</Table.Th><Table.Th>Date of its file</Table.Th><Table.Th visibleFrom="sm">Imported</Table.Th>
              <Table.Th visibleFrom="sm">Numbers</Table.Th><Table.Th><span className="sr-only">Actions</span></Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {registers.map((register) => (
              <Table.Tr key={register.register_id}>
                <Table.Td>{register.source}</Table.Td>
                <Table.Td>
                  {formatDay(register.source_date)}{" "}
                  {register.outdated && <Badge color="orange" size="sm">{formatCount(register.age_days, "day")} old</Badge>}
                </Table.Td>
                <Table.Td visibleFrom="sm"><Moment at={register.imported_at} /></Table.Td>
                <Table.Td visibleFrom="sm">{formatNumber(register.numbers)}</Table.Td>
                <Table.Td ta="right">
                  <For role="admin">
                    <Button
                      size="compact-sm" variant="default"
                      onClick={() =>
                        ask({
                          title: `Forget “${register.source}”?`, confirm: "Forget", danger: true,
                          children: "Its numbers stay on the list, and nobody is warned any more when it is out of date. Do this only when you do not go by it any more.",
                          onConfirm: () => forget.mutate(register),
                        })
                      }
                    >
                      Forget
                    </Button>
                  </For>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}
