import { Table } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import type { Call } from "@/api/calls";
import { useAgentNames } from "@/pages/agents/names";
import { wordsOfTarget } from "@/pages/inbound/words";
import { useMay } from "@/session/me";
import { useHandled } from "./handled";
import { CallRow } from "./CallRow";

interface CallTableProps {
  calls: Call[];
  /** Fewer columns, for a place beside other things. */
  compact?: boolean;
}

export function CallTable({ calls, compact = false }: CallTableProps) {
  const operates = useMay("operator");
  const { mutate: handle } = useHandled();
  const go = useNavigate();
  const open = useCallback((callId: string) => void go({ to: "/calls/$callId", params: { callId } }), [go]);
  const names = useAgentNames();
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table className="calls">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Person</Table.Th>
            <Table.Th>Status</Table.Th>
            {!compact && <Table.Th visibleFrom="md">Result</Table.Th>}
            {!compact && <Table.Th visibleFrom="lg">About</Table.Th>}
            {!compact && <Table.Th visibleFrom="md">Agent</Table.Th>}
            {!compact && <Table.Th ta="right" visibleFrom="sm">Duration</Table.Th>}
            <Table.Th ta="right">When</Table.Th>
            {!compact && <Table.Th ta="center" visibleFrom="sm">Handled</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {calls.map((call) => (
            <CallRow key={call.call_id} call={call} compact={compact} agent={whoSpoke(call, names)} onOpen={open} onHandled={operates ? handle : undefined} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** The agent; a call that came in may have been taken by a person or by voicemail. */
function whoSpoke({ agent_id: agent, reception }: Call, names: ReadonlyMap<string, string>): string | undefined {
  return agent != null ? names.get(agent) : reception ? wordsOfTarget(reception.target, names) : "Nobody";
}
