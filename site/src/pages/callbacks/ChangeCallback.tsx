import "@mantine/dates/styles.css";
import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { useState } from "react";
import { type Callback, changeCallback } from "@/api/callbacks";
import type { ChangedCallback } from "@/api/reception";
import { momentHere } from "@/pages/events/target";
import { useMe } from "@/session/me";
import { useAct } from "@/ui/act";
import { formatPhone } from "@/ui/format";
import { pickedOf } from "./callback";

/** Who does it, when, and what came of it. */
export function ChangeCallback({ callback, onClose }: { callback: Callback; onClose: () => void }) {
  const me = useMe();
  const [who, setWho] = useState(callback.assigned_to ?? "");
  const [due, setDue] = useState<string | null>(pickedOf(callback.due_at));
  const [note, setNote] = useState(callback.note ?? "");
  const [picking, setPicking] = useState(false);
  const moment = momentHere(due);
  const save = useAct({
    run: () => changeCallback(callback.callback_id, changes()),
    done: "Saved.",
    touches: [["callbacks"]],
    then: onClose,
  });
  function changes(): ChangedCallback {
    return {
      ...(who.trim() !== (callback.assigned_to ?? "") && { assigned_to: who.trim() }),
      ...(due !== pickedOf(callback.due_at) && moment !== null && { due_at: moment }),
      ...(note.trim() !== (callback.note ?? "") && { note: note.trim() }),
    };
  }
  return (
    <Modal opened onClose={onClose} closeOnEscape={!picking} title={<Text fw={640}>Call back {callback.name ?? formatPhone(callback.phone_number)}</Text>}>
      <form onSubmit={(event) => { event.preventDefault(); save.mutate(); }}>
        <Stack>
          <Text size="sm">{callback.reason}</Text>
          <Group align="flex-end" gap="xs" wrap="nowrap">
            <TextInput flex={1} label="Who does it" description="Empty: nobody yet" maxLength={200} value={who} data-autofocus onChange={(event) => setWho(event.currentTarget.value)} />
            {me?.name && <Button variant="default" onClick={() => setWho(me.name ?? "")}>Me</Button>}
          </Group>
          <DateTimePicker
            label="When" valueFormat="D MMM YYYY HH:mm" value={due} onChange={setDue} error={moment === null ? "Choose a day and a time" : undefined}
            popoverProps={{ onOpen: () => setPicking(true), onClose: () => setPicking(false) }}
          />
          <Textarea label="Note" description="What came of it" autosize minRows={2} maxLength={500} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          <Group justify="flex-end"><Button type="submit" loading={save.isPending} disabled={moment === null || Object.keys(changes()).length === 0}>Save</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
