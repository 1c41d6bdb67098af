import { Button, Group, Table, Text } from "@mantine/core";
import { type Callback, changeCallback } from "@/api/callbacks";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { formatPhone } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Dot } from "@/ui/Status";
import { Ago, Moment, useNow } from "@/ui/Time";
import { isOverdue } from "./callback";
import "./callbacks.css";

interface CallbackTableProps {
  callbacks: Callback[];
  onCall: (callback: Callback) => void;
  onChange: (callback: Callback) => void;
}

export function CallbackTable({ callbacks, onCall, onChange }: CallbackTableProps) {
  const finish = useAct({
    run: ({ callback_id: id, status }: Callback) => changeCallback(id, { status: status === "done" ? "due" : "done" }),
    done: ({ status }) => (status === "done" ? "Done." : "It is due again."),
    touches: [["callbacks"]],
  });
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Whom</Table.Th><Table.Th>When</Table.Th><Table.Th visibleFrom="sm">About</Table.Th><Table.Th visibleFrom="md">Who does it</Table.Th>
            <Table.Th><span className="sr-only">Actions</span></Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {callbacks.map((callback) => (
            <Table.Tr key={callback.callback_id}>
              <Table.Td><Whom callback={callback} /></Table.Td>
              <Table.Td><When callback={callback} /></Table.Td>
              <Table.Td visibleFrom="sm"><About callback={callback} /></Table.Td>
              <Table.Td visibleFrom="md"><Text size="sm">{callback.assigned_to ?? ""}</Text></Table.Td>
              <Table.Td>
                <For role="operator">
                  <Group gap={6} justify="flex-end" wrap="nowrap" className="callback-deeds">
                    {callback.status !== "done" && <Button size="compact-sm" aria-label={`Call now: ${whoOf(callback)}`} onClick={() => onCall(callback)}>Call now</Button>}
                    <Button size="compact-sm" variant="default" aria-label={`Change: ${whoOf(callback)}`} onClick={() => onChange(callback)}>Change</Button>
                    <Button
                      size="compact-sm" variant="default" aria-label={`${callback.status === "done" ? "Not done" : "Done"}: ${whoOf(callback)}`} onClick={() => finish.mutate(callback)}
                      loading={finish.isPending && finish.variables.callback_id === callback.callback_id}
                    >
                      {callback.status === "done" ? "Not done" : "Done"}
                    </Button>
                  </Group>
                </For>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const whoOf = ({ name, phone_number: number }: Callback) => name ?? formatPhone(number);

function Whom({ callback }: { callback: Callback }) {
  const number = formatPhone(callback.phone_number);
  return (
    <>
      <Text size="sm" fw={550}>{callback.name ?? number}</Text>
      {callback.name && <Text size="xs" c="dimmed">{number}</Text>}
      <Text size="xs">
        {callback.call_id && <TextLink to="/calls/$callId" params={{ callId: callback.call_id }} size="xs">the call</TextLink>}
        {callback.call_id && callback.placed_call_id && ", "}
        {callback.placed_call_id && <TextLink to="/calls/$callId" params={{ callId: callback.placed_call_id }} size="xs">called back</TextLink>}
      </Text>
    </>
  );
}

function When({ callback }: { callback: Callback }) {
  const late = isOverdue(callback, useNow());
  return (
    <>
      <Text size="sm"><Moment at={callback.due_at} /></Text>
      {late ? <Dot tone="warn" label="Overdue" /> : <Text size="xs" c="dimmed"><Ago at={callback.due_at} /></Text>}
    </>
  );
}

function About({ callback }: { callback: Callback }) {
  return (
    <div style={{ maxWidth: 380 }}>
      <Text size="sm" lineClamp={3}>{callback.reason}</Text>
      <Text size="xs" c="dimmed" lineClamp={2}>{callback.note ?? (callback.origin === "agent" ? "Booked by the agent" : "")}</Text>
    </div>
  );
}
