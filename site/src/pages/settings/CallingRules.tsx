import { Alert, Button, Group, List, Modal, Select, Stack, Table, Text, UnstyledButton } from "@mantine/core";
import { IconChecks, IconGavel } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, bodyOf, type Schemas } from "@/api/client";
import { callingRulesQuery } from "@/api/system";
import { For, useMay } from "@/session/me";
import { useAct } from "@/ui/act";
import { Choose, ChooseAll, useChosen } from "@/ui/chosen";
import { ask } from "@/ui/confirm";
import { Facts } from "@/ui/Facts";
import { formatCount, formatDate } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Loaded, Notice, Section } from "@/ui/states";
import { Dot } from "@/ui/Status";
import { Moment } from "@/ui/Time";
import { asConfirmation, type CallingRule, type Confirmed, confirmedOf, NAME_OF_CONFIRMED, placeOf, wordsOfRule } from "./callingRules";

/** The rules of countries and states: what holds, where it was read, and who answers for it. */
export function CallingRules() {
  const rules = useQuery(callingRulesQuery);
  return <Section title="Calling rules"><Loaded query={rules}>{(known) => <Rules known={known} />}</Loaded></Section>;
}

const STATES = Object.keys(NAME_OF_CONFIRMED) as Confirmed[];

function Rules({ known: { items, notice, required } }: { known: Schemas["CallingRules"] }) {
  const operates = useMay("operator");
  const chosen = useChosen<string>();
  const [state, setState] = useState<Confirmed | null>(null);
  const [looking, setLooking] = useState<string | null>(null);
  const confirm = useAct({
    run: async (rules: CallingRule[]) => bodyOf(await api.POST("/api/calling-rules/confirm", { body: asConfirmation(rules) })),
    done: (_, rules) => `${formatCount(rules.length, "rule")} confirmed.`,
    touches: [["calling-rules"], ["campaigns"]],
    then: () => { chosen.clear(); setLooking(null); },
  });
  const shown = items.filter((rule) => state === null || confirmedOf(rule) === state);
  const picked = items.filter(({ id, confirmed }) => chosen.keys.has(id) && !confirmed);
  const looked = items.find(({ id }) => id === looking);
  const many = formatCount(picked.length, "rule");
  return (
    <Stack>
      <Alert variant="default" title="This is no legal advice">{notice}</Alert>
      <Text size="sm">
        {required ? "A campaign starts only when all rules that hold for its people are confirmed." : "Before a campaign begins you are told which of its rules nobody has confirmed; it starts all the same."} That is set in{" "}
        <TextLink to="/settings" search={{ tab: "dialling" }} size="sm">Dialling</TextLink>.
      </Text>
      <Group justify="space-between">
        <Select
          aria-label="Confirmed or not" placeholder={`All (${items.length})`} clearable value={state} w={290} onChange={(value) => { setState(value as Confirmed | null); chosen.clear(); }}
          data={STATES.map((value) => ({ value, label: `${NAME_OF_CONFIRMED[value]} (${items.filter((rule) => confirmedOf(rule) === value).length})` }))}
        />
        {picked.length > 0 && (
          <Button
            leftSection={<IconChecks size={16} />} loading={confirm.isPending}
            onClick={() =>
              ask({
                title: `Confirm ${many}?`, confirm: `Confirm ${many}`, onConfirm: () => confirm.mutate(picked),
                children: <>You have looked at them and answer for keeping to them: {picked.map(({ name }) => name).join(", ")}.</>,
              })
            }
          >
            Confirm {many}
          </Button>
        )}
      </Group>
      {shown.length === 0 ? <Notice icon={IconGavel} title="No such rule" /> : (
        <Table.ScrollContainer minWidth={0} type="native">
          <Table verticalSpacing="sm">
            <Table.Thead>
              <Table.Tr>
                {operates && <Table.Th w={40}><ChooseAll chosen={chosen} keys={shown.filter(({ confirmed }) => !confirmed).map(({ id }) => id)} label="Choose all that are not confirmed" /></Table.Th>}
                <Table.Th>Place</Table.Th><Table.Th>What holds</Table.Th><Table.Th visibleFrom="md">Source</Table.Th><Table.Th visibleFrom="sm">Confirmed</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((rule) => (
                <Table.Tr key={rule.id}>
                  {operates && <Table.Td>{!rule.confirmed && <Choose chosen={chosen} id={rule.id} label={rule.name} />}</Table.Td>}
                  <Table.Td>
                    <UnstyledButton onClick={() => setLooking(rule.id)} fz="sm" fw={550} td="underline">{rule.name}</UnstyledButton>
                  </Table.Td>
                  <Table.Td>
                    {wordsOfRule(rule).map((words) => <Text size="sm" key={words}>{words}</Text>)}
                    {rule.unconfirmed && <Text size="xs" c="dimmed">Not certain: ask before relying on it.</Text>}
                  </Table.Td>
                  <Table.Td visibleFrom="md">
                    <Text size="sm">{rule.source}</Text>
                    <Text size="xs" c="dimmed">as of {formatDate(rule.as_of)}</Text>
                  </Table.Td>
                  <Table.Td visibleFrom="sm"><WhoConfirmed rule={rule} /></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {looked && <Look rule={looked} onClose={() => setLooking(null)} onConfirm={() => confirm.mutate([looked])} busy={confirm.isPending} />}
    </Stack>
  );
}

const TONE = { confirmed: "good", changed: "warn", open: "idle" } as const;

function WhoConfirmed({ rule }: { rule: CallingRule }) {
  const state = confirmedOf(rule);
  const by = rule.confirmation;
  return (
    <>
      <Dot wrap tone={TONE[state]} label={NAME_OF_CONFIRMED[state]} />
      {by && <Text size="xs" c="dimmed">{by.confirmed_by_name ?? by.confirmed_by}, <Moment at={by.confirmed_at} /></Text>}
    </>
  );
}

interface LookProps {
  rule: CallingRule;
  busy: boolean;
  onClose: () => void;
  onConfirm: () => void;
}

/** All that a rule says, and the button of whoever has read it. */
function Look({ rule, busy, onClose, onConfirm }: LookProps) {
  return (
    <Modal opened onClose={onClose} size="lg" title={<Text fw={640}>{rule.name}</Text>}>
      <Stack>
        <Facts
          rows={[
            ["Holds in", placeOf(rule)],
            ["What holds", wordsOfRule(rule).map((words) => <Text size="sm" key={words}>{words}</Text>)],
            ["Holidays", rule.holidays.length > 0 && (
              <List key="h" size="sm" listStyleType="none">
                {rule.holidays.map(({ name, next }) => <List.Item key={name}>{name}{next && `, next on ${formatDate(next)}`}</List.Item>)}
              </List>
            )],
            ["Also", rule.note],
            ["Source", `${rule.source}, as of ${formatDate(rule.as_of)}`],
            ["Confirmed", <WhoConfirmed key="c" rule={rule} />],
          ]}
        />
        {rule.unconfirmed && <Alert color="orange" variant="default">Sources disagree, none was at hand, or the hours are our own: ask somebody who knows before you rely on it.</Alert>}
        <For role="operator">
          {!rule.confirmed && (
            <>
              <Text size="sm" c="dimmed">Confirming says that you have looked at it and answer for keeping to it. When it changes, it is to be confirmed again.</Text>
              <Group justify="flex-end">
                <Button variant="default" onClick={onClose}>Not now</Button>
                <Button leftSection={<IconChecks size={16} />} loading={busy} onClick={onConfirm}>Confirm</Button>
              </Group>
            </>
          )}
        </For>
      </Stack>
    </Modal>
  );
}
