import { Button, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, bodyOf, type Schemas } from "@/api/client";
import { alertsQuery } from "@/api/system";
import { PLATFORM } from "@/pages/agents/platform";
import { useAct } from "@/ui/act";
import { MaybeNumberField } from "@/ui/NumberField";
import { Loaded, Section } from "@/ui/states";

type Settings = Schemas["AlertSettings"];
type Of = Schemas["ProviderAlerts"];

/** When somebody is told that an account comes to its end. */
export function Alerts() {
  const alerts = useQuery(alertsQuery);
  return (
    <Section title="When an account comes to its end">
      <Loaded query={alerts}>{(known) => <Form key={JSON.stringify(known)} saved={known} />}</Loaded>
    </Section>
  );
}

function Form({ saved }: { saved: Settings }) {
  const [settings, setSettings] = useState(saved);
  const save = useAct({
    run: async () => bodyOf(await api.PUT("/api/settings/alerts", { body: settings })),
    done: "Saved. What the platforms last said is judged by it.",
    touches: [["alerts"], ["metrics"], ["attention"]],
  });
  const set = (index: number, part: Partial<Of>) =>
    setSettings({ providers: settings.providers.map((one, at) => (at === index ? { ...one, ...part } : one)) });
  const isWrong = (value: number | null | undefined, most: number) => (value != null && (value < 1 || value > most) ? `Write 1 to ${most}, or leave it empty` : undefined);
  const wrong = settings.providers.some((one) => isWrong(one.least_credits_percent, 99) ?? isWrong(one.most_calls_percent, 100) ?? (one.least_credits === 0 ? "0" : undefined));
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed">It is asked every five minutes. What is below a threshold appears under Attention and on Monitoring, and leaves by itself. Empty: never.</Text>
      {settings.providers.map((one, index) => (
        <SimpleGrid key={one.provider} cols={{ base: 1, xs: 3 }} role="group" aria-label={PLATFORM[one.provider] ?? one.provider}>
          <MaybeNumberField
            label={`${PLATFORM[one.provider] ?? one.provider}: credits left`} description="Fewer than so many" min={1} value={one.least_credits}
            error={one.least_credits === 0 ? "Write 1 or more, or leave it empty" : undefined} onChange={(least_credits) => set(index, { least_credits })}
          />
          <MaybeNumberField
            label="Credits left, percent" description="Fewer than so much of the period’s" min={1} max={99} suffix=" %" value={one.least_credits_percent}
            error={isWrong(one.least_credits_percent, 99)} onChange={(least_credits_percent) => set(index, { least_credits_percent })}
          />
          <MaybeNumberField
            label="Calls at one time, percent" description="So much of what the plan allows" min={1} max={100} suffix=" %" value={one.most_calls_percent}
            error={isWrong(one.most_calls_percent, 100)} onChange={(most_calls_percent) => set(index, { most_calls_percent })}
          />
        </SimpleGrid>
      ))}
      <Group>
        <Button disabled={wrong || JSON.stringify(settings) === JSON.stringify(saved)} loading={save.isPending} onClick={() => save.mutate()}>Save alerts</Button>
      </Group>
    </Stack>
  );
}
