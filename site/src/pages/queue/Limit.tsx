import { Button, Group, NumberInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, bodyOf } from "@/api/client";
import { settingsQuery } from "@/api/system";
import { For, useMay } from "@/session/me";
import { useAct } from "@/ui/act";
import { formatCount, formatNumber } from "@/ui/format";
import { Section } from "@/ui/states";

/** How many calls there may be at one time, over everything. */
export function Limit({ limit }: { limit: number }) {
  const manages = useMay("admin");
  const most = useQuery(settingsQuery).data?.max_concurrency_limit ?? 1_000;
  const [wanted, setWanted] = useState<number | string>(limit);
  const change = useAct({
    run: async () => bodyOf(await api.PUT("/api/queue/settings", { body: { concurrency_limit: Number(wanted) } })),
    done: ({ concurrency_limit: now }) => `At most ${formatCount(now, "call")} at one time from now on.`,
    touches: [["queue"], ["settings"], ["campaigns"]],
  });
  const good = Number.isInteger(Number(wanted)) && Number(wanted) >= 1 && Number(wanted) <= most;
  return (
    <Section title="Concurrency">
      <form onSubmit={(event) => { event.preventDefault(); if (good) change.mutate(); }}>
        <Group align="flex-end">
          <NumberInput
            label="Calls at one time, over all campaigns" description={`1 to ${formatNumber(most)}; no more than your platform's plan allows`} min={1} max={most}
            value={wanted} onChange={setWanted} readOnly={!manages} flex={1} error={!good && `1 to ${formatNumber(most)}`}
          />
          <For role="admin"><Button type="submit" disabled={!good || Number(wanted) === limit} loading={change.isPending}>Change</Button></For>
        </Group>
      </form>
    </Section>
  );
}
