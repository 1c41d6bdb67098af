import { Button } from "@mantine/core";
import { IconPhoneOff, IconSearchOff } from "@tabler/icons-react";
import { ButtonLink } from "@/ui/links";
import { For } from "@/session/me";
import { Notice } from "@/ui/states";
import { type CallSearch, isNarrowed } from "./search";

const EMPTY_TABS: Record<string, [string, string]> = {
  needs_attention: ["Nothing needs attention", "Failed and unsuccessful calls come here until somebody marks them handled."],
  handled: ["Nothing is marked handled yet", "Mark a call handled once somebody has dealt with it."],
  in_progress: ["No call is in progress", "Calls appear here the moment they are queued."],
};

export function NoCalls({ search, onClear }: { search: CallSearch; onClear: () => void }) {
  if (isNarrowed(search)) {
    return (
      <Notice icon={IconSearchOff} title="No call fits" action={<Button variant="default" onClick={onClear}>Clear the filters</Button>}>
        Try fewer filters, or a longer span of days.
      </Notice>
    );
  }
  const [title, text] = EMPTY_TABS[search.view ?? ""] ?? ["No calls yet", "A campaign makes them; calls that begin elsewhere come with the sync."];
  return (
    <Notice
      icon={IconPhoneOff} title={title}
      action={!search.view && <For role="operator"><ButtonLink to="/campaigns/new">New campaign</ButtonLink></For>}
    >
      {text}
    </Notice>
  );
}
