import { Stack, Text } from "@mantine/core";
import type { Schemas } from "@/api/client";
import { formatNumber } from "@/ui/format";
import { Dot } from "@/ui/Status";
import { Ago, Moment } from "@/ui/Time";
import { type Mark, markOfCalls, markOfCredits } from "./numbers";
import "./quota.css";

/** What an account may still use, and where on the way somebody is told. */
export function Quota({ quota, alerts }: { quota: Schemas["QuotaNow"] | null | undefined; alerts: Schemas["ProviderAlerts"] }) {
  if (!quota) return <Text size="sm" c="dimmed">The platform has not said yet what is left. It is asked every five minutes.</Text>;
  const { credits_used: used, credits_limit: limit, credits_left: left, calls_in_progress: calls, most_calls: most, resets_at: resetsAt } = quota;
  const isLow = (what: Schemas["QuotaAlert"]) => quota.low.find(({ alert }) => alert === what);
  const credits = isLow("credits");
  const atOnce = isLow("calls");
  return (
    <Stack>
      {used != null && limit != null && left != null && limit > 0 ? (
        <div>
          <Bar label="Credits used" part={used} whole={limit} mark={markOfCredits(alerts, limit)} low={credits !== undefined} />
          <Text size="sm" mt={6}>{formatNumber(left)} of {formatNumber(limit)} credits left{resetsAt && <>, until <Moment at={resetsAt} /></>}</Text>
          {credits && <Text size="sm" component="div"><Dot tone="bad" wrap label="Credits run out: add credit or a larger plan at the platform" /> <Text span c="dimmed" size="sm">since <Ago at={credits.since} /></Text></Text>}
        </div>
      ) : <Text size="sm" c="dimmed">This platform has no credits that run out.</Text>}
      {calls != null && (
        <div>
          {most != null && most > 0 && <Bar label="Calls in progress" part={calls} whole={most} mark={markOfCalls(alerts, most)} low={atOnce !== undefined} />}
          <Text size="sm" mt={6}>{formatNumber(calls)}{most != null && ` of ${formatNumber(most)}`} calls in progress at the platform</Text>
          {atOnce && <Text size="sm" component="div"><Dot tone="bad" wrap label="Hardly a call more fits into the plan: lower the concurrency limit, or take a larger plan" /> <Text span c="dimmed" size="sm">since <Ago at={atOnce.since} /></Text></Text>}
        </div>
      )}
      {quota.asked_at && <Text size="xs" c="dimmed">Asked <Ago at={quota.asked_at} /></Text>}
    </Stack>
  );
}

function Bar({ label, part, whole, mark, low }: { label: string; part: number; whole: number; mark: Mark | undefined; low: boolean }) {
  const percent = Math.min(100, (part / whole) * 100);
  return (
    <div>
      <div className="quota" role="meter" aria-label={label} aria-valuenow={Math.round(percent)} aria-valuemin={0} aria-valuemax={100}>
        <span className="quota-used" data-low={low || undefined} style={{ width: `${percent}%` }} />
        {mark && <span className="quota-mark" aria-hidden style={{ insetInlineStart: `${mark.at}%` }} />}
      </div>
      {mark && <Text size="xs" c="dimmed" mt={4}>{mark.label}</Text>}
    </div>
  );
}
