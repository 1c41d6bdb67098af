import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Campaign, defaultsQuery } from "@/api/campaigns";
import { api, bodyOf } from "@/api/client";
import { listQuery } from "@/api/contacts";
import { useAct } from "@/ui/act";
import { Loaded } from "@/ui/states";
import { RuleFields } from "./rules/RuleFields";
import { asChange, type CampaignRules, problemsOf, type Rules, rulesOf } from "./rules/rules";

interface EditCampaignProps {
  campaign: Campaign;
  onClose: () => void;
}

/** Changes a campaign, also while it runs: what is dialled next follows the new rules. */
export function EditCampaign({ campaign, onClose }: EditCampaignProps) {
  const defaults = useQuery(defaultsQuery);
  return (
    <Modal opened onClose={onClose} size="xl" title={<Text fw={640}>Change “{campaign.name}”</Text>}>
      <Loaded query={defaults}>{(rules) => <Fields campaign={campaign} defaults={rules} onClose={onClose} />}</Loaded>
    </Modal>
  );
}

function Fields({ campaign, defaults, onClose }: EditCampaignProps & { defaults: CampaignRules }) {
  const [name, setName] = useState(campaign.name);
  const [rules, setRules] = useState<Rules>(rulesOf(campaign));
  const lists = useQueries({ queries: campaign.list_ids.map(listQuery) }).flatMap(({ data }) => data ?? []);
  const save = useAct({
    run: async () =>
      bodyOf(
        await api.PATCH("/api/campaigns/{campaign_id}", {
          params: { path: { campaign_id: campaign.campaign_id } }, body: { name: name.trim(), ...asChange(rules) },
        }),
      ),
    done: "Changed. What is dialled from now on follows it.",
    touches: [["campaigns"]],
    then: (saved) => {
      if (!keptOn(rules, saved)) onClose();
    },
  });
  const kept = save.data && keptOn(rules, save.data);
  return (
    <Stack>
      <TextInput label="Name" value={name} maxLength={200} onChange={(event) => setName(event.currentTarget.value)} error={name.trim() === "" && "Give it a name"} />
      <RuleFields rules={rules} onChange={setRules} defaults={defaults} called={{ agentId: campaign.agent_id, lineId: campaign.phone_line_id, lists }} />
      {kept && <Alert color="orange" variant="default" role="alert">{kept}</Alert>}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>Keep as it is</Button>
        <Button onClick={() => save.mutate()} loading={save.isPending} disabled={name.trim() === "" || Object.keys(problemsOf(rules)).length > 0}>Save</Button>
      </Group>
    </Stack>
  );
}

/** What was switched off and is on again in what was saved; in words. */
function keptOn({ rules }: Rules, { rules: saved }: Campaign): string | undefined {
  const [sent, kept] = [rules.auto_pause, saved.auto_pause];
  if (sent.failed_percent === null && kept.failed_percent != null) {
    return `Saved, but it still pauses when ${kept.failed_percent} % of its calls fail: this cannot be switched off in a campaign that exists. Set it to 100 % instead.`;
  }
  if (sent.provider_down_secs === null && kept.provider_down_secs != null) {
    return "Saved, but it still pauses when the platform does not answer: this cannot be switched off in a campaign that exists. Set it to 86,400 seconds instead.";
  }
  return undefined;
}
