import { createContext, use } from "react";
import type { SiteConfig } from "./config";

export const ConfigContext = createContext<SiteConfig | null>(null);

export function useConfig(): SiteConfig {
  const config = use(ConfigContext);
  if (!config) throw new Error("The configuration is read before anything is shown.");
  return config;
}
