import { Badge, Button, Card, Group, Modal, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { IconDownload, IconPlus, IconRefresh, IconRobot, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type Agent, agentsQuery, platformsQuery } from "@/api/agents";
import { statsQuery } from "@/api/calls";
import { api, bodyOf, type Schemas } from "@/api/client";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { Dot } from "@/ui/Status";
import { formatCount, formatLanguage, formatNumber, formatPercent, formatWord } from "@/ui/format";
import { ButtonLink, TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Loaded, Notice } from "@/ui/states";
import { Ago } from "@/ui/Time";
import { PLATFORM } from "./platform";

type Order = "name" | "updated" | "created" | "calls";
const ORDERS: { value: Order; label: string }[] = [
  { value: "updated", label: "Last changed" },
  { value: "created", label: "Newest" },
  { value: "name", label: "Name" },
  { value: "calls", label: "Most calls" },
];

export default function AgentsPage() {
  const [text, setText] = useState("");
  const [provider, setProvider] = useState<string | null>(null);
  const [language, setLanguage] = useState<string | null>(null);
  const [order, setOrder] = useState<Order>("updated");
  const [importing, setImporting] = useState(false);
  const agents = useQuery(agentsQuery);
  const totals = new Map(useQuery(statsQuery(30)).data?.agents.map((agent) => [agent.agent_id ?? "", agent.totals]));
  const sync = useAct({
    run: async () => bodyOf(await api.POST("/api/agents/sync")),
    done: ({ imported, refreshed, missing, drifted, voices_missing: voices, failed }) =>
      [
        `${imported} new, ${refreshed} brought up to date, ${missing} gone at the platform.`,
        drifted > 0 && `${formatCount(drifted, "agent")} changed at the platform.`,
        voices > 0 && `${formatCount(voices, "agent")} without a voice that is there.`,
        ...failed.map(({ provider, explanation }) => `${PLATFORM[provider] ?? provider}: ${explanation}`),
      ].filter(Boolean).join(" "),
    touches: [["agents"]],
  });
  const known = agents.data ?? [];
  const words = text.trim().toLowerCase();
  const shown = known
    .filter(({ name, prompt }) => words === "" || name.toLowerCase().includes(words) || prompt.toLowerCase().includes(words))
    .filter((agent) => (provider === null || agent.provider === provider) && (language === null || agent.language === language))
    .sort((a, b) =>
      order === "name" ? a.name.localeCompare(b.name)
        : order === "updated" ? b.updated_at.localeCompare(a.updated_at)
        : order === "created" ? b.created_at.localeCompare(a.created_at)
          : (totals.get(b.agent_id)?.calls ?? 0) - (totals.get(a.agent_id)?.calls ?? 0),
    );
  const some = (values: string[]) => [...new Set(values)].sort();
  return (
    <>
      <PageHeader
        title="Agents"
        actions={
          <For role="admin">
            <Button variant="default" leftSection={<IconRefresh size={16} />} loading={sync.isPending} onClick={() => sync.mutate()}>Sync</Button>
            <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => setImporting(true)}>Import by id</Button>
            <ButtonLink to="/agents/new" leftSection={<IconPlus size={16} />}>New agent</ButtonLink>
          </For>
        }
      />
      <Group mb="md" role="search">
        <TextInput
          aria-label="Search agents" placeholder="Name or words of the prompt" leftSection={<IconSearch size={16} />} value={text} flex="1 1 220px" maw={360}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Select
          aria-label="Platform" placeholder="Any platform" clearable w={160} value={provider} onChange={setProvider}
          data={some(known.map((agent) => agent.provider)).map((value) => ({ value, label: PLATFORM[value] ?? formatWord(value) }))}
        />
        <Select
          aria-label="Language" placeholder="Any language" clearable w={170} value={language} onChange={setLanguage}
          data={some(known.map((agent) => agent.language)).map((value) => ({ value, label: formatLanguage(value) }))}
        />
        <Select aria-label="Order" w={160} allowDeselect={false} value={order} onChange={(value) => setOrder((value ?? "name") as Order)} data={ORDERS} />
      </Group>
      <Card p={0}>
        <Loaded query={agents}>
          {(all) =>
            all.length === 0 ? (
              <Notice
                icon={IconRobot} title="No agents yet"
                action={<For role="admin"><ButtonLink to="/agents/new">Make the first one</ButtonLink></For>}
              >
                An agent is a voice with a prompt, living at a platform. Make one here, or sync those you have there.
              </Notice>
            ) : shown.length === 0 ? (
              <Notice icon={IconSearch} title="No agent fits" action={<Button variant="default" onClick={() => { setText(""); setProvider(null); setLanguage(null); }}>Clear the filters</Button>} />
            ) : (
              <AgentTable agents={shown} totals={totals} />
            )
          }
        </Loaded>
      </Card>
      {importing && <ImportAgent onClose={() => setImporting(false)} />}
    </>
  );
}



