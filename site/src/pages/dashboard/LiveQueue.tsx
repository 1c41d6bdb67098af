import { Progress, SimpleGrid, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { queueQuery } from "@/api/queue";
import { Dot } from "@/ui/Status";
import { Figure } from "@/ui/Figure";
import { formatNumber } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Loaded, Section } from "@/ui/states";

/** What goes out at this moment. */
export function LiveQueue() {
  const queue = useQuery(queueQuery);
  return (
    <Section title="Queue" aside={<TextLink to="/queue" size="sm">Open</TextLink>}>
      <Loaded query={queue} waiting={<Skeleton height={110} />}>
        {({ state, slots_in_use: used, concurrency_limit: limit, depth, dead_letters: failed }) => (
          <>
            <Dot tone={state === "running" ? "good" : "warn"} label={state === "running" ? "Running" : "Stopped"} />
            <SimpleGrid cols={3} my="sm">
              <Figure label="Active" value={formatNumber(used)} />
              <Figure label="Waiting" value={formatNumber(depth.waiting)} />
              <Figure label="Failed" value={formatNumber(failed)} />
            </SimpleGrid>
            <Progress value={limit > 0 ? (used / limit) * 100 : 0} aria-label="Slots in use" />
            <Text size="xs" c="dimmed" mt={5}>{formatNumber(used)} of {formatNumber(limit)} slots in use</Text>
          </>
        )}
      </Loaded>
    </Section>
  );
}
