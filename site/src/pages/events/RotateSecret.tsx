import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { api, bodyOf, type Schemas } from "@/api/client";
import { EVENT_TARGETS, type EventTarget } from "@/api/events";
import { useAct } from "@/ui/act";
import { Moment } from "@/ui/Time";
import { SecretOnce } from "./SecretOnce";
import { nameOf } from "./target";

const OVERLAPS = [
  { value: "24", label: "For 24 hours" },
  { value: "1", label: "For an hour" },
  { value: "72", label: "For 3 days" },
  { value: "168", label: "For 7 days" },
  { value: "0", label: "Not at all: it is known to others" },
];

export function RotateSecret({ target, onClose }: { target: EventTarget; onClose: () => void }) {
  const [hours, setHours] = useState("24");
  const [rotated, setRotated] = useState<Schemas["RotatedEventSecret"]>();
  const rotate = useAct({
    run: async () =>
      bodyOf(
        await api.POST("/api/event-targets/{target_id}/rotate-secret", {
          params: { path: { target_id: target.target_id } }, body: { overlap_hours: Number(hours) },
        }),
      ),
    touches: [EVENT_TARGETS],
    then: setRotated,
  });
  if (rotated) {
    return (
      <Modal opened onClose={onClose} title={<Text fw={640}>The new secret</Text>} size="lg" withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false}>
        <SecretOnce secret={rotated.secret} onKept={onClose}>
          {hours === "0" ? "The old one signs nothing any more." : <>Until <Moment at={rotated.old_until} /> every request has a signature of each: the receiver may know either.</>}
        </SecretOnce>
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>Make a new secret for {nameOf(target)}?</Text>}>
      <Stack>
        <Text size="sm">The receiver must know the new one before the old one ends, or it refuses what is sent.</Text>
        <Select label="The old secret signs too" data={OVERLAPS} value={hours} allowDeselect={false} onChange={(value) => value && setHours(value)} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>Keep the old one</Button>
          <Button loading={rotate.isPending} onClick={() => rotate.mutate()}>Make a new secret</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
