import { api, bodyOf, type Schemas } from "./client";

export type Person = Schemas["Person"];
export type ErasedPerson = Schemas["ErasedPerson"];

/** Calls read in one request. */
const AT_ONCE = 25;

/** One page of what is kept about a number; everything but calls comes with the first. Each time leaves an entry in the audit trail, so it is asked only when somebody wants it. */
export async function askPerson(phoneNumber: string, cursor?: string): Promise<Person> {
  return bodyOf(await api.GET("/api/privacy/{phone_number}", { params: { path: { phone_number: phoneNumber }, query: { cursor, limit: AT_ONCE } } }));
}

/** Erases as much as one request does. */
export async function eraseOnce(phoneNumber: string, keepOff: boolean): Promise<ErasedPerson> {
  const body = { confirm: phoneNumber, keep_off: keepOff };
  return bodyOf(await api.POST("/api/privacy/{phone_number}/erase", { params: { path: { phone_number: phoneNumber } }, body }));
}
