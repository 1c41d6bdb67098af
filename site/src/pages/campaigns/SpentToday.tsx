import { useQuery } from "@tanstack/react-query";
import type { Campaign } from "@/api/campaigns";
import { spendQuery } from "@/api/queue";
import { Figure } from "@/ui/Figure";
import { formatDollars } from "@/ui/format";
import { TextLink } from "@/ui/links";

/** What all calls of today cost, while a cap on them may hold this campaign back. */
export function SpentToday({ campaign }: { campaign: Campaign }) {
  const active = campaign.status === "running" || campaign.status === "paused";
  const spend = useQuery({ ...spendQuery, enabled: active }).data;
  if (!active || spend?.cap_usd == null) return null;
  return (
    <Figure
      label="Today, all campaigns" value={formatDollars(spend.committed_usd)}
      note={<>of <TextLink to="/settings" search={{ tab: "dialling" }} size="xs">{formatDollars(spend.cap_usd)}</TextLink> a day</>}
    />
  );
}
