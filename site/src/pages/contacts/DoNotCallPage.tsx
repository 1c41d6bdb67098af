import { Alert, Button, Group, Modal, Stack, Table, Text, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPhoneOff, IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { doNotCallQuery } from "@/api/contacts";
import { api, bodyOf } from "@/api/client";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { ask } from "@/ui/confirm";
import { formatCount, formatPhone, formatWord } from "@/ui/format";
import { PageHeader } from "@/ui/PageHeader";
import { Pager, useCursors } from "@/ui/Pager";
import { Loaded, Notice, Section } from "@/ui/states";
import { Moment } from "@/ui/Time";
import { ContactPlaces } from "./ContactPlaces";
import { ownRegion } from "./regions";

export default function DoNotCallPage() {
  const [adding, setAdding] = useState(false);
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
        actions={<For role="operator"><Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>Add numbers</Button></For>}
      />
      <ContactPlaces here="do-not-call" />
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
                        <Table.Th visibleFrom="sm">Note</Table.Th><Table.Th><span className="sr-only">Actions</span></Table.Th>
                      </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                      {items.map((entry) => (
                        <Table.Tr key={entry.phone_number}>
                          <Table.Td style={{ whiteSpace: "nowrap" }}>{formatPhone(entry.phone_number)}</Table.Td>
                          <Table.Td><Moment at={entry.added_at} /></Table.Td>
                          <Table.Td visibleFrom="sm">{formatWord(entry.source)}</Table.Td>
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
      {adding && <AddNumbers onClose={() => setAdding(false)} />}
    </>
  );
}

function AddNumbers({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [note, setNote] = useState("");
  const numbers = text.split(/[\n,;]+/).map((number) => number.trim()).filter(Boolean);
  const add = useAct({
    run: async () =>
      bodyOf(
        await api.POST("/api/do-not-call", {
          body: { phone_numbers: numbers, note: note.trim() || undefined, default_region: ownRegion() },
        }),
      ),
    done: ({ added, present }) => `${formatCount(added, "number")} added${present > 0 ? `, ${present} there already` : ""}.`,
    touches: [["do-not-call"]],
    then: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>Never call these numbers</Text>}>
      <Stack>
        <Textarea
          label="Numbers" description="One per line, in any spelling; up to 1,000 at a time" autosize minRows={4} maxRows={12} value={text} data-autofocus
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <TextInput label="Note" placeholder="Asked by e-mail on 3 May" value={note} maxLength={1000} onChange={(event) => setNote(event.currentTarget.value)} />
        {numbers.length > 1_000 && <Alert color="red" variant="default" role="alert">Add at most 1,000 numbers at a time.</Alert>}
        <Group justify="flex-end">
          <Button onClick={() => add.mutate()} loading={add.isPending} disabled={numbers.length === 0 || numbers.length > 1_000}>
            Add {formatCount(numbers.length, "number")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
