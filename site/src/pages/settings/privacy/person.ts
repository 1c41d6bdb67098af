// What is kept about one number: read whole, counted, and erased as often as it takes.
import type { ErasedPerson, Person } from "@/api/privacy";

/** Requests behind one erasure; one takes a hundred calls. */
const MOST_ROUNDS = 50;

type Ask = (phoneNumber: string, cursor?: string) => Promise<Person>;
type EraseOnce = (phoneNumber: string, keepOff: boolean) => Promise<ErasedPerson>;

/** A page with the next one's calls behind its own. */
export const joined = (known: Person, next: Person): Person => ({ ...known, calls: [...known.calls, ...next.calls], next_cursor: next.next_cursor ?? null });

/** Everything, calls to the last; links in it are made anew, so that they are good for as long as they can be. */
export async function everythingOf(phoneNumber: string, ask: Ask): Promise<Person> {
  let person = await ask(phoneNumber);
  while (person.next_cursor) person = joined(person, await ask(phoneNumber, person.next_cursor));
  return person;
}

/** The file that is handed out. */
export function fileOf({ next_cursor: _, ...person }: Person, now: Date): string {
  return `${JSON.stringify({ exported_at: now.toISOString(), ...person }, null, 2)}\n`;
}

export interface Counts {
  calls: number;
  recordings: number;
  recipients: number;
  contacts: number;
  callbacks: number;
}

export const countsOf = (person: Person): Counts => ({
  calls: person.calls.length,
  recordings: person.calls.filter(({ recording_url: url }) => url != null).length,
  recipients: person.recipients.length,
  contacts: person.contacts.length,
  callbacks: person.callbacks.length,
});

/** Whether there is anything that could be erased; an entry of the do-not-call list stays. */
export const isNothing = (person: Person) => Object.values(countsOf(person)).every((count) => count === 0) && !person.next_cursor;

/** Erases until nothing is left, or what is left cannot be erased yet: a call in progress. */
export async function erase(phoneNumber: string, keepOff: boolean, once: EraseOnce): Promise<ErasedPerson> {
  let told = await once(phoneNumber, keepOff);
  for (let rounds = 1; !told.complete && rounds < MOST_ROUNDS; rounds += 1) {
    const next = await once(phoneNumber, keepOff);
    const moved = next.calls + next.contacts + next.callbacks > 0;
    told = {
      ...next, calls: told.calls + next.calls, recipients: Math.max(told.recipients, next.recipients), contacts: told.contacts + next.contacts,
      callbacks: told.callbacks + next.callbacks,
    };
    if (!moved) break;
  }
  return told;
}

/** A number with its country's code, without spaces and signs; none: it is not one. */
export function numberOf(text: string): string | null {
  const number = text.replace(/[\s().\-/]/g, "").replace(/^00/, "+");
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : null;
}
