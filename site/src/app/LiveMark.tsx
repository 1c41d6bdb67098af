import { Box } from "@mantine/core";
import { useDocumentVisibility } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { queueQuery } from "@/api/queue";
import { Dot } from "@/ui/Status";
import { formatCount } from "@/ui/format";

/** Whether what is on the screen is up to date, and how busy the lines are. */
export function LiveMark() {
  const visible = useDocumentVisibility() === "visible";
  const { data, error, failureCount } = useQuery(queueQuery);
  if (error || failureCount > 0) {
    return <Box px="sm" py="xs" role="status"><Dot tone="warn" label="Not live: trying again" /></Box>;
  }
  if (!data || !visible) return <Box px="sm" py="xs"><Dot tone="idle" label="Connecting" /></Box>;
  const label = data.state === "stopped" ? "Queue stopped" : `Live, ${formatCount(data.slots_in_use, "call")} now`;
  return <Box px="sm" py="xs"><Dot tone={data.state === "stopped" ? "warn" : "good"} label={label} /></Box>;
}
