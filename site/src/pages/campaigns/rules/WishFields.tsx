import { Autocomplete, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { callsQuery } from "@/api/calls";
import { type CampaignRules, isNamed } from "./rules";

type Wishes = CampaignRules["wishes"];

interface WishFieldsProps {
  wishes: Wishes;
  usual: Wishes;
  /** Whose earlier calls say which fields there are. */
  agentId: string | null | undefined;
  onChange: (wishes: Wishes) => void;
}

/** What follows from what the agent was told to find out. */
export function WishFields({ wishes, usual, agentId, onChange }: WishFieldsProps) {
  const filter = { agent_id: agentId ?? "", status: "completed" as const };
  const earlier = useQuery({ ...callsQuery(filter, undefined, 50), enabled: Boolean(agentId), refetchInterval: false });
  const found = agentId ? earlier.data?.items ?? [] : [];
  const fields = [...new Set(found.flatMap(({ results }) => Object.keys(results.collected)))].sort();
  return (
    <Stack>
      <Text size="sm" c="dimmed">The platform looks for these after each call: they are names of the agent’s data collection there.</Text>
      <Wish
        label="Not to be called again" field="Field that says yes" description="Then the number goes onto the do-not-call list." value={wishes.opt_out_field}
        usual={usual.opt_out_field || "opt_out"} fields={fields} onChange={(opt_out_field) => onChange({ ...wishes, opt_out_field })}
      />
      <Wish
        label="To be called back" field="Field with the moment" description="As 2026-12-01T09:00, by the person’s own clock. They are called then, within a month."
        value={wishes.callback_field} usual={usual.callback_field || "callback_at"} fields={fields} onChange={(callback_field) => onChange({ ...wishes, callback_field })}
      />
    </Stack>
  );
}

interface WishProps {
  label: string;
  field: string;
  description: string;
  value: string | null;
  usual: string;
  fields: string[];
  onChange: (value: string | null) => void;
}

function Wish({ label, field, description, value, usual, fields, onChange }: WishProps) {
  // The field stays while it is empty: somebody is writing another name.
  const [on, setOn] = useState(isNamed(value));
  return (
    <Stack gap="xs">
      <Switch
        label={label} checked={on}
        onChange={(event) => {
          setOn(event.currentTarget.checked);
          onChange(event.currentTarget.checked ? usual : null);
        }}
      />
      {on && (
        <Autocomplete
          label={field} description={isNamed(value) ? description : "Empty: nothing follows from it."} data={fields} value={value ?? ""} maxLength={200}
          onChange={(name) => onChange(name.trim() || null)}
        />
      )}
    </Stack>
  );
}
