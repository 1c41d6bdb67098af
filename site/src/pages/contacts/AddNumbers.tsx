import { Alert, Button, Group, Modal, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { api, bodyOf } from "@/api/client";
import { useAct } from "@/ui/act";
import { formatCount } from "@/ui/format";
import { ownRegion } from "./regions";

/** Numbers put onto the do-not-call list by hand. */
export function AddNumbers({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const [note, setNote] = useState("");
  const numbers = text.split(/[\n,;]+/).map((number) => number.trim()).filter(Boolean);
  const add = useAct({
    run: async () =>
      bodyOf(
        await api.POST("/api/do-not-call", {
          body: { phone_numbers: numbers, note: note.trim() || undefined, default_region: ownRegion() },
        }),
      ),
    done: ({ added, present }) => `${formatCount(added, "number")} added${present > 0 ? `, ${present} there already` : ""}.`,
    touches: [["do-not-call"]],
    then: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>Never call these numbers</Text>}>
      <Stack>
        <Textarea
          label="Numbers" description="One per line, in any spelling; up to 1,000 at a time" autosize minRows={4} maxRows={12} value={text} data-autofocus
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <TextInput label="Note" placeholder="Asked by e-mail on 3 May" value={note} maxLength={1000} onChange={(event) => setNote(event.currentTarget.value)} />
        {numbers.length > 1_000 && <Alert color="red" variant="default" role="alert">Add at most 1,000 numbers at a time.</Alert>}
        <Group justify="flex-end">
          <Button onClick={() => add.mutate()} loading={add.isPending} disabled={numbers.length === 0 || numbers.length > 1_000}>
            Add {formatCount(numbers.length, "number")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
