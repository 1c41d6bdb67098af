import { Button, Group, SegmentedControl } from "@mantine/core";
import { IconFileExport } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { callsQuery, statsQuery } from "@/api/calls";
import { For } from "@/session/me";
import { formatNumber } from "@/ui/format";
import { PageHeader } from "@/ui/PageHeader";
import { Pager, useCursors } from "@/ui/Pager";
import { Lines, Loaded, Section } from "@/ui/states";
import { CallFilters } from "./CallFilters";
import { CallTable } from "./CallTable";
import { ExportCalls } from "./ExportCalls";
import { NoCalls } from "./NoCalls";
import { SearchedBack } from "./SearchedBack";
import { type CallSearch, filterOf, type View } from "./search";
import { SyncButton } from "./SyncButton";

const route = getRouteApi("/calls");

const TABS: { value: View | "all"; label: string }[] = [
  { value: "all", label: "All" },
  { value: "needs_attention", label: "Needs attention" },
  { value: "handled", label: "Handled" },
  { value: "in_progress", label: "In progress" },
];

export default function CallsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [exporting, setExporting] = useState(false);
  const filter = filterOf(search);
  const pages = useCursors(JSON.stringify(filter));
  const calls = useQuery(callsQuery(filter, pages.cursor));
  const waiting = useQuery(statsQuery(1)).data?.needs_attention ?? 0;
  const show = (next: CallSearch) => void navigate({ search: next, replace: true });

  return (
    <>
      <PageHeader
        title="Calls"
        actions={
          <For role="operator">
            <SyncButton />
            <Button variant="default" leftSection={<IconFileExport size={16} />} onClick={() => setExporting(true)}>Export</Button>
          </For>
        }
      />
      <Section
        title="Call log"
        aside={
          <SegmentedControl
            value={search.view ?? "all"} aria-label="Which calls" size="sm" className="tabs"
            onChange={(value) => show({ ...search, view: value === "all" ? undefined : (value as View) })}
            data={TABS.map(({ value, label }) => ({
              value,
              label: value === "needs_attention" && waiting > 0 ? `${label} (${formatNumber(waiting)})` : label,
            }))}
          />
        }
      >
        <CallFilters search={search} onChange={show} />
        <Loaded query={calls} waiting={<Lines count={10} />}>
          {(page) => (
            <div style={{ opacity: calls.isPlaceholderData ? 0.6 : 1, transition: "opacity 120ms" }}>
              {page.items.length === 0 && !page.next_cursor ? (
                <NoCalls search={search} onClear={() => show({ view: search.view })} />
              ) : (
                <CallTable calls={page.items} />
              )}
              <SearchedBack page={page} onFurther={pages.forward} />
              <Group justify="flex-end" component="div" display="block">
                <Pager pages={pages} next={page.next_cursor} shown={page.items.length} busy={calls.isFetching && calls.isPlaceholderData} />
              </Group>
            </div>
          )}
        </Loaded>
      </Section>
      {exporting && <ExportCalls search={search} onClose={() => setExporting(false)} />}
    </>
  );
}
