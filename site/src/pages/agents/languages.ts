import { formatLanguage } from "@/ui/format";

// Languages of ElevenLabs' conversational models.
const CODES =
  "ar bg cs da de el en es fi fil fr hi hr hu id it ja ko ms nl no pl pt pt-br ro ru sk sv ta tr uk vi zh";

/** Languages to choose from; one that an agent has already is among them. */
export function languages(has?: string) {
  const codes = new Set([...CODES.split(" "), ...(has ? [has] : [])]);
  return [...codes].map((value) => ({ value, label: formatLanguage(value) })).sort((a, b) => a.label.localeCompare(b.label));
}
