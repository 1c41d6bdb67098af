// Which part of the settings is shown is in the address.
const TABS = ["providers", "phone-lines", "reception", "alerts", "dialling", "rules", "calling-rules", "system", "people", "privacy", "audit"] as const;
export type SettingsTab = (typeof TABS)[number];

export const OF_ADMINISTRATORS: readonly SettingsTab[] = ["alerts", "privacy", "audit"];

export function readTab(search: Record<string, unknown>): { tab?: SettingsTab } {
  const tab = TABS.find((known) => known === search["tab"]);
  return tab && tab !== "providers" ? { tab } : {};
}
