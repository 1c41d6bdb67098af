import { Alert, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import type { Campaign } from "@/api/campaigns";
import { ApiProblem, api, bodyOf } from "@/api/client";
import { ownRegion } from "@/pages/contacts/regions";
import { useAct } from "@/ui/act";
import { formatCount } from "@/ui/format";
import { readPeople } from "./people";

const MOST = 1_000;

export function AddRecipients({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) {
  const [text, setText] = useState("");
  const [problems, setProblems] = useState<readonly { field: string; message: string }[]>([]);
  const people = readPeople(text);
  const missing = campaign.required_variables.filter((name) => people.some(({ variables }) => !variables?.[name]));
  const add = useAct({
    run: async () =>
      bodyOf(
        await api.POST("/api/campaigns/{campaign_id}/recipients", {
          params: { path: { campaign_id: campaign.campaign_id } },
          body: { recipients: people, default_region: ownRegion() },
        }),
      ),
    done: ({ added, present }) => `${formatCount(added, "person", "people")} added${present > 0 ? `, ${present} there already` : ""}.`,
    touches: [["campaigns"]],
    then: onClose,
    failed: (error) => {
      const fields = error instanceof ApiProblem ? error.fields : [];
      setProblems(fields);
      return fields.length > 0;
    },
  });
  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>Add people to “{campaign.name}”</Text>} size="lg">
      <Stack>
        <Textarea
          label="People" description="Numbers, one per line; or a table with a header, pasted from a spreadsheet. Up to 1,000 at a time."
          placeholder={`phone_number\tname\n+34 631 021 622\tAna`} autosize minRows={6} maxRows={14} value={text} data-autofocus
          onChange={(event) => { setText(event.currentTarget.value); setProblems([]); }}
        />
        {people.length > 0 && missing.length > 0 && (
          <Alert color="orange" variant="default" title="Something the agent says is missing">
            Not everybody has a value for {missing.map((name) => `{{${name}}}`).join(", ")}: such people are skipped.
          </Alert>
        )}
        {problems.length > 0 && (
          <Alert color="red" variant="default" role="alert" title="Nobody was added">
            {problems.slice(0, 8).map(({ field, message }) => <Text size="sm" key={field}>{place(field)}: {message}</Text>)}
          </Alert>
        )}
        {people.length > MOST && <Alert color="red" variant="default" role="alert">Add at most 1,000 people at a time; import a larger list.</Alert>}
        <Group justify="flex-end">
          <Button onClick={() => add.mutate()} loading={add.isPending} disabled={people.length === 0 || people.length > MOST}>
            Add {formatCount(people.length, "person", "people")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** `recipients[3].phone_number` → `Row 4`. */
function place(field: string): string {
  const index = /recipients[[.](\d+)/.exec(field)?.[1];
  return index === undefined ? field : `Row ${Number(index) + 1}`;
}
