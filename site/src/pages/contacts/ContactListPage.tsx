import { Button, Group, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconAddressBook, IconSearch, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { contactsQuery, listQuery } from "@/api/contacts";
import { api, bodyOf } from "@/api/client";
import { For, useMay } from "@/session/me";
import { useAct } from "@/ui/act";
import { Choose, ChooseAll, useChosen } from "@/ui/chosen";
import { ask } from "@/ui/confirm";
import { formatCount, formatPhone } from "@/ui/format";
import { ButtonLink, TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Pager, useCursors } from "@/ui/Pager";
import { Loaded, Notice, Section } from "@/ui/states";
import { Moment } from "@/ui/Time";

export default function ContactListPage() {
  const { listId } = useParams({ from: "/contacts/$listId" });
  const list = useQuery(listQuery(listId));
  return (
    <Loaded query={list}>
      {(known) => (
        <>
          <PageHeader
            title={known.name}
            subtitle={<><TextLink to="/contacts" size="sm">Contacts</TextLink>, {formatCount(known.size - known.deleted, "contact")}, imported <Moment at={known.created_at} /></>}
            actions={
              <For role="operator">
                <ButtonLink variant="default" to="/contacts/import" search={{ list: listId }}>Add a file</ButtonLink>
                <ButtonLink to="/campaigns/new" search={{ list: listId }}>Call them</ButtonLink>
              </For>
            }
          />
          <Contacts listId={listId} columns={known.variables} />
        </>
      )}
    </Loaded>
  );
}

function Contacts({ listId, columns }: { listId: string; columns: string[] }) {
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 250);
  const chosen = useChosen<number>();
  const pages = useCursors(search);
  const contacts = useQuery(contactsQuery(listId, search, pages.cursor));
  const operates = useMay("operator");
  const remove = useAct({
    run: async () =>
      bodyOf(await api.POST("/api/contacts/bulk-delete", { body: { list_id: listId, places: [...chosen.keys] } })),
    done: ({ deleted }) => `${formatCount(deleted, "contact")} deleted.`,
    touches: [["contacts", listId], ["lists"]],
    then: chosen.clear,
  });
  const confirmRemove = () =>
    ask({
      title: `Delete ${formatCount(chosen.keys.size, "contact")}?`, confirm: `Delete ${formatCount(chosen.keys.size, "contact")}`, danger: true,
      children: "They are taken from this list. Campaigns that have them already still call them.",
      onConfirm: () => remove.mutate(),
    });

  return (
    <Section
      title="People"
      aside={
        <Group>
          {chosen.keys.size > 0 && (
            <Button color="red.8" leftSection={<IconTrash size={16} />} loading={remove.isPending} onClick={confirmRemove}>
              Delete {formatCount(chosen.keys.size, "contact")}
            </Button>
          )}
          <TextInput
            placeholder="Number or any value" aria-label="Search contacts" leftSection={<IconSearch size={16} />} value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </Group>
      }
    >
      <Loaded query={contacts}>
        {({ items, next_cursor: next }) => {
          if (items.length === 0 && !next) {
            return <Notice icon={IconAddressBook} title={search ? "Nobody fits" : "This list is empty"} />;
          }
          return (
            <>
              <Table.ScrollContainer minWidth={0} type="native">
                <Table>
                  <Table.Thead>
                    <Table.Tr>
                      {operates && <Table.Th w={40}><ChooseAll chosen={chosen} keys={items.map(({ seq }) => seq)} /></Table.Th>}
                      <Table.Th>Number</Table.Th>
                      {columns.map((column) => <Table.Th key={column}>{column}</Table.Th>)}
                      <Table.Th ta="right">Line</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((contact) => (
                      <Table.Tr key={contact.seq}>
                        {operates && <Table.Td><Choose chosen={chosen} id={contact.seq} label={formatPhone(contact.phone_number)} /></Table.Td>}
                        <Table.Td style={{ whiteSpace: "nowrap" }}>
                          <TextLink to="/calls" search={{ search: contact.phone_number }} size="sm">{formatPhone(contact.phone_number)}</TextLink>
                        </Table.Td>
                        {columns.map((column) => <Table.Td key={column}><Text size="sm" truncate maw={240}>{contact.variables[column]}</Text></Table.Td>)}
                        <Table.Td ta="right"><Text size="sm" c="dimmed" span>{contact.line}</Text></Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
              <Pager pages={pages} next={next} shown={items.length} />
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}
