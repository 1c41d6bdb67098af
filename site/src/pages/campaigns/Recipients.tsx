import { ActionIcon, Alert, Button, Group, Menu, Select, Table, Text } from "@mantine/core";
import { IconDots, IconEdit, IconUserMinus, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Campaign, recipientsQuery } from "@/api/campaigns";
import { api, bodyOf, type Schemas } from "@/api/client";
import { nameOf } from "@/pages/calls/person";
import { useMay } from "@/session/me";
import { useAct } from "@/ui/act";
import { Choose, ChooseAll, useChosen } from "@/ui/chosen";
import { ask } from "@/ui/confirm";
import { RecipientStatus } from "@/ui/Status";
import { formatCount, formatNumber, formatPhone, formatWord } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Pager, useCursors } from "@/ui/Pager";
import { Loaded, Notice, Section } from "@/ui/states";
import { Ago } from "@/ui/Time";
import { ChangePerson } from "./ChangePerson";
import { allRemoved, isWaiting, labelOf, MOST_TAKEN_OUT, ownWords, wordsOfRemoved } from "./recipient";

type Recipient = Schemas["Recipient"];

const STATES: Schemas["RecipientStatus"][] = [
  "pending", "queued", "calling", "completed", "no_answer", "busy", "voicemail", "failed", "skipped", "removed", "cancelled",
];

export function Recipients({ campaign }: { campaign: Campaign }) {
  const [status, setStatus] = useState<Schemas["RecipientStatus"] | null>(null);
  const pages = useCursors(status ?? "");
  const recipients = useQuery(recipientsQuery(campaign.campaign_id, status ?? undefined, pages.cursor));
  const operates = useMay("operator");
  const chosen = useChosen<string>();
  const [changing, setChanging] = useState<Recipient | null>(null);
  const campaignPath = { campaign_id: campaign.campaign_id };
  const touches = [["campaigns"], ["queue"]];
  const removeOne = useAct({
    run: async ({ recipient_id: id }: Recipient) =>
      bodyOf(await api.DELETE("/api/campaigns/{campaign_id}/recipients/{recipient_id}", { params: { path: { ...campaignPath, recipient_id: id } } })),
    done: (removed) => `${labelOf(removed)} is taken out: no call to them begins.`,
    touches,
    then: ({ recipient_id: id }) => chosen.set([id], false),
  });
  const removeChosen = useAct({
    run: async () =>
      bodyOf(await api.POST("/api/campaigns/{campaign_id}/recipients/remove", { params: { path: campaignPath }, body: { recipient_ids: [...chosen.keys] } })),
    // Who stayed is said above the list, where there is time to read it.
    done: (result) => (allRemoved(result) ? wordsOfRemoved(result) : ""),
    touches,
    then: chosen.clear,
  });
  const stayed = removeChosen.data && !allRemoved(removeChosen.data) ? removeChosen.data : undefined;
  const many = formatCount(chosen.keys.size, "person", "people");
  const actions: RowActions | undefined = operates ? {
    change: setChanging,
    remove: (person) =>
      ask({
        title: `Take out ${labelOf(person)}?`, confirm: "Take out", danger: true, onConfirm: () => removeOne.mutate(person),
        children: "No call to them begins in this campaign, and the same person cannot be added to it again. Other campaigns still call them.",
      }),
  } : undefined;
  return (
    <Section
      title="People"
      aside={
        <Group>
          {chosen.keys.size > 0 && (
            <Button
              color="red.8" leftSection={<IconUserMinus size={16} />} loading={removeChosen.isPending} disabled={chosen.keys.size > MOST_TAKEN_OUT}
              onClick={() =>
                ask({
                  title: `Take out ${many}?`, confirm: `Take out ${many}`, danger: true, onConfirm: () => removeChosen.mutate(),
                  children: "No call to them begins in this campaign, and the same people cannot be added to it again. Other campaigns still call them.",
                })
              }
            >
              Take out {many}
            </Button>
          )}
          <Select
            aria-label="State" placeholder="Any state" clearable value={status} w={210}
            onChange={(value) => { setStatus(value as Schemas["RecipientStatus"] | null); chosen.clear(); }}
            data={STATES.map((value) => ({ value, label: `${formatWord(value)} (${formatNumber(campaign.counts[value])})` }))}
          />
        </Group>
      }
    >
      {chosen.keys.size > MOST_TAKEN_OUT && <Alert color="orange" variant="default" role="alert" mb="md">Take out at most {formatNumber(MOST_TAKEN_OUT)} people at a time: choose fewer.</Alert>}
      {stayed && (
        <Alert color="orange" variant="default" role="alert" mb="md" title="Not everybody was taken out" withCloseButton closeButtonLabel="Close" onClose={removeChosen.reset}>
          {wordsOfRemoved(stayed)}
        </Alert>
      )}
      <Loaded query={recipients}>
        {({ items, next_cursor: next }) =>
          items.length === 0 && !next ? <Notice icon={IconUsers} title={status ? `Nobody is ${formatWord(status).toLowerCase()}` : "Nobody yet"} /> : (
            <>
              <Table.ScrollContainer minWidth={0} type="native">
                <Table>
                  <Table.Thead>
                    <Table.Tr>
                      {actions && <Table.Th w={40}><ChooseAll chosen={chosen} keys={items.filter(isWaiting).map(({ recipient_id: id }) => id)} label="Choose all who wait on this page" /></Table.Th>}
                      <Table.Th>Person</Table.Th><Table.Th>State</Table.Th><Table.Th ta="right" visibleFrom="sm">Attempts</Table.Th>
                      <Table.Th ta="right">Next or last</Table.Th>{actions && <Table.Th w={48}><span className="sr-only">Actions</span></Table.Th>}
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>{items.map((recipient) => (
                    <Row key={recipient.recipient_id} recipient={recipient} chosen={chosen} actions={actions} />
                  ))}</Table.Tbody>
                </Table>
              </Table.ScrollContainer>
              <Pager pages={pages} next={next} shown={items.length} />
            </>
          )
        }
      </Loaded>
      {changing && <ChangePerson campaign={campaign} person={changing} onClose={() => setChanging(null)} />}
    </Section>
  );
}

