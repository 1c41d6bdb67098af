import { Stack, Text, Title } from "@mantine/core";
import type { Schemas } from "@/api/client";
import { Dot } from "@/ui/Status";
import { formatCount, formatTenths } from "@/ui/format";
import { TextLink } from "@/ui/links";

/** Whether the agent said first what it had to, with the calls in which it did not. */
export function DisclosureShare({ disclosure: { said, missing, calls } }: { disclosure: Schemas["DisclosureReport"] }) {
  const all = said + missing;
  return (
    <section aria-label="First words">
      <Title order={3} mb={6}>First words</Title>
      <Stack gap={4}>
        <Dot wrap tone={missing === 0 ? "good" : "bad"} label={`Said what it had to in ${formatTenths(said / all)} of ${formatCount(all, "call")} in which the agent spoke.`} />
        {missing > 0 && (
          <Text size="sm" c="dimmed">
            Without it: {calls.map((id) => <TextLink key={id} to="/calls/$callId" params={{ callId: id }} size="sm" mr={6}>{id.slice(-6)}</TextLink>)}
            {missing > calls.length && `and ${formatCount(missing - calls.length, "more call", "more calls")}`}
          </Text>
        )}
      </Stack>
    </section>
  );
}
