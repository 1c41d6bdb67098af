import { useQuery } from "@tanstack/react-query";
import { inboundQuery } from "@/api/inbound";
import { InboundList } from "@/pages/inbound/InboundList";
import { TextLink } from "@/ui/links";
import { Section } from "@/ui/states";

const MOST = 5;

/** Who has called and is on the phone at this moment; nothing while nobody is. */
export function OnThePhone() {
  const items = useQuery(inboundQuery("in_progress")).data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title="On the phone now" aside={<TextLink to="/inbound" search={{ box: "in_progress" }} size="sm">All inbound calls</TextLink>}>
      <InboundList calls={items.slice(0, MOST)} box="in_progress" open={undefined} beside={false} />
    </Section>
  );
}
