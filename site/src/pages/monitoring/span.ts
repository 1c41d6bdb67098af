/** Spans that can be shown, in hours. */
export const SPANS = [
  { hours: 24, label: "24 hours" },
  { hours: 168, label: "7 days" },
  { hours: 672, label: "28 days" },
] as const;

export const USUAL_HOURS = 24;

/** The span of an address; the usual one is left out of it. */
export function readSpan(search: Record<string, unknown>): { hours?: number } {
  const hours = Number(search["hours"]);
  return hours !== USUAL_HOURS && SPANS.some((span) => span.hours === hours) ? { hours } : {};
}
