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
const KEPT_DAYS = 30;
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

/** Sends again what happened since a moment, after showing what that means. */
export default function ReplaySince({ target, onClose }: { target: EventTarget; onClose: () => void }) {
  const [picked, setPicked] = useState<string | null>(null);
  const [which, setWhich] = useState<DeliveryStatus | "all">("all");
  const [count, setCount] = useState(0);
  const goesOn = useRef(true);
  // Going away from the page stops it too; nothing that was sent is taken back.
  useEffect(() => {
    goesOn.current = true;
    return () => { goesOn.current = false; };
  }, []);
  const since = momentHere(picked);
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
    <Modal opened onClose={onClose} title={<Text fw={640}>Send again to {nameOf(target)}?</Text>}>
      <Stack>
        <DateTimePicker
          label="What happened since" withAsterisk valueFormat="D MMM YYYY HH:mm" placeholder="Choose a day and a time" value={picked} minDate={daysAgo(KEPT_DAYS)} maxDate={daysAgo(0)}
          disabled={replay.isPending} onChange={setPicked}
        />
        <Select label="Which" data={WHICH} value={which} allowDeselect={false} disabled={replay.isPending} onChange={(value) => value && setWhich(value as typeof which)} />
        <Text size="sm">
          {since ? `What happened since ${formatMoment(since)} is sent again, the oldest first, with all attempts.` : "It is sent again, the oldest first, with all attempts."}{" "}
          The receiver knows each event by its id, and must not act on one twice.
        </Text>
        {replay.isPending && <Alert variant="default" role="status">{formatCount(count, "event")} on the way again so far.</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{replay.isPending ? "Stop here" : "Send nothing"}</Button>
          <Button disabled={since === null} loading={replay.isPending} onClick={() => since && replay.mutate(since)}>Send again</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
