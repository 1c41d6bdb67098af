// Who is looking, and what they may press. The API decides again at every request.
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api, bodyOf, type Schemas } from "@/api/client";

export type Role = Schemas["Me"]["role"];
const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async () => bodyOf(await api.GET("/api/me")),
  staleTime: Infinity,
});

export const useMe = () => useQuery(meQuery).data;

/** Whether the one who looks may do what this role may. */
export function useMay(role: Role): boolean {
  const me = useMe();
  return me !== undefined && RANK[me.role] >= RANK[role];
}

/** Shown to those who may press it. */
export function For({ role, children }: { role: Role; children: ReactNode }) {
  return useMay(role) ? children : null;
}
