import { SimpleGrid, Stack, Text } from "@mantine/core";
import type { Person } from "@/api/privacy";
import { Facts } from "@/ui/Facts";
import { formatDay, formatWord } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Section } from "@/ui/states";
import { RecipientStatus } from "@/ui/Status";
import { Moment } from "@/ui/Time";

/** What is kept of them beside their calls. */
export function KeptBeside({ person: { recipients, contacts, callbacks, do_not_call: entry } }: { person: Person }) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Section title="In campaigns" aside={<Text size="sm" c="dimmed">{recipients.length}</Text>}>
        {recipients.length === 0 ? <Text size="sm" c="dimmed">In no campaign.</Text> : (
          <Stack>
            {recipients.map((recipient) => (
              <div key={recipient.recipient_id}>
                <TextLink to="/campaigns/$campaignId" params={{ campaignId: recipient.campaign_id }} size="sm">Its campaign</TextLink>
                <Facts
                  rows={[
                    ["State", <RecipientStatus key="s" status={recipient.status} />], ["Attempts", recipient.attempts], ["Your own id", recipient.external_id],
                    ["Time zone", recipient.time_zone], ["Language", recipient.language], ...Object.entries(recipient.variables),
                  ]}
                />
              </div>
            ))}
          </Stack>
        )}
      </Section>
      <Section title="In contact lists" aside={<Text size="sm" c="dimmed">{contacts.length}</Text>}>
        {contacts.length === 0 ? <Text size="sm" c="dimmed">In no list.</Text> : (
          <Stack>
            {contacts.map((contact) => (
              <div key={`${contact.list_id} ${contact.seq}`}>
                <TextLink to="/contacts/$listId" params={{ listId: contact.list_id }} size="sm">Its list, line {contact.line}</TextLink>
                <Facts rows={Object.entries(contact.variables)} />
              </div>
            ))}
          </Stack>
        )}
      </Section>
      <Section title="Callbacks" aside={<Text size="sm" c="dimmed">{callbacks.length}</Text>}>
        {callbacks.length === 0 ? <Text size="sm" c="dimmed">No callback is booked, or was.</Text> : (
          <Stack>
            {callbacks.map((callback) => (
              <Facts
                key={callback.callback_id}
                rows={[
                  ["About", callback.reason], ["Name", callback.name], ["When", <Moment key="w" at={callback.due_at} />], ["State", formatWord(callback.status)],
                  ["Who does it", callback.assigned_to], ["What came of it", callback.note],
                ]}
              />
            ))}
          </Stack>
        )}
      </Section>
      <Section title="Do-not-call list">
        {!entry ? <Text size="sm" c="dimmed">Not on the list: campaigns may call.</Text> : (
          <Facts
            rows={[
              ["Since", <Moment key="s" at={entry.added_at} />], ["How it came there", formatWord(entry.way ?? "person")],
              // Who added it is told by an id that says nothing to people.
              ["Source", entry.way === "import" ? entry.source : undefined], ["Date of the source", entry.source_date && formatDay(entry.source_date)], ["Note", entry.note],
            ]}
          />
        )}
      </Section>
    </SimpleGrid>
  );
}
