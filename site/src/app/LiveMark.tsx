import { Box, Tooltip } from "@mantine/core";
import { useDocumentVisibility } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { updates } from "@/api/live";
import { queueQuery } from "@/api/queue";
import { Dot } from "@/ui/Status";
import { formatCount } from "@/ui/format";

const HOW = {
  told: { word: "Live", text: "Changes are told the moment they happen." },
  asked: { word: "Polling", text: "Live updates are not connected: what is shown is asked for again every few seconds." },
};

/** Whether what is on the screen is up to date, how it comes here, and how busy the lines are. */
export function LiveMark() {
  const visible = useDocumentVisibility() === "visible";
  const { data, error, failureCount } = useQuery(queueQuery);
  const how = useSyncExternalStore(updates.onChange, () => updates.isConnected) ? HOW.told : HOW.asked;
  if (error || failureCount > 0) {
    return <Box px="sm" py="xs" role="status"><Dot tone="warn" label="Not live: trying again" /></Box>;
  }
  if (!data || !visible) return <Box px="sm" py="xs"><Dot tone="idle" label="Connecting" /></Box>;
  const label = data.state === "stopped" ? `${how.word}, queue stopped` : `${how.word}, ${formatCount(data.slots_in_use, "call")} now`;
  return (
    <Tooltip label={how.text} multiline w={220}>
      <Box px="sm" py="xs" tabIndex={0} aria-label={`${label}. ${how.text}`} role="note">
        <Dot tone={data.state === "stopped" ? "warn" : how === HOW.told ? "good" : "idle"} label={label} />
      </Box>
    </Tooltip>
  );
}
