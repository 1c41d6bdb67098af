import { Alert, Button, Checkbox, Group, List, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { eraseOnce, type ErasedPerson, type Person } from "@/api/privacy";
import { useAct } from "@/ui/act";
import { formatPhone } from "@/ui/format";
import { erase, numberOf } from "./person";

interface EraseDialogProps {
  person: Person;
  onClose: () => void;
  onErased: (told: ErasedPerson) => void;
}

/** Says what goes and what stays, and asks for the number once more. */
export function EraseDialog({ person, onClose, onErased }: EraseDialogProps) {
  const [typed, setTyped] = useState("");
  const [keepOff, setKeepOff] = useState(true);
  const act = useAct({
    run: () => erase(person.phone_number, keepOff, eraseOnce),
    touches: [["calls"], ["contacts"], ["callbacks"], ["campaigns"], ["do-not-call"], ["audit"]],
    then: (told) => { onErased(told); onClose(); },
  });
  const wrong = typed.trim() !== "" && numberOf(typed) !== person.phone_number;
  return (
    <Modal opened onClose={onClose} size="lg" closeOnClickOutside={false} title={<Text fw={640}>Erase everything about {formatPhone(person.phone_number)}?</Text>}>
      <form onSubmit={(event) => { event.preventDefault(); if (numberOf(typed) === person.phone_number) act.mutate(); }}>
        <Stack>
          <div>
            <Text size="sm" fw={600}>Erased</Text>
            <List size="sm">
              <List.Item>of each call: the number, the words, the recording, the summary, what was collected, and what the platform sent</List.Item>
              <List.Item>the number and everything else about the person in every campaign; whoever waits for a call is not called</List.Item>
              <List.Item>the contacts in every list, and the callbacks</List.Item>
            </List>
          </div>
          <div>
            <Text size="sm" fw={600}>Stays</Text>
            <List size="sm">
              <List.Item>that there were calls, when, and how they ended, so that counts still add up</List.Item>
              <List.Item>what the voice platforms keep: delete it there</List.Item>
              <List.Item>uploaded files, exports and sent events until their retention ends, and backups for 35 days</List.Item>
            </List>
          </div>
          <Checkbox
            label="Put the number on the do-not-call list" description="Then it is the one thing that stays. Without it, the next import can bring the person back, and campaigns call again."
            checked={keepOff} disabled={person.do_not_call != null && keepOff} onChange={(event) => setKeepOff(event.currentTarget.checked)}
          />
          <TextInput
            label="The number once more" description="So that nobody is erased by a slip." type="tel" autoComplete="off" value={typed} data-autofocus
            error={wrong ? "This is another number: write the one that is to be erased" : undefined} onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Alert variant="default" color="red">This cannot be undone here.</Alert>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>Keep everything</Button>
            <Button type="submit" color="red.8" disabled={numberOf(typed) !== person.phone_number} loading={act.isPending}>Erase</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
