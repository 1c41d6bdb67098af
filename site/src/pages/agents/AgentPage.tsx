import { Alert, Box, Button, Card, Grid, Group, List, Modal, Stack, Text } from "@mantine/core";
import { IconRefresh, IconSpeakerphone, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { type Agent, agentQuery, dependentsQuery, platformsQuery } from "@/api/agents";
import { callsQuery, statsQuery } from "@/api/calls";
import { api, bodyOf, type Schemas } from "@/api/client";
import { CallTable } from "@/pages/calls/CallTable";
import { For, useMay } from "@/session/me";
import { markFields, useAct } from "@/ui/act";
import { Facts } from "@/ui/Facts";
import { Figure } from "@/ui/Figure";
import { formatCount, formatDuration, formatNumber, formatPercent, formatWord } from "@/ui/format";
import { ButtonLink, TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Lines, Loaded, Section } from "@/ui/states";
import { Moment } from "@/ui/Time";
import { AgentForm, NotSetUp } from "./AgentForm";
import { AgentState } from "./AgentsPage";
import { AgentTools } from "./AgentTools";
import { PLATFORM } from "./platform";
import { type AgentValues, changesOf, driftWords } from "./values";

export default function AgentPage() {
  const { agentId } = useParams({ from: "/agents/$agentId" });
  const agent = useQuery(agentQuery(agentId));
  return (
    <Loaded query={agent} waiting={<><PageHeader title="Agent" /><Lines /></>}>
      {(known) => <Known key={known.agent_id} agent={known} />}
    </Loaded>
  );
}

function Known({ agent }: { agent: Agent }) {
  const manages = useMay("admin");
  const platform = useQuery(platformsQuery).data?.find(({ kind }) => kind === agent.provider);
  const [deleting, setDeleting] = useState(false);
  const totals = useQuery(statsQuery(7)).data?.agents.find(({ agent_id }) => agent_id === agent.agent_id)?.totals;
  const calls = useQuery(callsQuery({ agent_id: agent.agent_id }, undefined, 6));
  const save = useAct({
    run: async ({ values }: { values: AgentValues; mark: (errors: Record<string, string>) => void }) =>
      bodyOf(await api.PATCH("/api/agents/{agent_id}", { params: { path: { agent_id: agent.agent_id } }, body: changesOf(agent, values) })),
    done: "Saved. Calls from now on follow it.",
    touches: [["agents"]],
    failed: (error, { mark }) => markFields({ setErrors: mark }, error),
  });
  return (
    <>
      <PageHeader
        title={agent.name}
        badge={<AgentState agent={agent} />}
        subtitle={<>{PLATFORM[agent.provider] ?? agent.provider}, changed <Moment at={agent.updated_at} /></>}
        actions={
          <>
            <For role="operator"><ButtonLink to="/campaigns/new" variant="default" leftSection={<IconSpeakerphone size={16} />}>Use in a campaign</ButtonLink></For>
            <For role="operator"><LookNow agent={agent} /></For>
            <For role="admin"><Button variant="default" className="danger" leftSection={<IconTrash size={16} />} onClick={() => setDeleting(true)}>Delete</Button></For>
          </>
        }
      />
      {agent.status === "missing" && (
        <Alert color="orange" variant="default" mb="md" title="It is gone at the platform">
          Somebody deleted it there. Campaigns cannot call with it; its calls stay.
        </Alert>
      )}
      {platform && !platform.set_up && <Box mb="md"><NotSetUp name={platform.name} /></Box>}
      {agent.drift && <Drifted agent={agent} drift={agent.drift} options={platform?.agent_options ?? []} />}
      <Grid gutter="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack>
            <Card>
              <AgentForm
                // Saved or changed elsewhere: the form shows what is true now.
                key={agent.version} agent={agent} submit="Save" busy={save.isPending} readOnly={!manages}
                onSubmit={(values, mark) => save.mutate({ values, mark })}
              />
            </Card>
            {/* Agents of the other platforms have their tools there. */}
            {agent.provider === "openai" && <AgentTools agentId={agent.agent_id} />}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack>
            <Section title="So far">
              <Group gap="xl">
                <Figure label="Calls" value={formatNumber(totals?.calls ?? 0)} />
                <Figure label="Success" value={totals && totals.completed > 0 ? formatPercent(totals.success / totals.completed) : "None yet"} />
                <Figure label="On average" value={totals && totals.completed > 0 ? formatDuration(totals.duration_secs / totals.completed) : "0:00"} />
              </Group>
            </Section>
            <Section title="Facts">
              <Facts rows={[["Id", agent.agent_id], ["At the platform", agent.provider_agent_id], ["Made", <Moment key="m" at={agent.created_at} />]]} />
            </Section>
            <Section title="Last calls" aside={<TextLink to="/calls" search={{ agent: agent.agent_id }} size="sm">See all</TextLink>}>
              <Loaded query={calls}>
                {({ items }) => items.length === 0 ? <Text size="sm" c="dimmed">It has not called anybody yet.</Text> : <CallTable calls={items} compact />}
              </Loaded>
            </Section>
          </Stack>
        </Grid.Col>
      </Grid>
      {deleting && <DeleteAgent agent={agent} onClose={() => setDeleting(false)} />}
    </>
  );
}

interface DriftedProps {
  agent: Agent;
  drift: Schemas["AgentDrift"];
  options: Schemas["AgentOption"][];
}

/** What somebody changed at the platform, until somebody here has seen it. */
function Drifted({ agent, drift, options }: DriftedProps) {
  const seen = useAct({
    run: async () => bodyOf(await api.POST("/api/agents/{agent_id}/drift/seen", { params: { path: { agent_id: agent.agent_id } } })),
    touches: [["agents"]],
  });
  return (
    <Alert color="orange" variant="default" mb="md" title="It was changed at the platform, not here">
      <Group justify="space-between" gap="sm">
        <Text size="sm" flex="1 1 300px">
          Noticed <Moment at={drift.noticed_at} />: {driftWords(drift.fields, options)}. What is shown here is what calls follow now.
        </Text>
        <For role="operator"><Button size="xs" variant="default" loading={seen.isPending} onClick={() => seen.mutate()}>I have seen it</Button></For>
      </Group>
    </Alert>
  );
}

/** Asks the platform how the agent is at this moment. */
function LookNow({ agent }: { agent: Agent }) {
  const look = useAct({
    run: async () =>
      bodyOf(await api.GET("/api/agents/{agent_id}", { params: { path: { agent_id: agent.agent_id }, query: { fresh: true } } })),
    done: ({ status, drift }) =>
      status === "missing" ? "It is gone at the platform." : drift ? "It was changed at the platform." : "It is at the platform as it is here.",
    touches: [["agents"]],
  });
  return <Button variant="default" leftSection={<IconRefresh size={16} />} loading={look.isPending} onClick={() => look.mutate()}>Check at the platform</Button>;
}

/** Says what depends on the agent before it is deleted. */
function DeleteAgent({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const go = useNavigate();
  const dependents = useQuery({ ...dependentsQuery(agent.agent_id), staleTime: 0 });
  const remove = useAct({
    run: () => api.DELETE("/api/agents/{agent_id}", { params: { path: { agent_id: agent.agent_id } } }),
    done: `“${agent.name}” is deleted, here and at the platform.`,
    touches: [["agents"]],
    then: () => void go({ to: "/agents" }),
  });
  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>Delete “{agent.name}”?</Text>}>
      <Loaded query={dependents} waiting={<Lines count={3} />}>
        {({ campaigns, calls_in_progress: live, deletable, reason, remains }) => (
          <Stack>
            {campaigns.length === 0 && live === 0 ? (
              <Text size="sm">No campaign and no call depends on it. {remains}</Text>
            ) : (
              <div>
                <Text size="sm">What depends on it:</Text>
                <List size="sm">
                  {campaigns.map(({ campaign_id, name, status }) => (
                    <List.Item key={campaign_id}>
                      campaign <TextLink to="/campaigns/$campaignId" params={{ campaignId: campaign_id }} size="sm">{name}</TextLink>, {formatWord(status).toLowerCase()}
                    </List.Item>
                  ))}
                  {live > 0 && <List.Item>{formatCount(live, "call")} queued or in progress</List.Item>}
                </List>
              </div>
            )}
            {!deletable && <Alert color="orange" variant="default" title="It cannot be deleted now">{reason}</Alert>}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>Keep it</Button>
              <Button color="red.8" disabled={!deletable} loading={remove.isPending} onClick={() => remove.mutate()}>Delete the agent</Button>
            </Group>
          </Stack>
        )}
      </Loaded>
    </Modal>
  );
}
