import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { api, bodyOf, type Schemas } from "@/api/client";
import { useAct } from "@/ui/act";
import { formatCount } from "@/ui/format";

/** Between two looks, in milliseconds, and how many of them before it is told as still running. */
const LOOK = 1_000;
const MOST_LOOKS = 120;

function told(summary: Schemas["SyncSummary"]): string {
  const parts = [
    `${formatCount(summary.listed, "conversation")} looked at`,
    summary.imported > 0 && `${summary.imported} new`,
    summary.updated > 0 && `${summary.updated} brought up to date`,
    summary.settled > 0 && `${summary.settled} settled`,
    summary.recordings_stored > 0 && `${formatCount(summary.recordings_stored, "recording")} fetched`,
    summary.failed > 0 && `${summary.failed} failed: the next sync tries them again`,
  ].filter(Boolean);
  return `${parts.join(", ")}.`;
}

/** Starts a sync and waits for its end; none when it takes longer than somebody waits. */
async function sync(): Promise<Schemas["SyncSummary"] | null> {
  const { started_at: since } = bodyOf(await api.POST("/api/calls/sync", { body: {} }));
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    await new Promise((next) => setTimeout(next, LOOK));
    const { finished_at: until, summary } = bodyOf(await api.GET("/api/calls/sync"));
    if (until != null && until >= since) return summary ?? null;
  }
  return null;
}

export function SyncButton() {
  const run = useAct({
    run: sync,
    done: (summary) => (summary ? told(summary) : "The sync still runs. What it finds appears in the list."),
    touches: [["calls"], ["stats"]],
  });
  return (
    <Button variant="default" leftSection={<IconRefresh size={16} />} loading={run.isPending} onClick={() => run.mutate()}>
      Sync
    </Button>
  );
}
