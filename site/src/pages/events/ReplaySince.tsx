import "@mantine/dates/styles.css";
import { Alert, Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { useEffect, useRef, useState } from "react";
import { api, bodyOf } from "@/api/client";
import { type DeliveryStatus, EVENT_TARGETS, type EventTarget } from "@/api/events";
import { useAct } from "@/ui/act";
import { formatCount, formatMoment } from "@/ui/format";
import { momentHere, nameOf, replayAll } from "./target";

const WHICH: { value: DeliveryStatus | "all"; label: string }[] = [
  { value: "all", label: "Everything, also what it has already" },
  { value: "dead", label: "Only what was given up" },
  { value: "delivered", label: "Only what was delivered" },
  { value: "pending", label: "Only what is on its way: at once" },
];
/** Deliveries are kept so long. */
const KEPT_HOURS = 30 * 24;
const SPANS = [
  { value: "1", label: "An hour ago" },
  { value: "24", label: "A day ago" },
  { value: "168", label: "7 days ago" },
  { value: String(KEPT_HOURS), label: "30 days ago: all that is kept" },
  { value: "picked", label: "Another moment" },
];
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

/** Sends again what happened since a moment, after showing what that means. */
export default function ReplaySince({ target, onClose }: { target: EventTarget; onClose: () => void }) {
  const [span, setSpan] = useState("1");
  const [picked, setPicked] = useState<string | null>(null);
  const [picking, setPicking] = useState(false);
  const [which, setWhich] = useState<DeliveryStatus | "all">("all");
  const [count, setCount] = useState(0);
  const goesOn = useRef(true);
  // Going away from the page stops it too; nothing that was sent is taken back.
  useEffect(() => {
    goesOn.current = true;
    return () => { goesOn.current = false; };
  }, []);
  const pickedMoment = momentHere(picked);
  const known = span !== "picked" || pickedMoment !== null;
  const replay = useAct({
    run: (from: string) =>
      replayAll(
        async (next) =>
          bodyOf(
            await api.POST("/api/event-targets/{target_id}/replay", {
              params: { path: { target_id: target.target_id } }, body: { since: next, status: which === "all" ? undefined : which },
            }),
          ),
        from, setCount, () => goesOn.current,
      ),
    done: (sent) => (sent === 0 ? "Nothing fits: nothing was sent again." : `${formatCount(sent, "event")} on the way again.`),
    touches: [EVENT_TARGETS, ["attention"]],
    then: onClose,
  });
  return (
    // Escape puts the calendar away first.
    <Modal opened onClose={onClose} closeOnEscape={!picking} title={<Text fw={640}>Send again to {nameOf(target)}?</Text>}>
      <Stack>
        <Select label="What happened since" data={SPANS} value={span} allowDeselect={false} disabled={replay.isPending} onChange={(value) => value && setSpan(value)} />
        {span === "picked" && (
          <DateTimePicker
            label="Day and time" withAsterisk valueFormat="D MMM YYYY HH:mm" placeholder="Choose a day and a time" value={picked} minDate={hoursAgo(KEPT_HOURS)} maxDate={hoursAgo(0)}
            disabled={replay.isPending} onChange={setPicked} popoverProps={{ onOpen: () => setPicking(true), onClose: () => setPicking(false) }}
          />
        )}
        <Select label="Which" data={WHICH} value={which} allowDeselect={false} disabled={replay.isPending} onChange={(value) => value && setWhich(value as typeof which)} />
        <Text size="sm">
          {span === "picked" && pickedMoment ? `What happened since ${formatMoment(pickedMoment)} is sent again` : "It is sent again"}, the oldest first, each with all attempts.{" "}
          The receiver knows each event by its id, and must not act on one twice.
        </Text>
        {replay.isPending && <Alert variant="default" role="status">{formatCount(count, "event")} on the way again so far.</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{replay.isPending ? "Stop here" : "Send nothing"}</Button>
          <Button disabled={!known} loading={replay.isPending} onClick={() => replay.mutate(pickedOr(span, pickedMoment))}>Send again</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** The moment that was picked, or so many hours before this one. */
function pickedOr(span: string, picked: string | null): string {
  return span === "picked" && picked !== null ? picked : hoursAgo(Number(span)).toISOString();
}
