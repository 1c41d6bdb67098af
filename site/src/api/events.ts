import { queryOptions } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "./client";
import { CALM, live, WATCHED } from "./live";

export type EventTarget = Schemas["EventTarget"];
export type Delivery = Schemas["Delivery"];
export type DeliveryStatus = Schemas["DeliveryStatus"];

/** The beginning of every key here. */
export const EVENT_TARGETS = ["event-targets"];

const of = (targetId: string) => ({ target_id: targetId });

export const targetsQuery = queryOptions({
  queryKey: [...EVENT_TARGETS, "all"],
  queryFn: async () => bodyOf(await api.GET("/api/event-targets")).items,
  ...live(CALM),
});

export const targetQuery = (targetId: string) =>
  queryOptions({
    queryKey: [...EVENT_TARGETS, "one", targetId],
    queryFn: async () => bodyOf(await api.GET("/api/event-targets/{target_id}", { params: { path: of(targetId) } })),
    ...live(CALM),
    placeholderData: undefined,
  });

/** What was sent to a target, newest first. What was given up has a list of its own, which is exact. */
export const deliveriesQuery = (targetId: string, status: DeliveryStatus | undefined, cursor?: string, limit = 25) =>
  queryOptions({
    queryKey: [...EVENT_TARGETS, "deliveries", targetId, status ?? "all", cursor ?? "", limit],
    queryFn: async () => {
      const path = of(targetId);
      return status === "dead"
        ? bodyOf(await api.GET("/api/event-targets/{target_id}/dead-letters", { params: { path, query: { cursor, limit } } }))
        : bodyOf(await api.GET("/api/event-targets/{target_id}/deliveries", { params: { path, query: { status, cursor, limit } } }));
    },
    ...live(WATCHED),
  });

export const deliveryQuery = (targetId: string, eventId: string) =>
  queryOptions({
    queryKey: [...EVENT_TARGETS, "delivery", targetId, eventId],
    queryFn: async () =>
      bodyOf(
        await api.GET("/api/event-targets/{target_id}/deliveries/{event_id}", {
          params: { path: { target_id: targetId, event_id: eventId } },
        }),
      ),
    ...live(WATCHED),
    placeholderData: undefined,
  });
