import "@mantine/dates/styles.css";
import { Button, Group, Modal, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { agentsQuery } from "@/api/agents";
import { bookCallback } from "@/api/callbacks";
import type { Call } from "@/api/reception";
import { ownRegion } from "@/pages/contacts/regions";
import { momentHere } from "@/pages/events/target";
import { aboutOf, personOf } from "@/pages/inbound/words";
import { markFields, useAct } from "@/ui/act";
import { formatMoment, formatPhone } from "@/ui/format";
import { inAnHour, pickedOf } from "./callback";

interface BookCallbackProps {
  /** The call that it comes of. */
  of?: Call;
  onClose: () => void;
}

interface Values {
  phone_number: string;
  name: string;
  reason: string;
  due_at: string | null;
  agent_id: string | null;
}

const MOST_REASON = 500;

/** A callback that a person books. */
export function BookCallback({ of: call, onClose }: BookCallbackProps) {
  const agents = useQuery(agentsQuery).data ?? [];
  const [picking, setPicking] = useState(false);
  const [soonest] = useState(() => pickedOf(inAnHour(Date.now())));
  const form = useForm<Values>({
    initialValues: {
      phone_number: call?.phone_number ?? "", name: (call && personOf(call).name) ?? "", reason: call ? (aboutOf(call) ?? "").slice(0, MOST_REASON) : "",
      due_at: soonest, agent_id: null,
    },
    validate: {
      phone_number: (number) => (number.trim() === "" ? "Write the number with + and its country code" : null),
      reason: (reason) => (reason.trim() === "" ? "Say what it is about" : null),
      due_at: (picked) => (momentHere(picked) === null ? "Choose a day and a time" : null),
    },
  });
  const book = useAct({
    run: ({ name, agent_id: agent, due_at: picked, ...callback }: Values) =>
      bookCallback({
        ...callback, due_at: momentHere(picked) ?? "", name: name.trim() || undefined, agent_id: agent ?? undefined,
        call_id: call?.call_id, default_region: ownRegion() ?? undefined,
      }),
    done: ({ phone_number: number, due_at: due }) => `${formatPhone(number)} is to be called back, ${formatMoment(due)}.`,
    touches: [["callbacks"], ["calls"], ["inbound"]],
    then: onClose,
    failed: (error) => markFields(form, error),
  });
  return (
    // Escape puts the calendar away first.
    <Modal opened onClose={onClose} closeOnEscape={!picking} title={<Text fw={640}>Book a callback</Text>}>
      <form noValidate onSubmit={form.onSubmit((values) => book.mutate(values))}>
        <Stack>
          <TextInput label="Number" withAsterisk type="tel" placeholder="+34631021622" data-autofocus={!call || undefined} {...form.getInputProps("phone_number")} />
          <TextInput label="Name" maxLength={200} {...form.getInputProps("name")} />
          <Textarea label="What it is about" withAsterisk autosize minRows={2} maxLength={MOST_REASON} data-autofocus={call ? true : undefined} {...form.getInputProps("reason")} />
          <DateTimePicker
            label="When" withAsterisk valueFormat="D MMM YYYY HH:mm" minDate={new Date()} popoverProps={{ onOpen: () => setPicking(true), onClose: () => setPicking(false) }}
            {...form.getInputProps("due_at")}
          />
          <Select
            label="Agent" description="Who calls back when a call is placed from here; empty: chosen then" clearable searchable data={agents.map(({ agent_id, name }) => ({ value: agent_id, label: name }))}
            {...form.getInputProps("agent_id")}
          />
          <Group justify="flex-end"><Button type="submit" loading={book.isPending}>Book it</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
