import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Campaign } from "@/api/campaigns";
import { ApiProblem, api, bodyOf } from "@/api/client";
import { useAct } from "@/ui/act";

/** Keeps how a campaign calls, to begin others with. */
export function SaveTemplate({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) {
  const [name, setName] = useState(campaign.name);
  const [problem, setProblem] = useState<string>();
  const save = useAct({
    run: async () => bodyOf(await api.POST("/api/campaign-templates", { body: { name: name.trim(), campaign_id: campaign.campaign_id } })),
    done: (made) => `“${made.name}” is a template: choose it when you make a campaign.`,
    touches: [["campaign-templates"]],
    then: onClose,
    failed: (error) => {
      const wrong = error instanceof ApiProblem ? error.fields.find(({ field }) => field === "name") : undefined;
      setProblem(wrong?.message);
      return wrong !== undefined;
    },
  });
  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>Save as template</Text>}>
      <form onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
        <Stack>
          <TextInput
            label="Name" description="Agent, line, rules and limits are kept; people and moments are not" data-autofocus maxLength={200} value={name}
            error={problem ?? (name.trim() === "" && "Give it a name")} onChange={(event) => { setName(event.currentTarget.value); setProblem(undefined); }}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>Not now</Button>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>Save template</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
