// Which box is shown and which call is open, as the address says it.
import { type Box, BOXES } from "@/api/inbound";

export interface InboundSearch {
  box?: Box;
  call?: string;
}

export function readInboundSearch(raw: Record<string, unknown>): InboundSearch {
  const box = BOXES.find((known) => known === raw["box"]);
  const call = raw["call"];
  return {
    ...(box && { box }),
    ...(typeof call === "string" && /^call_[0-9a-z]{1,60}$/.test(call) && { call }),
  };
}
