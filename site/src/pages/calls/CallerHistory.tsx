import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { callsQuery } from "@/api/calls";
import { Loaded, Section } from "@/ui/states";
import { TextLink } from "@/ui/links";
import { CallTable } from "./CallTable";

/** Other calls with the same number. */
export function CallerHistory({ number, except }: { number: string; except: string }) {
  const calls = useQuery(callsQuery({ phone_number: number }, undefined, 9));
  return (
    <Section title="Earlier and later calls with this number" aside={<TextLink to="/calls" search={{ search: number }} size="sm">See all</TextLink>}>
      <Loaded query={calls}>
        {({ items }) => {
          const others = items.filter(({ call_id }) => call_id !== except).slice(0, 8);
          return others.length === 0 ? <Text size="sm" c="dimmed">This is the only one.</Text> : <CallTable calls={others} compact />;
        }}
      </Loaded>
    </Section>
  );
}
