import type { Role } from "@/session/me";

export const ROLES: { role: Role; may: string }[] = [
  { role: "viewer", may: "Looks at everything: calls, transcripts, recordings, campaigns." },
  { role: "operator", may: "Also imports contacts, runs campaigns, saves templates, sets the default rules of new ones, confirms calling rules, stops and starts the queue, marks calls handled, exports, adds to the do-not-call list and exports it, looks after event targets and sends events again." },
  { role: "admin", may: "Also makes, changes and deletes agents, sets the concurrency and what holds for every dial, makes event targets and their secrets, takes numbers off the do-not-call list and forgets registers, shows and erases everything about one person, sees raw events and the audit trail." },
];
