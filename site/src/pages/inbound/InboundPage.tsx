import { Card, Grid, SegmentedControl } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconPhoneIncoming } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type Box, inboundQuery } from "@/api/inbound";
import type { CallsPage } from "@/api/calls";
import { ButtonLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Pager, useCursors } from "@/ui/Pager";
import { Lines, Loaded, Notice } from "@/ui/states";
import { CallPanel } from "./CallPanel";
import { InboundList } from "./InboundList";

const route = getRouteApi("/inbound");

const NAMES: Record<Box, string> = { in_progress: "In progress", needs_attention: "Needs attention", handled: "Handled" };
const EMPTY: Record<Box, [string, string]> = {
  in_progress: ["Nobody is on the phone", "A call appears here the moment somebody rings, and what is said while it is said."],
  needs_attention: ["Everything is seen to", "A call comes here when it has ended, the urgent ones first, and stays until somebody marks it handled."],
  handled: ["Nothing is marked handled yet", "Mark a call handled once somebody has seen to it."],
};

const counted = (page: CallsPage | undefined) => {
  const count = page?.items.length ?? 0;
  return count === 0 ? "" : ` (${count}${page?.next_cursor ? "+" : ""})`;
};

/** Calls that came in: who is on the phone, what somebody has to see to, and what is done. */
export default function InboundPage() {
  const { box = "needs_attention", call } = route.useSearch();
  const navigate = route.useNavigate();
  const wide = useMediaQuery("(min-width: 75em)", window.matchMedia("(min-width: 75em)").matches);
  const narrow = useMediaQuery("(max-width: 30em)", window.matchMedia("(max-width: 30em)").matches);
  const pages = useCursors(box);
  const calls = useQuery(inboundQuery(box, pages.cursor));
  // Both are shown in the tabs, whichever is open.
  const now = useQuery(inboundQuery("in_progress"));
  const waiting = useQuery(inboundQuery("needs_attention"));
  const counts: Record<Box, string> = { in_progress: counted(now.data), needs_attention: counted(waiting.data), handled: "" };
  const choose = (next: string) => void navigate({ search: { box: next as Box, call }, replace: true });

  return (
    <>
      <PageHeader
        title="Inbound" subtitle="Who called, what they wanted, and what is left to do."
        actions={<ButtonLink to="/routing" variant="default">Where calls go</ButtonLink>}
      />
      <Grid gutter="md">
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Card component="section" aria-label="Calls that came in">
            <SegmentedControl
              value={box} aria-label="Which calls" size={narrow ? "xs" : "sm"} className="tabs" fullWidth mb="md" onChange={choose}
              data={Object.entries(NAMES).map(([value, name]) => ({ value, label: name + counts[value as Box] }))}
            />
            <Loaded query={calls} waiting={<Lines count={6} height={64} />}>
              {({ items, next_cursor: next }) => {
                const [title, text] = EMPTY[box];
                return (
                  <div style={{ opacity: calls.isPlaceholderData ? 0.6 : 1, transition: "opacity 120ms" }}>
                    {items.length === 0 && !next && pages.page === 1
                      ? <Notice icon={IconPhoneIncoming} title={title}>{text}</Notice>
                      : <InboundList calls={items} box={box} open={wide ? call : undefined} beside={wide} />}
                    <Pager pages={pages} next={next} shown={items.length} busy={calls.isFetching && calls.isPlaceholderData} />
                  </div>
                );
              }}
            </Loaded>
          </Card>
        </Grid.Col>
        {wide && (
          <Grid.Col span={{ base: 12, lg: 7 }}>
            {call ? <CallPanel key={call} callId={call} /> : (
              <Card>
                <Notice icon={IconPhoneIncoming} title="No call is open">Choose one to read what is said, while it is said.</Notice>
              </Card>
            )}
          </Grid.Col>
        )}
      </Grid>
    </>
  );
}
