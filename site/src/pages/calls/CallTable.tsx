import { Checkbox, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { agentsQuery } from "@/api/agents";
import type { Call } from "@/api/calls";
import { useMay } from "@/session/me";
import { CallStatus, CallSuccess, isLive } from "@/ui/Status";
import { formatDuration, formatPhone } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Ago } from "@/ui/Time";
import { useHandled } from "./handled";
import { nameOf } from "./person";

interface CallTableProps {
  calls: Call[];
  /** Fewer columns, for a place beside other things. */
  compact?: boolean;
}

export function CallTable({ calls, compact = false }: CallTableProps) {
  const names = new Map(useQuery(agentsQuery).data?.map(({ agent_id, name }) => [agent_id, name]));
  const operates = useMay("operator");
  const handle = useHandled();
  const go = useNavigate();

  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table>
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
          {calls.map((call) => {
            const number = call.phone_number ? formatPhone(call.phone_number) : "Unknown number";
            const name = nameOf(call.variables);
            return (
              <Table.Tr
                key={call.call_id} data-href
                onClick={(event) => {
                  // The whole row opens the call; what is pressed in it does what it says.
                  if (!(event.target as Element).closest("a,input,label,button")) {
                    void go({ to: "/calls/$callId", params: { callId: call.call_id } });
                  }
                }}
              >
                <Table.Td>
                  <Stack gap={0}>
                    <TextLink to="/calls/$callId" params={{ callId: call.call_id }} fw={550} size="sm" style={{ whiteSpace: "nowrap" }}>
                      {name ?? number}
                    </TextLink>
                    {name && <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>{number}</Text>}
                  </Stack>
                </Table.Td>
                <Table.Td><CallStatus status={call.status} /></Table.Td>
                {!compact && <Table.Td visibleFrom="md">{call.results.success && <CallSuccess success={call.results.success} />}</Table.Td>}
                {!compact && (
                  <Table.Td visibleFrom="lg" maw={360}>
                    <Text size="sm" truncate c={call.failure ? undefined : "dimmed"}>{call.results.title ?? call.failure ?? call.results.summary}</Text>
                  </Table.Td>
                )}
                {!compact && <Table.Td visibleFrom="md"><Text size="sm" truncate maw={180}>{names.get(call.agent_id) ?? "…"}</Text></Table.Td>}
                {!compact && <Table.Td ta="right" visibleFrom="sm">{call.duration_secs != null ? formatDuration(call.duration_secs) : ""}</Table.Td>}
                <Table.Td ta="right"><Text size="sm" c="dimmed" span><Ago at={call.started_at ?? call.created_at} /></Text></Table.Td>
                {!compact && (
                  <Table.Td visibleFrom="sm">
                    {!isLive(call.status) && (
                      <Checkbox
                        checked={call.handled} disabled={!operates} aria-label={`Handled: ${name ?? number}`}
                        styles={{ body: { justifyContent: "center" } }}
                        onChange={(event) => handle.mutate({ callId: call.call_id, handled: event.currentTarget.checked })}
                      />
                    )}
                  </Table.Td>
                )}
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
