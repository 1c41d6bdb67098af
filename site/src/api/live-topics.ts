// Which topics of the live updates a query shows, by its key. What is not here is asked again now and then, as ever.
import type { QueryKey } from "@tanstack/react-query";

/** How a query follows the live updates. */
export interface Followed {
  topics: readonly string[];
  /** It is read again at most once in so many milliseconds, however much changes. */
  every: number;
}

/** Most topics that a connection may have. */
export const MOST_TOPICS = 50;

const SOON = 1_000;
/** A search reads many calls each time. */
const SEARCHED = 5_000;

/** Parts of a campaign that are counted over all its calls: read when somebody asks for them. */
const COUNTED = new Set(["report", "proof", "preflight"]);

const follows = (topics: readonly string[], every = SOON): Followed => ({ topics, every });
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

function ofCalls([, kind, what, part, complete]: QueryKey): Followed | null {
  if (kind === "list") {
    const searched = typeof what === "object" && what !== null && "search" in what && what.search !== undefined;
    return follows(["calls"], searched ? SEARCHED : SOON);
  }
  if (kind !== "one" || !isText(what)) return null;
  // A recording that plays keeps its address, and what was said in an ended call stays as it is.
  if (part === "recording" || (part === "transcript" && complete === true)) return null;
  return follows([`call:${what}`]);
}

function ofCampaigns([, what, part]: QueryKey): Followed | null {
  if (what === "list") return follows(["campaigns"]);
  if (!isText(what) || (isText(part) && COUNTED.has(part))) return null;
  return follows([`campaign:${what}`]);
}

/** What a query follows; none: nothing tells of its changes. */
export function followedBy(key: QueryKey): Followed | null {
  switch (key[0]) {
    case "queue":
      return follows(["queue", "calls"]);
    case "stats":
    case "spend":
      return follows(["calls"]);
    case "calls":
      return ofCalls(key);
    case "campaigns":
      return ofCampaigns(key);
    case "inbound":
      return follows(["inbound"]);
    case "callbacks":
      return follows(["callbacks"]);
    default:
      return null;
  }
}
