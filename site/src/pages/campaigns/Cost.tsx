import { useQuery } from "@tanstack/react-query";
import { type Campaign, reportQuery } from "@/api/campaigns";
import { Figure } from "@/ui/Figure";
import { formatDollars } from "@/ui/format";

/** What a campaign has cost, against its cap; nothing where there is none, or not every call was counted. */
export function Cost({ campaign }: { campaign: Campaign }) {
  const cap = campaign.rules.spend_cap_cents;
  const report = useQuery({ ...reportQuery(campaign.campaign_id, null), enabled: cap != null && campaign.started_at != null }).data;
  if (cap == null || !report?.complete || report.prepared) return null;
  return <Figure label="Cost" value={formatDollars(report.totals.cost_usd)} note={`of ${formatDollars(cap / 100)} at most`} />;
}
