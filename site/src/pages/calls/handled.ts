// Marking a call as handled: on the screen at once, taken back when the API says no.
import { type InfiniteData, useMutation, useQueryClient } from "@tanstack/react-query";
import { type Call, markHandled } from "@/api/calls";
import { tellFailed } from "@/ui/act";

type Cached = { items?: Call[] } | Call | InfiniteData<unknown> | undefined;

/** Beginnings of the keys of what shows calls. */
const SHOWN = [["calls"], ["inbound"]];

function withHandled(cached: Cached, callId: string, handled: boolean): Cached {
  if (!cached) return cached;
  if ("call_id" in cached) return cached.call_id === callId ? { ...cached, handled } : cached;
  if (!("items" in cached) || !cached.items) return cached;
  return { ...cached, items: cached.items.map((call) => (call.call_id === callId ? { ...call, handled } : call)) };
}

export function useHandled() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ callId, handled }: { callId: string; handled: boolean }) => markHandled(callId, handled),
    onMutate: async ({ callId, handled }) => {
      await Promise.all(SHOWN.map((queryKey) => client.cancelQueries({ queryKey })));
      const before = SHOWN.flatMap((queryKey) => client.getQueriesData<Cached>({ queryKey }));
      for (const queryKey of SHOWN) client.setQueriesData<Cached>({ queryKey }, (cached) => withHandled(cached, callId, handled));
      return { before };
    },
    onError: (error, _wanted, context) => {
      context?.before.forEach(([key, data]) => client.setQueryData(key, data));
      tellFailed(error, "The mark could not be kept");
    },
    onSettled: () =>
      Promise.all([...SHOWN, ["stats"]].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
