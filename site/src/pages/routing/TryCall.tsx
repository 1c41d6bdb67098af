import "@mantine/dates/styles.css";
import { Autocomplete, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { phoneLinesQuery } from "@/api/agents";
import { tryRouting } from "@/api/inbound";
import type { RouteTested } from "@/api/reception";
import { useAgentNames } from "@/pages/agents/names";
import { momentHere } from "@/pages/events/target";
import { wordsOfTarget } from "@/pages/inbound/words";
import { useAct } from "@/ui/act";
import { formatLanguage } from "@/ui/format";
import { Section } from "@/ui/states";
import { Dot } from "@/ui/Status";
import { plainNumber } from "./rule";

/** Where a call would go, without anybody calling. */
export function TryCall() {
  const lines = useQuery(phoneLinesQuery).data?.items ?? [];
  const [called, setCalled] = useState("");
  const [caller, setCaller] = useState("");
  const [at, setAt] = useState<string | null>(null);
  const test = useAct({
    run: () => tryRouting({ called: plainNumber(called) || null, caller: plainNumber(caller) || null, at: momentHere(at) }),
  });
  return (
    <Section title="Try a call">
      <form onSubmit={(event) => { event.preventDefault(); test.mutate(); }}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">Nobody is called: it says where a call would go, and why.</Text>
          <Autocomplete label="Number that is called" data={[...new Set(lines.map(({ phone_number: number }) => number))]} value={called} onChange={setCalled} />
          <TextInput label="Caller" description="Empty: the number is hidden" type="tel" placeholder="+34631021622" value={caller} onChange={(event) => setCaller(event.currentTarget.value)} />
          <DateTimePicker label="When" description="Empty: now. By the clock of this device" valueFormat="D MMM YYYY HH:mm" clearable value={at} onChange={setAt} />
          <Group justify="flex-end"><Button type="submit" variant="default" loading={test.isPending}>Try it</Button></Group>
          {test.data && <Tested answer={test.data} />}
        </Stack>
      </form>
    </Section>
  );
}

function Tested({ answer }: { answer: RouteTested }) {
  const names = useAgentNames();
  return (
    <Stack gap="xs" role="status" aria-label="Where it goes">
      <Text size="sm" fw={620}>{answer.targets.map((target) => wordsOfTarget(target, names)).join(", then ")}</Text>
      <Text size="sm" c="dimmed">
        {answer.rule_name ? `By the rule “${answer.rule_name}”` : "No rule holds"}, answered in {formatLanguage(answer.language)}.
      </Text>
      {answer.tried.map(({ rule_id: id, name, holds, because }) => (
        <div key={id}>
          <Dot tone={holds ? "good" : "idle"} label={`${name}: ${holds ? "holds" : "does not hold"}`} wrap />
          <Text size="xs" c="dimmed" pl={15}>{because}</Text>
        </div>
      ))}
    </Stack>
  );
}
