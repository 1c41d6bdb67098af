import { useQuery } from "@tanstack/react-query";
import { callsQuery } from "@/api/calls";
import type { Campaign } from "@/api/campaigns";
import { Figure } from "@/ui/Figure";
import { formatNumber, formatRoughly } from "@/ui/format";
import { Moment, useNow } from "@/ui/Time";
import { endOf, paceOf } from "./pace";

const NEWEST = 50;
const SOON = 12 * 3_600;

/** How fast a campaign that runs calls, and when it will be over; nothing before there is a pace. */
export function PaceFigures({ campaign }: { campaign: Campaign }) {
  const now = useNow();
  const running = campaign.status === "running";
  const calls = useQuery({ ...callsQuery({ campaign_id: campaign.campaign_id }, undefined, NEWEST), enabled: running });
  const pace = running ? paceOf(calls.data?.items ?? [], campaign.retry, now) : null;
  if (!pace) return null;
  const end = campaign.laid_out ? endOf(campaign, pace) : null;
  return (
    <>
      <Figure label="Pace" value={`${formatNumber(pace.perMinute < 10 ? Math.round(pace.perMinute * 10) / 10 : Math.round(pace.perMinute))} a minute`} note="dials, of the last minutes" />
      {end && <Figure label="Time left" value={formatRoughly(end.seconds)} note={end.days > 1 ? `of calling, over ${end.days} calling days` : "at this pace, within the hours"} />}
      {end && end.seconds < SOON && end.days <= 1 && <Figure label="Ends about" value={<Moment at={new Date(now + end.seconds * 1_000).toISOString()} />} note="if its hours do not end before" />}
    </>
  );
}
