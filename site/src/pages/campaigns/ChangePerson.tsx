import "@mantine/dates/styles.css";
import { Button, Group, Modal, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { agentsQuery, phoneLinesQuery } from "@/api/agents";
import { type Campaign, recipientQuery } from "@/api/campaigns";
import { ApiProblem, api, bodyOf, type Schemas } from "@/api/client";
import { useAct } from "@/ui/act";
import { formatPhone } from "@/ui/format";
import { MaybeNumberField, NumberField } from "@/ui/NumberField";
import { Lines, Loaded } from "@/ui/states";
import { useNow } from "@/ui/Time";
import { changeOf, fieldsOf, labelOf, type PersonFields, problemsOfPerson } from "./recipient";

interface ChangePersonProps {
  campaign: Campaign;
  /** As the list shows them; the fields begin with what the API says now. */
  person: Schemas["Recipient"];
  onClose: () => void;
}

/** Changes what is different for one person who waits. */
export function ChangePerson({ campaign, person, onClose }: ChangePersonProps) {
  const [picking, setPicking] = useState(false);
  const fresh = useQuery({ ...recipientQuery(campaign.campaign_id, person.recipient_id), staleTime: 0, gcTime: 0 });
  return (
    // Escape puts the calendar away first.
    <Modal opened onClose={onClose} closeOnEscape={!picking} size="lg" title={<Text fw={640}>Change {labelOf(person)}</Text>}>
      <Loaded query={fresh} waiting={<Lines count={4} />}>
        {(known) => <Fields campaign={campaign} person={known} onClose={onClose} onPicking={setPicking} />}
      </Loaded>
    </Modal>
  );
}

const AS_CAMPAIGN = "As the campaign has it";

function Fields({ campaign, person, onClose, onPicking }: ChangePersonProps & { onPicking: (open: boolean) => void }) {
  const now = useNow();
  const [before] = useState(() => fieldsOf(person, campaign.required_variables, Date.now()));
  const [fields, setFields] = useState(before);
  const [refused, setRefused] = useState<Record<string, string>>({});
  const agents = (useQuery(agentsQuery).data ?? []).filter(({ agent_id: id, status, provider }) => (status === "active" && provider === campaign.provider) || id === fields.agentId);
  const lines = (useQuery(phoneLinesQuery).data?.items ?? []).filter(
    ({ phone_line_id: id, supports_outbound: out, provider }) => (out && provider === campaign.provider) || id === fields.lineId,
  );
  const set = (part: Partial<PersonFields>) => { setFields({ ...fields, ...part }); setRefused({}); };
  const own = problemsOfPerson(fields, before, now);
  const problems = { ...refused, ...own };
  const change = changeOf(before, fields);
  const save = useAct({
    run: async () =>
      bodyOf(
        await api.PATCH("/api/campaigns/{campaign_id}/recipients/{recipient_id}", {
          params: { path: { campaign_id: campaign.campaign_id, recipient_id: person.recipient_id } }, body: change,
        }),
      ),
    done: (changed) => `Changed. The next call to ${labelOf(changed)} goes by it.`,
    touches: [["campaigns", campaign.campaign_id]],
    then: onClose,
    failed: (error) => {
      const told = error instanceof ApiProblem ? error.fields : [];
      setRefused(Object.fromEntries(told.map(({ field, message }) => [field, message])));
      // What has no field here is told as usual.
      return told.length > 0 && told.every(({ field }) => SHOWN.has(field) || field.startsWith("variables"));
    },
  });
  // Another agent may need to know more of them.
  const needed = agents.find(({ agent_id: id }) => id === fields.agentId)?.required_variables ?? [];
  const variables = Object.entries({ ...Object.fromEntries(needed.map((name) => [name, ""])), ...fields.variables });
  const ofVariables = Object.entries(problems).filter(([field]) => field.startsWith("variables"));
  return (
    <form onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
      <Stack>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <MaybeNumberField
            label="Attempts at most" description={`Empty: ${campaign.retry.max_attempts}, as the campaign has it`} min={1} max={10} value={fields.attempts} error={problems["overrides.max_attempts"]}
            onChange={(attempts) => set({ attempts })} data-autofocus
          />
          <NumberField label="Priority" description="0 to 100, the larger the earlier" min={0} max={100} value={fields.priority} error={problems["priority"]} onChange={(priority) => set({ priority })} />
          <Select
            label="Agent" placeholder={AS_CAMPAIGN} searchable clearable value={fields.agentId} error={problems["overrides.agent_id"]} nothingFoundMessage="No such agent"
            data={agents.map(({ agent_id, name }) => ({ value: agent_id, label: name }))} onChange={(agentId) => set({ agentId })}
          />
          <Select
            label="Phone line" placeholder={AS_CAMPAIGN} searchable clearable value={fields.lineId} error={problems["overrides.phone_line_id"]} nothingFoundMessage="No such line"
            data={lines.map(({ phone_line_id, label, phone_number }) => ({ value: phone_line_id, label: `${label} (${formatPhone(phone_number)})` }))}
            onChange={(lineId) => set({ lineId })}
          />
        </SimpleGrid>
        <Textarea
          label="First words" description={fields.firstWords === "" ? "The agent waits for the person to speak" : "Only with an agent that takes a first message of a call"} placeholder={AS_CAMPAIGN}
          autosize minRows={2} maxRows={6} maxLength={10_000} value={fields.firstWords ?? ""} error={problems["overrides.first_message"]}
          onChange={(event) => set({ firstWords: event.currentTarget.value === "" ? null : event.currentTarget.value })}
        />
        <DateTimePicker
          label="Not before" description="By the clock here; empty: as soon as the calling hours allow" placeholder="As soon as may be" clearable valueFormat="D MMM YYYY HH:mm" minDate={new Date()}
          value={fields.notBefore} error={problems["not_before"]} onChange={(notBefore) => set({ notBefore })}
          popoverProps={{ onOpen: () => onPicking(true), onClose: () => onPicking(false) }}
        />
        {variables.length > 0 && (
          <div>
            <Text size="sm" fw={500} mb={6}>What the call may say of them</Text>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              {variables.map(([name, value]) => (
                <TextInput key={name} label={name} value={value} onChange={(event) => set({ variables: { ...fields.variables, [name]: event.currentTarget.value } })} />
              ))}
            </SimpleGrid>
            {ofVariables.map(([field, message]) => <Text key={field} size="sm" role="alert" c="var(--mantine-color-error)">{message}</Text>)}
          </div>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>Keep as it is</Button>
          <Button type="submit" loading={save.isPending} disabled={Object.keys(change).length === 0 || Object.keys(own).length > 0}>Save</Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Fields of a refusal that have a place in the form. */
const SHOWN = new Set(["overrides.max_attempts", "overrides.agent_id", "overrides.phone_line_id", "overrides.first_message", "priority", "not_before"]);
