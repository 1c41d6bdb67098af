import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { agentsQuery, phoneLinesQuery } from "@/api/agents";
import { callBack, type Callback } from "@/api/callbacks";
import { useAct } from "@/ui/act";
import { formatPhone } from "@/ui/format";

/** Places the call of a callback: by whom, and from which line. */
export function CallNow({ callback, onClose }: { callback: Callback; onClose: () => void }) {
  const agents = (useQuery(agentsQuery).data ?? []).filter(({ status }) => status === "active");
  const [agentId, setAgent] = useState<string | null>(callback.agent_id ?? null);
  const [lineId, setLine] = useState<string | null>(null);
  const agent = agents.find(({ agent_id: id }) => id === agentId);
  const lines = (useQuery(phoneLinesQuery).data?.items ?? []).filter(({ provider, supports_outbound: dials }) => dials && provider === agent?.provider);
  const [only] = lines.length === 1 ? lines : [];
  const line = lines.some(({ phone_line_id: id }) => id === lineId) ? lineId : (only?.phone_line_id ?? null);
  const call = useAct({
    run: () => callBack(callback.callback_id, { agent_id: agentId ?? undefined, phone_line_id: line ?? undefined }),
    done: "The call is placed.",
    touches: [["callbacks"], ["calls"], ["queue"]],
    then: onClose,
  });
  const whom = callback.name ?? formatPhone(callback.phone_number);
  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>Call {whom} now?</Text>}>
      <form onSubmit={(event) => { event.preventDefault(); call.mutate(); }}>
        <Stack>
          <Text size="sm">{formatPhone(callback.phone_number)}. {callback.reason}</Text>
          <Select
            label="Agent" withAsterisk searchable allowDeselect={false} value={agentId} onChange={setAgent} nothingFoundMessage="No such agent"
            data={agents.map(({ agent_id, name }) => ({ value: agent_id, label: name }))}
          />
          <Select
            label="From" withAsterisk allowDeselect={false} value={line} onChange={setLine} disabled={!agent}
            error={agent && lines.length === 0 ? "There is no phone line that this agent can call from" : undefined}
            data={lines.map(({ phone_line_id, label, phone_number }) => ({ value: phone_line_id, label: label ? `${label}, ${formatPhone(phone_number)}` : formatPhone(phone_number) }))}
          />
          <Text size="sm" c="dimmed">The phone rings as soon as a slot is free. Numbers on the do-not-call list are not called.</Text>
          <Group justify="flex-end">
            <Button variant="default" data-autofocus onClick={onClose}>Not now</Button>
            <Button type="submit" disabled={!agent || line === null} loading={call.isPending}>Call now</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
