import { Alert, Button, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDownload, IconFileImport, IconPhoneOff, IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { doNotCallQuery } from "@/api/contacts";
import { api, type Schemas } from "@/api/client";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { ask } from "@/ui/confirm";
import { formatDay, formatPhone, formatWord } from "@/ui/format";
import { ButtonLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Pager, useCursors } from "@/ui/Pager";
import { Loaded, Notice, Section } from "@/ui/states";
import { Moment } from "@/ui/Time";
import { AddNumbers } from "./AddNumbers";
import { ContactPlaces } from "./ContactPlaces";
import { ExportDoNotCall } from "./ExportDoNotCall";
import { Registers } from "./Registers";

export default function DoNotCallPage() {
  const [adding, setAdding] = useState(false);
  const [exporting, setExporting] = useState(false);
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 250);
  const pages = useCursors(search);
  const entries = useQuery(doNotCallQuery(search, pages.cursor));
  const remove = useAct({
    run: (number: string) => api.DELETE("/api/do-not-call/{phone_number}", { params: { path: { phone_number: number } } }),
    done: (_, number) => `${formatPhone(number)} may be called again.`,
    touches: [["do-not-call"]],
  });
  return (
    <>
      <PageHeader
        title="Contacts"
        actions={
          <For role="operator">
            <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => setExporting(true)}>Export</Button>
            <ButtonLink variant="default" to="/contacts/do-not-call/import" leftSection={<IconFileImport size={16} />}>Import a file</ButtonLink>
            <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>Add numbers</Button>
          </For>
        }
      />
      <ContactPlaces here="do-not-call" />
      {entries.data?.warnings.map((warning) => (
        <Alert key={warning} color="orange" variant="default" role="alert" title="A register is out of date" mb="lg">{warning}</Alert>
      ))}
      <Section
        title="Never called"
        aside={
          <TextInput
            placeholder="Digits of a number" aria-label="Search numbers" leftSection={<IconSearch size={16} />} value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        }
      >
        <Loaded query={entries}>
          {({ items, next_cursor: next }) =>
            items.length === 0 && !next ? (
              <Notice icon={IconPhoneOff} title={search ? "No such number" : "Nobody is on the list"}>
                {!search && "Numbers here are never dialled, by any campaign, from the moment they are added."}
              </Notice>
            ) : (
              <>
                <Table.ScrollContainer minWidth={0} type="native">
                  <Table>
                    <Table.Thead>
                      <Table.Tr>
                        <Table.Th>Number</Table.Th><Table.Th>Since</Table.Th><Table.Th visibleFrom="sm">Source</Table.Th>
                        <Table.Th visibleFrom="md">Date of the source</Table.Th>
                        <Table.Th visibleFrom="sm">Note</Table.Th><Table.Th><span className="sr-only">Actions</span></Table.Th>
                      </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                      {items.map((entry) => (
                        <Table.Tr key={entry.phone_number}>
                          <Table.Td style={{ whiteSpace: "nowrap" }}>{formatPhone(entry.phone_number)}</Table.Td>
                          <Table.Td><Moment at={entry.added_at} /></Table.Td>
                          <Table.Td visibleFrom="sm">{sourceOf(entry)}</Table.Td>
                          <Table.Td visibleFrom="md">{entry.source_date && formatDay(entry.source_date)}</Table.Td>
                          <Table.Td visibleFrom="sm"><Text size="sm" truncate maw={300}>{entry.note}</Text></Table.Td>
                          <Table.Td ta="right">
                            <For role="admin">
                              <Button
                                size="compact-sm" variant="default"
                                onClick={() =>
                                  ask({
                                    title: `Allow calls to ${formatPhone(entry.phone_number)}?`, confirm: "Allow calls", danger: true,
                                    children: "Campaigns can dial this number again at once. Do this only when the person asked for it.",
                                    onConfirm: () => remove.mutate(entry.phone_number),
                                  })
                                }
                              >
                                Allow calls
                              </Button>
                            </For>
                          </Table.Td>
                        </Table.Tr>
                      ))}
                    </Table.Tbody>
                  </Table>
                </Table.ScrollContainer>
                <Pager pages={pages} next={next} shown={items.length} />
              </>
            )
          }
        </Loaded>
      </Section>
      {entries.data && entries.data.registers.length > 0 && <Registers registers={entries.data.registers} />}
      {adding && <AddNumbers onClose={() => setAdding(false)} />}
      {exporting && <ExportDoNotCall onClose={() => setExporting(false)} />}
    </>
  );
}

/** Where the wish came from, in words. */
function sourceOf({ way = "person", source }: Schemas["DoNotCallEntry"]): string {
  const told = { person: null, import: null, call: "Said in a call", tool: "Noted by the agent", inbound_call: "Said in an inbound call" };
  return told[way] ?? (way === "import" ? source : formatWord(source));
}
