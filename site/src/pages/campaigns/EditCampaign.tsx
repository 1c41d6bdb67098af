import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Campaign } from "@/api/campaigns";
import { api, bodyOf } from "@/api/client";
import { useAct } from "@/ui/act";
import { problemsOf, RuleFields, type Rules, rulesOf } from "./RuleFields";

/** Changes a campaign, also while it runs: what is dialled next follows the new rules. */
export function EditCampaign({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) {
  const [name, setName] = useState(campaign.name);
  const [rules, setRules] = useState<Rules>(rulesOf(campaign));
  const save = useAct({
    run: async () =>
      bodyOf(
        await api.PATCH("/api/campaigns/{campaign_id}", {
          params: { path: { campaign_id: campaign.campaign_id } }, body: { name: name.trim(), ...rules },
        }),
      ),
    done: "Changed. What is dialled from now on follows it.",
    touches: [["campaigns"]],
    then: onClose,
  });
  return (
    <Modal opened onClose={onClose} size="xl" title={<Text fw={640}>Change “{campaign.name}”</Text>}>
      <Stack>
        <TextInput label="Name" value={name} maxLength={200} onChange={(event) => setName(event.currentTarget.value)} error={name.trim() === "" && "Give it a name"} />
        <RuleFields rules={rules} onChange={setRules} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>Keep as it is</Button>
          <Button onClick={() => save.mutate()} loading={save.isPending} disabled={name.trim() === "" || Object.keys(problemsOf(rules)).length > 0}>Save</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
