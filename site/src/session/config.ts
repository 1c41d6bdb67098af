// What differs between environments: one small file beside the site, read once at start.

export interface SiteConfig {
  /** Origin of the API; empty: the site's own. */
  api_url: string;
  /** OIDC issuer. */
  issuer: string;
  client_id: string;
  scope: string;
  /** Shown beside the name when it is not production. */
  environment: string;
  /** What an issuer needs besides the standard, e.g. Cognito's `logout_uri`; empty: nothing. */
  logout_url?: string;
}

function isConfig(value: unknown): value is SiteConfig {
  const fields = ["api_url", "issuer", "client_id", "scope", "environment"] as const;
  return (
    typeof value === "object" && value !== null &&
    fields.every((field) => typeof (value as Record<string, unknown>)[field] === "string")
  );
}

export async function loadConfig(): Promise<SiteConfig> {
  const answer = await fetch("/config.json", { cache: "no-cache" });
  const value: unknown = answer.ok ? await answer.json() : null;
  if (!isConfig(value)) {
    throw new Error("config.json beside the site is missing or incomplete: it needs api_url, issuer, client_id, scope and environment.");
  }
  return value;
}
