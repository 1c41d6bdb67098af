import { ActionIcon, Group, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconAddressBook, IconFileImport, IconSearch, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type ContactList, listsQuery } from "@/api/contacts";
import { api } from "@/api/client";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { ask } from "@/ui/confirm";
import { formatCount, formatNumber } from "@/ui/format";
import { ButtonLink, TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Pager, useCursors } from "@/ui/Pager";
import { Loaded, Notice, Section } from "@/ui/states";
import { Ago } from "@/ui/Time";
import { ContactPlaces } from "./ContactPlaces";
import { FindNumber } from "./FindNumber";

export default function ContactsPage() {
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 250);
  const pages = useCursors(search);
  const lists = useQuery(listsQuery(search, pages.cursor));
  return (
    <>
      <PageHeader
        title="Contacts"
        actions={<For role="operator"><ButtonLink to="/contacts/import" leftSection={<IconFileImport size={16} />}>Import</ButtonLink></For>}
      />
      <ContactPlaces here="lists" />
      <FindNumber />
      <Section
        title="Lists"
        aside={
          <TextInput
            placeholder="Name of a list" aria-label="Search lists" leftSection={<IconSearch size={16} />} value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        }
      >
        <Loaded query={lists}>
          {({ items, next_cursor: next }) =>
            items.length === 0 && pages.page === 1 ? (
              search ? <Notice icon={IconSearch} title="No list has this name" /> : (
                <Notice
                  icon={IconAddressBook} title="No contacts yet"
                  action={<For role="operator"><ButtonLink to="/contacts/import">Import a spreadsheet</ButtonLink></For>}
                >
                  Drop a CSV or Excel file: each one becomes a list that campaigns can call.
                </Notice>
              )
            ) : (
              <>
                <Lists lists={items} />
                <Pager pages={pages} next={next} shown={items.length} />
              </>
            )
          }
        </Loaded>
      </Section>
    </>
  );
}

function Lists({ lists }: { lists: ContactList[] }) {
  const remove = useAct({
    run: (list: ContactList) => api.DELETE("/api/contact-lists/{list_id}", { params: { path: { list_id: list.list_id } } }),
    done: (_, list) => `“${list.name}” is deleted.`,
    touches: [["lists"]],
  });
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th><Table.Th ta="right">Contacts</Table.Th><Table.Th visibleFrom="md">Columns</Table.Th>
            <Table.Th visibleFrom="sm">Imported</Table.Th><Table.Th><span className="sr-only">Actions</span></Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lists.map((list) => (
            <Table.Tr key={list.list_id}>
              <Table.Td><TextLink to="/contacts/$listId" params={{ listId: list.list_id }} fw={550} size="sm">{list.name}</TextLink></Table.Td>
              <Table.Td ta="right">{formatNumber(list.size - list.deleted)}</Table.Td>
              <Table.Td visibleFrom="md"><Text size="sm" c="dimmed" truncate maw={360}>{list.variables.join(", ")}</Text></Table.Td>
              <Table.Td visibleFrom="sm"><Text size="sm" c="dimmed" span><Ago at={list.created_at} /></Text></Table.Td>
              <Table.Td>
                <For role="operator">
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    <ButtonLink to="/campaigns/new" search={{ list: list.list_id }} size="compact-sm" variant="default">Call</ButtonLink>
                    <ActionIcon
                      variant="subtle" color="gray" aria-label={`Delete ${list.name}`}
                      onClick={() =>
                        ask({
                          title: `Delete “${list.name}”?`, confirm: "Delete the list", danger: true, onConfirm: () => remove.mutate(list),
                          children: `Its ${formatCount(list.size - list.deleted, "contact")} are deleted with it. Campaigns that have them already go on; their calls stay.`,
                        })
                      }
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
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
