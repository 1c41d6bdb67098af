import type { Schemas } from "@/api/client";

const FULL = ["name", "full_name", "fullname", "contact_name", "customer_name", "nombre", "nom", "nome"];
const FIRST = ["first_name", "firstname", "given_name"];
const LAST = ["last_name", "lastname", "surname", "family_name", "apellido", "apellidos"];

/** The name a contact's columns give, if they give one. */
export function nameOf(variables: Schemas["Contact"]["variables"]): string | undefined {
  const columns = new Map(
    Object.entries(variables).map(([column, value]) => [column.trim().toLowerCase().replace(/[\s-]+/g, "_"), value]),
  );
  const first = (names: string[]) => names.map((name) => columns.get(name)?.trim()).find(Boolean);
  return first(FULL) ?? ([first(FIRST), first(LAST)].filter(Boolean).join(" ") || undefined);
}
