import { Group, Progress, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { quotaQuery, statusQuery } from "@/api/system";
import { PLATFORM } from "@/pages/agents/platform";
import { ProviderHealth } from "@/ui/Status";
import { formatNumber } from "@/ui/format";
import { Loaded, Section } from "@/ui/states";
import { Ago, Moment } from "@/ui/Time";

/** Whether the platforms work, and what may still be used of them. */
export function Providers() {
  const status = useQuery(statusQuery);
  return (
    <Section title="Platforms">
      <Loaded query={status} waiting={<Skeleton height={80} />}>
        {(providers) => <Stack>{providers.map((provider) => <Provider key={provider.provider} provider={provider} />)}</Stack>}
      </Loaded>
    </Section>
  );
}

function Provider({ provider }: { provider: Schemas["ProviderStatus"] }) {
  const isSetUp = provider.state !== "not_set_up";
  const quota = useQuery({ ...quotaQuery(provider.provider), retry: false, enabled: isSetUp });
  const { used, limit, remaining, resets_at: resetsAt, calls_in_progress: inProgress, most_calls: most } = quota.data ?? {};
  return (
    <div>
      <Group justify="space-between">
        <Text fw={550} size="sm">{PLATFORM[provider.provider] ?? provider.provider}</Text>
        <ProviderHealth state={provider.state} />
      </Group>
      {provider.state !== "up" && (
        <Text size="xs" c="dimmed" mt={4}>{provider.explanation ?? provider.last_error}{provider.since && <>, since <Ago at={provider.since} /></>}</Text>
      )}
      {used != null && limit != null && remaining != null && limit > 0 && (
        <>
          <Progress value={(used / limit) * 100} mt="sm" color={remaining / limit < 0.1 ? "red.6" : undefined} aria-label={`Credits used at ${PLATFORM[provider.provider] ?? provider.provider}`} />
          <Text size="xs" c="dimmed" mt={5}>
            {formatNumber(remaining)} of {formatNumber(limit)} credits left
            {resetsAt && <>, until <Moment at={resetsAt} /></>}
          </Text>
        </>
      )}
      {inProgress != null && (
        <Text size="xs" c="dimmed" mt={5}>
          {formatNumber(inProgress)} calls in progress there
          {most != null && <> of at most {formatNumber(most)}</>}
        </Text>
      )}
      {isSetUp && quota.error !== null && <Text size="xs" c="dimmed" mt={4}>What is left of the credits is not known at this moment.</Text>}
    </div>
  );
}
