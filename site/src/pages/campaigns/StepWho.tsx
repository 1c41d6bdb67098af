import { Alert, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { agentsQuery, phoneLinesQuery } from "@/api/agents";
import type { Schemas } from "@/api/client";
import { formatPhone, formatWord } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { type Draft, without } from "./draft";

export interface StepProps {
  draft: Draft;
  problems: Record<string, string>;
  onChange: (draft: Draft) => void;
}

export function StepWho({ draft, problems, onChange }: StepProps) {
  const agents = useQuery(agentsQuery);
  const lines = useQuery(phoneLinesQuery);
  const agent = agents.data?.find(({ agent_id }) => agent_id === draft.agentId);
  const usable = (lines.data?.items ?? []).filter(({ supports_outbound: out, provider }) => out && (!agent || provider === agent.provider));
  const active = (agents.data ?? []).filter(({ status }) => status === "active");
  const chooseLine = (lineId: string | null) => {
    const line = usable.find(({ phone_line_id }) => phone_line_id === lineId);
    onChange({ ...draft, lineId, carrier: line?.carrier ?? null, rules: without(draft.rules, { lineId }) });
  };
  return (
    <Stack maw={560}>
      <TextInput
        label="Name" placeholder="May appointments" required value={draft.name} maxLength={200} error={problems["name"]} data-autofocus
        onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
      />
      <Select
        label="Agent" required searchable placeholder={agents.isPending ? "Loading" : "Who speaks"} value={draft.agentId} error={problems["agentId"]}
        data={active.map(({ agent_id, name }) => ({ value: agent_id, label: name }))} nothingFoundMessage="No such agent"
        onChange={(agentId) => onChange({ ...draft, agentId, rules: without(draft.rules, { agentId }) })}
      />
      {agents.data && active.length === 0 && (
        <Alert color="orange" variant="default" title="There is no agent yet"><TextLink to="/agents/new">Make one</TextLink>, or import one from its platform, then come back.</Alert>
      )}
      <Select
        label="Phone line" required searchable placeholder={lines.isPending ? "Loading" : "The number people see"} value={draft.lineId} error={problems["lineId"]}
        data={usable.map(({ phone_line_id, label, phone_number }) => ({ value: phone_line_id, label: label ? `${label} (${formatPhone(phone_number)})` : formatPhone(phone_number) }))}
        nothingFoundMessage="No such line" onChange={chooseLine}
      />
      {lines.data?.explanation && <Alert color="orange" variant="default">{lines.data.explanation}</Alert>}
      {lines.data && usable.length === 0 && (
        <Alert color="orange" variant="default" title="There is no line to call from">Connect a phone number at the platform, and it appears here within a minute; lines of a platform that does not list them are entered under <TextLink to="/settings" search={{ tab: "phone-lines" }} size="sm">Settings</TextLink>.</Alert>
      )}
      {draft.lineId && (
        <div>
          <Text size="sm" fw={500} mb={4}>Carrier</Text>
          <SegmentedControl
            aria-label="Carrier" value={draft.carrier ?? "twilio"} onChange={(carrier) => onChange({ ...draft, carrier: carrier as Schemas["Carrier"] })}
            data={(["twilio", "sip_trunk"] as const).map((value) => ({ value, label: value === "sip_trunk" ? "SIP trunk" : formatWord(value) }))}
          />
        </div>
      )}
    </Stack>
  );
}
