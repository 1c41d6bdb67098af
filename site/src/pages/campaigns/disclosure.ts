// What an agent has to say first, as a person writes it: an item a line, its ways between bars.
import type { Schemas } from "@/api/client";

type Disclosure = Schemas["Disclosure"];

export function readDisclosure(text: string): Disclosure | null {
  const items = text.split("\n").map((line) => line.split("|").map((way) => way.trim()).filter(Boolean));
  const first_words = items.filter((ways) => ways.length > 0);
  return first_words.length > 0 ? { first_words } : null;
}

export const writeDisclosure = (disclosure: Disclosure | null | undefined): string =>
  (disclosure?.first_words ?? []).map((ways) => ways.join(" | ")).join("\n");
