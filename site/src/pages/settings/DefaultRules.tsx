import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { defaultsQuery } from "@/api/campaigns";
import { api, bodyOf } from "@/api/client";
import { RuleFields } from "@/pages/campaigns/rules/RuleFields";
import { type CampaignRules, ordinaryRules, problemsOf, type Rules } from "@/pages/campaigns/rules/rules";
import { NAME_OF_GROUP, wordsOfCost, wordsOfGroup, wordsOfHours } from "@/pages/campaigns/rules/words";
import { useMay } from "@/session/me";
import { useAct } from "@/ui/act";
import { Facts } from "@/ui/Facts";
import { Loaded, Section } from "@/ui/states";

/** The rules that a new campaign begins with. */
export function DefaultRules() {
  const operates = useMay("operator");
  const defaults = useQuery(defaultsQuery);
  return (
    <Section title="Rules of new campaigns">
      <Loaded query={defaults}>
        {(known) => (operates ? <Form key={JSON.stringify(known)} saved={known} /> : <InWords rules={ordinaryRules(known)} />)}
      </Loaded>
    </Section>
  );
}

function Form({ saved }: { saved: CampaignRules }) {
  const [rules, setRules] = useState<Rules>(() => ordinaryRules(saved));
  const save = useAct({
    run: async () => bodyOf(await api.PUT("/api/campaign-defaults", { body: rules.rules })),
    done: "Saved. New campaigns begin with these rules; those that are there keep theirs.",
    touches: [["campaign-defaults"]],
  });
  const changed = JSON.stringify(rules.rules) !== JSON.stringify(saved);
  return (
    <Stack maw={760}>
      <Text size="sm" c="dimmed">A new campaign begins with these, and may change them. Campaigns that are there already keep theirs. Attempts, weight and calls at one time are set for each campaign.</Text>
      <RuleFields rules={rules} onChange={setRules} defaults={saved} />
      <Group justify="flex-end">
        {changed && <Button variant="default" onClick={() => setRules(ordinaryRules(saved))}>Keep as it is</Button>}
        <Button disabled={!changed || Object.keys(problemsOf(rules)).length > 0} loading={save.isPending} onClick={() => save.mutate()}>Save</Button>
      </Group>
    </Stack>
  );
}

const TOLD = ["who", "pause", "words", "wishes"] as const;

function InWords({ rules }: { rules: Rules }) {
  return (
    <Stack>
      <Facts
        rows={[
          ["Hours", wordsOfHours(rules.rules.calling_hours)],
          ["Cost", wordsOfCost(rules.rules)],
          ...TOLD.map((group): [string, string] => [NAME_OF_GROUP[group], wordsOfGroup(rules, group)]),
        ]}
      />
      <Text size="sm" c="dimmed">Operators and administrators set them.</Text>
    </Stack>
  );
}
