import { Select, Table, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Campaign, recipientsQuery } from "@/api/campaigns";
import type { Schemas } from "@/api/client";
import { nameOf } from "@/pages/calls/person";
import { RecipientStatus } from "@/ui/Status";
import { formatNumber, formatPhone, formatWord } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Pager, useCursors } from "@/ui/Pager";
import { Loaded, Notice, Section } from "@/ui/states";
import { Ago } from "@/ui/Time";

const STATES: Schemas["RecipientStatus"][] = [
  "pending", "queued", "calling", "completed", "no_answer", "busy", "voicemail", "failed", "skipped", "removed", "cancelled",
];

export function Recipients({ campaign }: { campaign: Campaign }) {
  const [status, setStatus] = useState<Schemas["RecipientStatus"] | null>(null);
  const pages = useCursors(status ?? "");
  const recipients = useQuery(recipientsQuery(campaign.campaign_id, status ?? undefined, pages.cursor));
  return (
    <Section
      title="People"
      aside={
        <Select
          aria-label="State" placeholder="Any state" clearable value={status} w={210}
          onChange={(value) => setStatus(value as Schemas["RecipientStatus"] | null)}
          data={STATES.map((value) => ({ value, label: `${formatWord(value)} (${formatNumber(campaign.counts[value])})` }))}
        />
      }
    >
      <Loaded query={recipients}>
        {({ items, next_cursor: next }) =>
          items.length === 0 && !next ? <Notice icon={IconUsers} title={status ? `Nobody is ${formatWord(status).toLowerCase()}` : "Nobody yet"} /> : (
            <>
              <Table.ScrollContainer minWidth={0} type="native">
                <Table>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Person</Table.Th><Table.Th>State</Table.Th><Table.Th ta="right" visibleFrom="sm">Attempts</Table.Th>
                      <Table.Th ta="right">Next or last</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>{items.map((recipient) => <Row key={recipient.recipient_id} recipient={recipient} />)}</Table.Tbody>
                </Table>
              </Table.ScrollContainer>
              <Pager pages={pages} next={next} shown={items.length} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

function Row({ recipient }: { recipient: Schemas["Recipient"] }) {
  const number = formatPhone(recipient.phone_number);
  const name = nameOf(recipient.variables);
  const waits = recipient.status === "pending";
  return (
    <Table.Tr>
      <Table.Td>
        {recipient.call_id ? (
          <TextLink to="/calls/$callId" params={{ callId: recipient.call_id }} fw={550} size="sm" style={{ whiteSpace: "nowrap" }}>{name ?? number}</TextLink>
        ) : (
          <Text size="sm" fw={550} style={{ whiteSpace: "nowrap" }}>{name ?? number}</Text>
        )}
        {name && <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>{number}</Text>}
      </Table.Td>
      <Table.Td>
        <RecipientStatus status={recipient.status} />
        {recipient.skip_reason && <Text size="xs" c="dimmed">{formatWord(recipient.skip_reason)}</Text>}
      </Table.Td>
      <Table.Td ta="right" visibleFrom="sm">{recipient.attempts}</Table.Td>
      <Table.Td ta="right"><Text size="sm" c="dimmed" span>{waits && "due "}<Ago at={waits ? recipient.due_at : recipient.updated_at} /></Text></Table.Td>
    </Table.Tr>
  );
}
