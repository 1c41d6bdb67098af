import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { IconCheck, IconPhoneOutgoing, IconRotateClockwise, IconTicket } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { askForTicket } from "@/api/calls";
import type { Call } from "@/api/reception";
import { EndCall } from "@/pages/calls/EndCall";
import { useHandled } from "@/pages/calls/handled";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { isLive } from "@/ui/Status";
import { formatMoment } from "@/ui/format";
import { personOf } from "./words";

// A calendar is heavy.
const BookCallback = lazy(async () => ({ default: (await import("@/pages/callbacks/BookCallback")).BookCallback }));

/** What somebody can do about a call that came in. */
export function ReceptionDeeds({ call }: { call: Call }) {
  const [asked, setAsked] = useState<"callback" | "ticket" | null>(null);
  const handle = useHandled();
  const person = personOf(call);
  return (
    <For role="operator">
      {call.status === "in_progress" && <EndCall call={call} who={person.shown} />}
      {call.phone_number && (
        <Button variant="default" leftSection={<IconPhoneOutgoing size={16} />} onClick={() => setAsked("callback")}>Book a callback</Button>
      )}
      <Button variant="default" leftSection={<IconTicket size={16} />} onClick={() => setAsked("ticket")}>Create ticket</Button>
      {!isLive(call.status) && (
        <Button
          variant={call.handled ? "default" : "filled"} leftSection={call.handled ? <IconRotateClockwise size={16} /> : <IconCheck size={16} />}
          onClick={() => handle.mutate({ callId: call.call_id, handled: !call.handled })}
        >
          {call.handled ? "Handled: take it back" : "Mark handled"}
        </Button>
      )}
      <Suspense fallback={null}>{asked === "callback" && <BookCallback of={call} onClose={() => setAsked(null)} />}</Suspense>
      {asked === "ticket" && <AskForTicket call={call} who={person.shown} onClose={() => setAsked(null)} />}
    </For>
  );
}

/** Tells the customer's systems to make a ticket; they are event targets. */
function AskForTicket({ call, who, onClose }: { call: Call; who: string; onClose: () => void }) {
  const [note, setNote] = useState("");
  const before = call.reception?.ticket_at;
  const ask = useAct({
    run: () => askForTicket(call.call_id, note, before != null),
    done: "Your systems are told to make a ticket.",
    touches: [["calls"], ["inbound"], ["event-targets"]],
    then: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>Create a ticket of the call with {who}?</Text>}>
      <form onSubmit={(event) => { event.preventDefault(); ask.mutate(); }}>
        <Stack>
          <Text size="sm">
            The event ticket.requested goes to every event target that is told of it, with what is known of the call.
            {before && <> One was asked for before, {formatMoment(before)}: this makes another one.</>}
          </Text>
          <Textarea label="Note" description="For whoever reads the ticket" autosize minRows={2} maxLength={1000} value={note} data-autofocus onChange={(event) => setNote(event.currentTarget.value)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>No ticket</Button>
            <Button type="submit" loading={ask.isPending}>{before ? "Create another one" : "Create the ticket"}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
