import { queryOptions } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "./client";
import { CALM, live } from "./live";

export type ContactList = Schemas["ContactList"];
export type Upload = Schemas["Upload"];

export const listsQuery = (search = "", cursor?: string) =>
  queryOptions({
    queryKey: ["lists", search, cursor ?? ""],
    queryFn: async () =>
      bodyOf(await api.GET("/api/contact-lists", { params: { query: { search: search || undefined, cursor, limit: 50 } } })),
    ...live(CALM),
  });

export const listQuery = (listId: string) =>
  queryOptions({
    queryKey: ["lists", "one", listId],
    queryFn: async () =>
      bodyOf(await api.GET("/api/contact-lists/{list_id}", { params: { path: { list_id: listId } } })),
  });

export const contactsQuery = (listId: string, search: string, cursor?: string) =>
  queryOptions({
    queryKey: ["contacts", listId, search, cursor ?? ""],
    queryFn: async () =>
      bodyOf(
        await api.GET("/api/contact-lists/{list_id}/contacts", {
          params: { path: { list_id: listId }, query: { search: search || undefined, cursor, limit: 50 } },
        }),
      ),
    placeholderData: (before) => before,
  });

export const doNotCallQuery = (search: string, cursor?: string) =>
  queryOptions({
    queryKey: ["do-not-call", search, cursor ?? ""],
    queryFn: async () =>
      bodyOf(await api.GET("/api/do-not-call", { params: { query: { search: search || undefined, cursor, limit: 50 } } })),
    ...live(CALM),
  });

export const uploadQuery = (uploadId: string) =>
  queryOptions({
    queryKey: ["uploads", uploadId],
    queryFn: async () =>
      bodyOf(await api.GET("/api/uploads/{upload_id}", { params: { path: { upload_id: uploadId } } })),
    refetchInterval: ({ state }) => (state.data && ["completed", "failed"].includes(state.data.status) ? false : 700),
  });

export const isOver = (upload: Upload | undefined) => upload?.status === "completed" || upload?.status === "failed";