interface RowActions {
  change: (person: Recipient) => void;
  remove: (person: Recipient) => void;
}

interface RowProps {
  recipient: Recipient;
  chosen: ReturnType<typeof useChosen<string>>;
  /** None: whoever looks may not change anything. */
  actions: RowActions | undefined;
}

function Row({ recipient, chosen, actions }: RowProps) {
  const number = formatPhone(recipient.phone_number);
  const name = nameOf(recipient.variables);
  const waits = recipient.status === "pending";
  const changeable = actions !== undefined && isWaiting(recipient);
  const own = ownWords(recipient);
  const most = recipient.overrides?.max_attempts;
  return (
    <Table.Tr>
      {actions && <Table.Td>{changeable && <Choose chosen={chosen} id={recipient.recipient_id} label={name ?? number} />}</Table.Td>}
      <Table.Td>
        {recipient.call_id ? (
          <TextLink to="/calls/$callId" params={{ callId: recipient.call_id }} fw={550} size="sm" style={{ whiteSpace: "nowrap" }}>{name ?? number}</TextLink>
        ) : (
          <Text size="sm" fw={550} style={{ whiteSpace: "nowrap" }}>{name ?? number}</Text>
        )}
        {name && <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>{number}</Text>}
        {own && <Text size="xs" c="dimmed">{own}</Text>}
      </Table.Td>
      <Table.Td>
        <RecipientStatus status={recipient.status} />
        {recipient.skip_reason && <Text size="xs" c="dimmed">{formatWord(recipient.skip_reason)}</Text>}
      </Table.Td>
      <Table.Td ta="right" visibleFrom="sm">{most == null ? recipient.attempts : `${recipient.attempts} of ${most}`}</Table.Td>
      <Table.Td ta="right"><Text size="sm" c="dimmed" span>{waits && "due "}<Ago at={waits ? recipient.due_at : recipient.updated_at} /></Text></Table.Td>
      {actions && (
        <Table.Td ta="right">
          {changeable && (
            <Menu position="bottom-end" withinPortal>
              <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label={`What to do with ${name ?? number}`}><IconDots size={16} /></ActionIcon></Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconEdit size={16} />} onClick={() => actions.change(recipient)}>Change</Menu.Item>
                <Menu.Item leftSection={<IconUserMinus size={16} />} onClick={() => actions.remove(recipient)}>Take out</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </Table.Td>
      )}
    </Table.Tr>
  );
}
