import { Button, Grid, Group, Stack, Text } from "@mantine/core";
import { IconCopy, IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconPlus, IconRefresh, IconSettings, IconTemplate } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { agentQuery } from "@/api/agents";
import { actOnCampaign, type Campaign, type CampaignAct, campaignQuery } from "@/api/campaigns";
import { api, bodyOf } from "@/api/client";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { CampaignProgress, COUNTED } from "@/ui/CampaignProgress";
import { CampaignStatus } from "@/ui/Status";
import { ask } from "@/ui/confirm";
import { Figure } from "@/ui/Figure";
import { formatCount, formatNumber, formatPercent, formatWord } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Lines, Loaded, Section } from "@/ui/states";
import { Moment } from "@/ui/Time";
import { AddRecipients } from "./AddRecipients";
import { Cost } from "./Cost";
import { EditCampaign } from "./EditCampaign";
import { HowItCalls } from "./HowItCalls";
import { PaceFigures } from "./PaceFigures";
import { PreflightCard } from "./PreflightCard";
import { ProofCard } from "./ProofCard";
import { Recipients } from "./Recipients";
import { ReportSection } from "./ReportSection";
import { SaveTemplate } from "./SaveTemplate";
import { SpentToday } from "./SpentToday";
import { WhyItWaits } from "./WhyItWaits";

export default function CampaignPage() {
  const { campaignId } = useParams({ from: "/campaigns/$campaignId" });
  const campaign = useQuery(campaignQuery(campaignId));
  return (
    <Loaded query={campaign} waiting={<><PageHeader title="Campaign" /><Lines /></>}>
      {(known) => <Known key={known.campaign_id} campaign={known} />}
    </Loaded>
  );
}

const OVER: Campaign["status"][] = ["completed", "cancelled", "failed"];
export const isCampaignOver = (status: Campaign["status"]) => OVER.includes(status);

function Known({ campaign }: { campaign: Campaign }) {
  const agent = useQuery({ ...agentQuery(campaign.agent_id), retry: false });
  const { counts } = campaign;
  const reached = counts.completed + counts.voicemail;
  const tried = counts.completed + counts.no_answer + counts.busy + counts.voicemail + counts.failed;
  return (
    <>
      <PageHeader
        title={campaign.name}
        badge={<CampaignStatus status={campaign.status} />}
        subtitle={<>{agent.data && <>with <TextLink to="/agents/$agentId" params={{ agentId: campaign.agent_id }} size="sm">{agent.data.name}</TextLink>, </>}{begins(campaign)}</>}
        actions={<For role="operator"><Actions campaign={campaign} /></For>}
      />
      <WhyItWaits campaign={campaign} />
      <Stack>
        {["draft", "scheduled"].includes(campaign.status) && <PreflightCard campaign={campaign} />}
        <Section title="Progress" aside={!campaign.laid_out && <Text size="sm" c="dimmed">People are still being laid out; the total grows.</Text>}>
          <CampaignProgress counts={counts} size={16} />
          <Group mt="lg" gap="xl" align="flex-start">
            <Figure label="People" value={formatNumber(counts.total)} />
            {COUNTED.filter((state) => counts[state] > 0).map((state) => (
              <Figure key={state} label={formatWord(state)} value={formatNumber(counts[state])} note={formatPercent(counts[state] / counts.total)} />
            ))}
            {tried > 0 && <Figure label="Reached" value={formatPercent(reached / tried)} note="of those tried" />}
            <PaceFigures campaign={campaign} />
            <Cost campaign={campaign} />
            <SpentToday campaign={campaign} />
          </Group>
        </Section>
        <Grid gutter="md">
          <Grid.Col span={{ base: 12, lg: 8 }}>
            <Stack>
              {campaign.started_at && <ReportSection campaign={campaign} />}
              <Recipients campaign={campaign} />
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <Stack>
              <HowItCalls campaign={campaign} />
              {campaign.started_at && <ProofCard campaignId={campaign.campaign_id} />}
            </Stack>
          </Grid.Col>
        </Grid>
      </Stack>
    </>
  );
}

