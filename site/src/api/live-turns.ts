// A turn that was told while people talk, put at its place among those that are known.

/** A turn, and its place in spoken order where the API says it. */
export interface Placed {
  index?: number | null;
}

/**
 * The turns with one more, or with a better text of one of them. None where the places of those that are known
 * are not known: then they are read again.
 */
export function withTurn<T extends Placed>(turns: readonly T[], index: number, turn: Omit<T, "index">): T[] | null {
  const next = { ...turn, index } as T;
  if (turns.length === 0) return [next];
  if (turns.some((known) => known.index == null)) return null;
  const others = turns.filter((known) => known.index !== index);
  const after = others.findIndex((known) => (known.index ?? 0) > index);
  return after === -1 ? [...others, next] : [...others.slice(0, after), next, ...others.slice(after)];
}