function AgentTable({ agents, totals }: { agents: Agent[]; totals: Map<string, Schemas["CallTotals"]> }) {
  const go = useNavigate();
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th><Table.Th visibleFrom="sm">Platform</Table.Th><Table.Th>Language</Table.Th><Table.Th visibleFrom="sm">State</Table.Th>
            <Table.Th ta="right" visibleFrom="md">Calls</Table.Th><Table.Th ta="right" visibleFrom="md">Success</Table.Th><Table.Th ta="right" visibleFrom="sm">Changed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {agents.map((agent) => {
            const total = totals.get(agent.agent_id);
            return (
              <Table.Tr key={agent.agent_id} data-href onClick={() => void go({ to: "/agents/$agentId", params: { agentId: agent.agent_id } })}>
                <Table.Td><TextLink to="/agents/$agentId" params={{ agentId: agent.agent_id }} fw={550} size="sm">{agent.name}</TextLink></Table.Td>
                <Table.Td visibleFrom="sm"><Badge>{PLATFORM[agent.provider] ?? agent.provider}</Badge></Table.Td>
                <Table.Td>{formatLanguage(agent.language)}</Table.Td>
                <Table.Td visibleFrom="sm"><AgentState agent={agent} /></Table.Td>
                <Table.Td ta="right" visibleFrom="md">{formatNumber(total?.calls ?? 0)}</Table.Td>
                <Table.Td ta="right" visibleFrom="md">{total && total.completed > 0 ? formatPercent(total.success / total.completed) : ""}</Table.Td>
                <Table.Td ta="right" visibleFrom="sm"><Text size="sm" c="dimmed" span><Ago at={agent.updated_at} /></Text></Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** How an agent is; the worst first. */
export function AgentState({ agent }: { agent: Agent }) {
  if (agent.status === "missing") return <Dot tone="bad" label="Gone at the platform" />;
  if (agent.voice_missing) return <Dot tone="warn" label="Voice gone" />;
  if (agent.drift) return <Dot tone="warn" label="Changed at the platform" />;
  return <Dot tone="good" label="Active" />;
}

function ImportAgent({ onClose }: { onClose: () => void }) {
  const [id, setId] = useState("");
  const [provider, setProvider] = useState<Schemas["ProviderKind"]>("elevenlabs");
  const platforms = useQuery(platformsQuery).data?.filter(({ set_up: ready }) => ready) ?? [];
  const go = useNavigate();
  const run = useAct({
    run: async () => bodyOf(await api.POST("/api/agents/import", { body: { provider, provider_agent_id: id.trim() } })),
    done: ({ name }) => `“${name}” is imported.`,
    touches: [["agents"]],
    then: (agent) => void go({ to: "/agents/$agentId", params: { agentId: agent.agent_id } }),
  });
  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>Import an agent that exists</Text>}>
      <form onSubmit={(event) => { event.preventDefault(); run.mutate(); }}>
        <Stack>
          {platforms.length > 1 && (
            <Select
              label="Platform" allowDeselect={false} value={provider} data={platforms.map(({ kind, name }) => ({ value: kind, label: name }))}
              onChange={(next) => next && setProvider(next as Schemas["ProviderKind"])}
            />
          )}
          <TextInput
            label="Its id at the platform" description="The platform shows it on the agent's page" value={id} data-autofocus required
            onChange={(event) => setId(event.currentTarget.value)}
          />
          <Group justify="flex-end"><Button type="submit" loading={run.isPending} disabled={id.trim() === ""}>Import</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
