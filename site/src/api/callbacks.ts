import { queryOptions } from "@tanstack/react-query";
import { api, bodyOf } from "./client";
import { live, WATCHED } from "./live";
import type { Callback, CallbackStatus, ChangedCallback, NewCallback } from "./reception";

export type { Callback, CallbackStatus };
export const CALLBACK_STATUSES = ["due", "assigned", "done"] as const satisfies readonly CallbackStatus[];

/** Callbacks of one state, the earliest first. */
export const callbacksQuery = (status: CallbackStatus, cursor?: string) =>
  queryOptions({
    queryKey: ["callbacks", "list", status, cursor ?? ""],
    queryFn: async () =>
      bodyOf(await api.GET("/api/callbacks", { params: { query: { status, cursor, limit: 50 } } })),
    ...live(WATCHED),
  });

export const callbackQuery = (callbackId: string) =>
  queryOptions({
    queryKey: ["callbacks", "one", callbackId],
    queryFn: async () =>
      bodyOf(await api.GET("/api/callbacks/{callback_id}", { params: { path: { callback_id: callbackId } } })),
    ...live(WATCHED),
    placeholderData: undefined,
  });

export async function bookCallback(callback: NewCallback): Promise<Callback> {
  return bodyOf(await api.POST("/api/callbacks", { body: callback }));
}

export async function changeCallback(callbackId: string, change: ChangedCallback): Promise<Callback> {
  return bodyOf(
    await api.PATCH("/api/callbacks/{callback_id}", { params: { path: { callback_id: callbackId } }, body: change }),
  );
}

/** Places the call; what is left out is the callback's own, or the only one there is. */
export async function callBack(callbackId: string, by: { agent_id?: string; phone_line_id?: string }): Promise<Callback> {
  return bodyOf(
    await api.POST("/api/callbacks/{callback_id}/call", { params: { path: { callback_id: callbackId } }, body: by }),
  );
}
