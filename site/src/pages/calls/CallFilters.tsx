import { Button, Checkbox, CloseButton, Group, Select, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { agentsQuery } from "@/api/agents";
import { campaignsQuery } from "@/api/campaigns";
import { formatWord } from "@/ui/format";
import { type CallSearch, DIRECTIONS, isNarrowed, STATUSES } from "./search";

const DayRange = lazy(() => import("./DayRange"));

interface CallFiltersProps {
  search: CallSearch;
  onChange: (search: CallSearch) => void;
}

const words = (all: readonly string[]) => all.map((value) => ({ value, label: formatWord(value) }));

export function CallFilters({ search, onChange }: CallFiltersProps) {
  const agents = useQuery(agentsQuery).data ?? [];
  const campaigns = useQuery(campaignsQuery()).data?.items ?? [];
  const [text, setText] = useState(search.search ?? "");
  const [shown, setShown] = useState(search.search);
  if (shown !== search.search) {
    // The address changed from elsewhere: the palette, going back.
    setShown(search.search);
    if ((search.search ?? "") !== text.trim()) setText(search.search ?? "");
  }
  const look = useDebouncedCallback((value: string) => onChange({ ...search, search: value.trim() || undefined }), 300);
  const set = (part: Partial<CallSearch>) => onChange({ ...search, ...part });

  return (
    <Group gap="sm" mb="md" role="search">
      <TextInput
        placeholder="Number, name or words" aria-label="Search calls" leftSection={<IconSearch size={16} />} value={text} flex="2 1 200px"
        onChange={(event) => {
          setText(event.currentTarget.value);
          look(event.currentTarget.value);
        }}
        rightSection={
          text && <CloseButton size="sm" aria-label="Clear the search" onClick={() => { setText(""); set({ search: undefined }); }} />
        }
      />
      <Select
        placeholder="Any status" aria-label="Status" clearable flex="1 1 130px" data={words(STATUSES)} value={search.status ?? null}
        onChange={(value) => set({ status: (value ?? undefined) as CallSearch["status"] })}
      />
      <Select
        placeholder="Any agent" aria-label="Agent" clearable searchable flex="1 1 130px" value={search.agent ?? null}
        data={agents.map(({ agent_id, name }) => ({ value: agent_id, label: name }))} nothingFoundMessage="No such agent"
        onChange={(value) => set({ agent: value ?? undefined })}
      />
      <Select
        placeholder="Any campaign" aria-label="Campaign" clearable searchable flex="1 1 130px" value={search.campaign ?? null}
        data={campaigns.map(({ campaign_id, name }) => ({ value: campaign_id, label: name }))} nothingFoundMessage="No such campaign"
        onChange={(value) => set({ campaign: value ?? undefined })}
      />
      <Select
        placeholder="Both directions" aria-label="Direction" clearable flex="1 1 130px" data={words(DIRECTIONS)} value={search.direction ?? null}
        onChange={(value) => set({ direction: (value ?? undefined) as CallSearch["direction"] })}
      />
      <Suspense fallback={<Skeleton height={36} flex="1 1 170px" />}>
        <DayRange from={search.from} to={search.to} onChange={set} />
      </Suspense>
      <Checkbox label="Urgent" checked={search.urgent === true} onChange={(event) => set({ urgent: event.currentTarget.checked ? true : undefined })} />
      {isNarrowed(search) && (
        <Button variant="subtle" onClick={() => { setText(""); onChange({ view: search.view }); }}>Clear</Button>
      )}
    </Group>
  );
}
