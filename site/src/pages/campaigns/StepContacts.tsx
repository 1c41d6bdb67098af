import { Alert, Button, Checkbox, Group, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFileImport, IconSearch } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Agent } from "@/api/agents";
import { type ContactList, listsQuery, type Upload } from "@/api/contacts";
import { ImportFlow } from "@/pages/contacts/ImportFlow";
import { Dot } from "@/ui/Status";
import { formatCount, formatNumber } from "@/ui/format";
import { Ago } from "@/ui/Time";
import { missingVariables } from "./draft";
import type { StepProps } from "./StepWho";

/** Lists from which on a search helps. */
const MANY = 12;

interface StepContactsProps extends StepProps {
  agent: Agent | undefined;
  chosen: ContactList[];
}

export function StepContacts({ draft, problems, onChange, agent, chosen }: StepContactsProps) {
  const client = useQueryClient();
  const [importing, setImporting] = useState(false);
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 250);
  const found = useQuery(listsQuery(search.length > 1 ? search : "")).data?.items ?? [];
  // What is chosen stays in sight, whatever is looked for.
  const lists = [...chosen.filter(({ list_id }) => !found.some((list) => list.list_id === list_id)), ...found];
  const people = chosen.reduce((sum, list) => sum + list.size - list.deleted, 0);
  const choose = (id: string, on: boolean) =>
    onChange({ ...draft, listIds: on ? [...draft.listIds, id] : draft.listIds.filter((known) => known !== id) });
  const imported = (upload: Upload) => {
    void client.invalidateQueries({ queryKey: ["lists"] });
    onChange({ ...draft, listIds: [...new Set([...draft.listIds, upload.list_id])] });
  };
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2}>{chosen.length === 0 ? "Choose whom to call" : `${formatCount(people, "person", "people")} chosen`}</Title>
        <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={() => setImporting(!importing)} aria-expanded={importing}>
          {importing ? "Choose from lists only" : "Import a spreadsheet"}
        </Button>
      </Group>
      {importing && <ImportFlow onDone={imported} />}
      {problems["listIds"] && <Alert color="red" variant="default" role="alert">{problems["listIds"]}</Alert>}
      {(found.length >= MANY || text !== "") && (
        <TextInput
          placeholder="Name of a list" aria-label="Search lists" leftSection={<IconSearch size={16} />} value={text} maw={360}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {lists.length > 0 && (
        <Table.ScrollContainer minWidth={0} type="native" mah={360}>
          <Table>
            <Table.Thead>
              <Table.Tr><Table.Th w={40}><span className="sr-only">Choose</span></Table.Th><Table.Th>List</Table.Th><Table.Th ta="right">Contacts</Table.Th><Table.Th ta="right" visibleFrom="sm">Imported</Table.Th></Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {lists.map((list) => (
                <Table.Tr key={list.list_id}>
                  <Table.Td>
                    <Checkbox
                      aria-label={list.name} checked={draft.listIds.includes(list.list_id)}
                      onChange={(event) => choose(list.list_id, event.currentTarget.checked)}
                    />
                  </Table.Td>
                  <Table.Td>{list.name}</Table.Td>
                  <Table.Td ta="right">{formatNumber(list.size - list.deleted)}</Table.Td>
                  <Table.Td ta="right" visibleFrom="sm"><Text size="sm" c="dimmed" span><Ago at={list.created_at} /></Text></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {agent && chosen.length > 0 && <VariableCheck agent={agent} lists={chosen} />}
    </Stack>
  );
}

/** Whether the lists have everything that the agent's prompt speaks of. */
export function VariableCheck({ agent, lists }: { agent: Agent; lists: ContactList[] }) {
  const needed = missingVariables(agent, lists);
  if (needed.length === 0) return <Text size="sm" c="dimmed">The agent says nothing that has to come from the contacts.</Text>;
  const broken = needed.some(({ without }) => without.length > 0);
  return (
    <div>
      <Title order={3} mb={6}>What {agent.name} needs to know of each person</Title>
      <Stack gap={6}>
        {needed.map(({ name, without }) => (
          <Dot
            key={name} wrap tone={without.length === 0 ? "good" : "bad"}
            label={`{{${name}}} ${without.length === 0 ? "is a column" : `is missing in ${without.map((list) => list.name).join(", ")}`}`}
          />
        ))}
      </Stack>
      {broken && (
        <Alert color="orange" variant="default" mt="sm">
          People without a value are skipped, not called with a gap. Rename the column in the spreadsheet and import it again, or take the variable out of the prompt.
        </Alert>
      )}
    </div>
  );
}
