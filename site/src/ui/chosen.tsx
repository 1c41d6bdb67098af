// Rows that somebody chooses in a list, also over several of its pages.
import { Checkbox } from "@mantine/core";
import { useState } from "react";

type Key = string | number;

export interface Chosen<K extends Key> {
  keys: ReadonlySet<K>;
  set: (keys: readonly K[], on: boolean) => void;
  clear: () => void;
}

export function useChosen<K extends Key>(): Chosen<K> {
  const [keys, setKeys] = useState<ReadonlySet<K>>(new Set());
  const set = (some: readonly K[], on: boolean) =>
    setKeys((before) => {
      const next = new Set(before);
      for (const key of some) {
        if (on) next.add(key);
        else next.delete(key);
      }
      return next;
    });
  return { keys, set, clear: () => setKeys(new Set()) };
}

/** All rows of the page at once. */
export function ChooseAll<K extends Key>({ chosen, keys, label = "Choose all on this page" }: { chosen: Chosen<K>; keys: readonly K[]; label?: string }) {
  const all = keys.length > 0 && keys.every((key) => chosen.keys.has(key));
  const some = keys.some((key) => chosen.keys.has(key));
  return (
    <Checkbox
      aria-label={label} checked={all} indeterminate={some && !all} disabled={keys.length === 0}
      onChange={(event) => chosen.set(keys, event.currentTarget.checked)}
    />
  );
}

export function Choose<K extends Key>({ chosen, id, label }: { chosen: Chosen<K>; id: K; label: string }) {
  return <Checkbox aria-label={`Choose ${label}`} checked={chosen.keys.has(id)} onChange={(event) => chosen.set([id], event.currentTarget.checked)} />;
}