function begins(campaign: Campaign) {
  if (campaign.status === "scheduled" && campaign.start_at) return <>begins <Moment at={campaign.start_at} /></>;
  if (campaign.started_at) return <>began <Moment at={campaign.started_at} /></>;
  return <>made <Moment at={campaign.created_at} /></>;
}

function Actions({ campaign }: { campaign: Campaign }) {
  const { campaign_id: id, status, counts } = campaign;
  const go = useNavigate();
  const [adding, setAdding] = useState(false);
  const [editing, setEditing] = useState(false);
  const [saving, setSaving] = useState(false);
  const act = useAct({
    run: (wanted: CampaignAct) => actOnCampaign(id, wanted),
    done: (_, wanted) =>
      ({
        start: "The campaign calls now.", pause: "Paused: no new call begins.", resume: "The campaign goes on.",
        cancel: "Cancelled: no new call begins.", "retry-failed": "People whose calls failed are called again.",
      })[wanted],
    touches: [["campaigns"], ["queue"], ["stats"]],
  });
  const copy = useAct({
    run: async () =>
      bodyOf(await api.POST("/api/campaigns/{campaign_id}/clone", { params: { path: { campaign_id: id } }, body: {} })),
    done: ({ name }) => `“${name}” is a draft with the same people and rules.`,
    touches: [["campaigns"]],
    then: (made) => void go({ to: "/campaigns/$campaignId", params: { campaignId: made.campaign_id } }),
  });
  const over = isCampaignOver(status);
  const busy = (wanted: CampaignAct) => act.isPending && act.variables === wanted;
  const waiting = counts.pending + counts.queued;
  return (
    <>
      {(status === "draft" || status === "scheduled") && (
        <Button leftSection={<IconPlayerPlay size={16} />} loading={busy("start")} onClick={() => act.mutate("start")}>Start now</Button>
      )}
      {(status === "running" || status === "scheduled") && (
        <Button variant="default" leftSection={<IconPlayerPause size={16} />} loading={busy("pause")} onClick={() => act.mutate("pause")}>Pause</Button>
      )}
      {status === "paused" && (
        <Button leftSection={<IconPlayerPlay size={16} />} loading={busy("resume")} onClick={() => act.mutate("resume")}>Resume</Button>
      )}
      {counts.failed > 0 && status !== "draft" && status !== "cancelled" && (
        <Button variant="default" leftSection={<IconRefresh size={16} />} loading={busy("retry-failed")} onClick={() => act.mutate("retry-failed")}>
          Retry failed
        </Button>
      )}
      {!over && <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>Add people</Button>}
      {!over && <Button variant="default" leftSection={<IconSettings size={16} />} onClick={() => setEditing(true)}>Change</Button>}
      <Button variant="default" leftSection={<IconCopy size={16} />} loading={copy.isPending} onClick={() => copy.mutate()}>Copy</Button>
      <Button variant="default" leftSection={<IconTemplate size={16} />} onClick={() => setSaving(true)}>Save as template</Button>
      {!over && (
        <Button
          variant="default" className="danger" leftSection={<IconPlayerStop size={16} />} loading={busy("cancel")}
          onClick={() =>
            ask({
              title: `Cancel “${campaign.name}”?`, confirm: "Cancel the campaign", danger: true, onConfirm: () => act.mutate("cancel"),
              children: `${formatCount(waiting, "person", "people")} who wait are not called. Calls in progress go on to their end. This cannot be undone; pausing can.`,
            })
          }
        >
          Cancel
        </Button>
      )}
      {adding && <AddRecipients campaign={campaign} onClose={() => setAdding(false)} />}
      {editing && <EditCampaign campaign={campaign} onClose={() => setEditing(false)} />}
      {saving && <SaveTemplate campaign={campaign} onClose={() => setSaving(false)} />}
    </>
  );
}
