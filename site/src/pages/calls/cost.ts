import type { Schemas } from "@/api/client";
import { formatDollars, formatNumber } from "@/ui/format";

/** What a call cost, in the money or the credits its provider counts. */
export function costOf({ cost_usd: dollars, cost_credits: credits }: Schemas["CallResults"]): string | undefined {
  const parts = [
    dollars != null ? formatDollars(dollars) : undefined,
    credits != null ? `${formatNumber(credits)} credits` : undefined,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : undefined;
}
