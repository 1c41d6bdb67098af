import { Button } from "@mantine/core";
import { IconPhoneOff } from "@tabler/icons-react";
import type { Call } from "@/api/calls";
import { api, bodyOf } from "@/api/client";
import { useAct } from "@/ui/act";
import { ask } from "@/ui/confirm";

/** Hangs up on somebody: asked about first. Where the platform has no way to, its answer says what to do. */
export function EndCall({ call, who }: { call: Call; who: string }) {
  const end = useAct({
    run: async () => bodyOf(await api.POST("/api/calls/{call_id}/end", { params: { path: { call_id: call.call_id } } })),
    done: "The call is being ended. How it ended comes in a moment.",
    touches: [["calls"]],
  });
  const press = () => {
    if (!call.can_be_ended) return end.mutate();
    ask({
      title: "End this call?",
      children: `${who} is on the phone with the agent. The line is cut off at once.`,
      confirm: "End the call",
      danger: true,
      onConfirm: () => end.mutate(),
    });
  };
  return (
    <Button variant="default" className="danger" leftSection={<IconPhoneOff size={16} />} loading={end.isPending} onClick={press}>End call</Button>
  );
}
