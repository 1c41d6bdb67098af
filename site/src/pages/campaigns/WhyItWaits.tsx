import { Alert, Button, Group, Text } from "@mantine/core";
import { IconPlayerPlay, IconSettings } from "@tabler/icons-react";
import { useState } from "react";
import { actOnCampaign, type Campaign } from "@/api/campaigns";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { EditCampaign } from "./EditCampaign";

/** Why a campaign failed or paused by itself, and what may be done about it. */
export function WhyItWaits({ campaign }: { campaign: Campaign }) {
  const [editing, setEditing] = useState(false);
  const resume = useAct({
    run: () => actOnCampaign(campaign.campaign_id, "resume"), done: "The campaign goes on.", touches: [["campaigns"], ["queue"], ["stats"]],
  });
  if (!campaign.failure) return null;
  const { status } = campaign;
  const title = status === "failed" ? "Why it failed" : status === "paused" ? "It paused by itself" : "Why it waits";
  return (
    <Alert color={status === "failed" ? "red" : "orange"} variant="default" mb="md" title={title}>
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>{campaign.failure}</Text>
      {status === "paused" && (
        <For role="operator">
          <Group gap="xs" mt="sm">
            <Button size="xs" leftSection={<IconPlayerPlay size={14} />} loading={resume.isPending} onClick={() => resume.mutate()}>Go on calling</Button>
            <Button size="xs" variant="default" leftSection={<IconSettings size={14} />} onClick={() => setEditing(true)}>Change the rules</Button>
          </Group>
        </For>
      )}
      {editing && <EditCampaign campaign={campaign} onClose={() => setEditing(false)} />}
    </Alert>
  );
}
