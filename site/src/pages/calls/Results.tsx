import { Group, Stack, Text, Title } from "@mantine/core";
import type { Call } from "@/api/calls";
import { CallSuccess, Dot, isLive } from "@/ui/Status";
import { Facts } from "@/ui/Facts";
import { formatWord } from "@/ui/format";
import { Section } from "@/ui/states";

/** A collected value: plain, or with the reason the analysis gave. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return "Not said";
  if (typeof value === "object" && "value" in value) return textOf(value.value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const TONE = { success: "good", failure: "bad" } as const;

/** What came of the call: the summary, the evaluation, and what was collected. */
export function Results({ call }: { call: Call }) {
  const { results } = call;
  const { intent, ...collected } = results.collected;
  const criteria = Object.entries(results.criteria);
  const nothing = !results.summary && !results.success && criteria.length === 0 && Object.keys(results.collected).length === 0;
  return (
    <Section title="What came of it" aside={results.success && <CallSuccess success={results.success} />}>
      <Stack gap="md">
        {results.title && <Text fw={600}>{results.title}</Text>}
        {results.summary && <Text size="sm">{results.summary}</Text>}
        {intent !== undefined && <Facts rows={[["Intent", textOf(intent)]]} />}
        {nothing && (
          <Text size="sm" c="dimmed">
            {isLive(call.status) ? "The summary comes within a minute after the call." : "There was no conversation to sum up."}
          </Text>
        )}
        {criteria.length > 0 && (
          <div>
            <Title order={3} mb={6}>Evaluation</Title>
            <Stack gap={6}>
              {criteria.map(([name, result]) => (
                <Group key={name} justify="space-between" gap="sm">
                  <Text size="sm">{formatWord(name)}</Text>
                  <Dot tone={TONE[result as keyof typeof TONE] ?? "idle"} label={formatWord(result)} />
                </Group>
              ))}
            </Stack>
          </div>
        )}
        {Object.keys(collected).length > 0 && (
          <div>
            <Title order={3} mb={6}>Data collected</Title>
            <Facts rows={Object.entries(collected).map(([name, value]) => [formatWord(name), textOf(value)])} />
          </div>
        )}
      </Stack>
    </Section>
  );
}
