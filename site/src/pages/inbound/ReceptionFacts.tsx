import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { callbackQuery } from "@/api/callbacks";
import type { Call, Reception } from "@/api/reception";
import { useAgentNames } from "@/pages/agents/names";
import { Facts } from "@/ui/Facts";
import { formatPhone, formatWord } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Section } from "@/ui/states";
import { Dot } from "@/ui/Status";
import { Moment } from "@/ui/Time";
import { intentOf, urgencyOf, wordsOfTarget } from "./words";

/** What the reception knows of a call; nothing for one that did not come in. */
export function ReceptionFacts({ call: { reception } }: { call: Call }) {
  return reception ? <Known reception={reception} /> : null;
}

function Known({ reception }: { reception: Reception }) {
  const names = useAgentNames();
  const urgency = urgencyOf(reception);
  return (
    <Section title="Reception" aside={urgency && <Dot {...urgency} />}>
      <Stack>
        {reception.message && <Text size="sm" component="blockquote" m={0}>“{reception.message}”</Text>}
        <Facts
          rows={[
            ["Urgency", reception.urgency ? formatWord(reception.urgency) : undefined],
            ["Because", reception.urgent_because],
            ["Wanted", intentOf(reception.intent)],
            ["Called", reception.called && formatPhone(reception.called)],
            ["Taken by", `${wordsOfTarget(reception.target, names)}${reception.fell_back ? ", after somebody else did not answer" : ""}`],
            ["Rule", reception.rule_name ?? "None fitted: voicemail"],
            ["Callback", reception.callback_id && <BookedCallback key="c" callbackId={reception.callback_id} />],
            ["Ticket", reception.ticket_at && <>asked for <Moment at={reception.ticket_at} /></>],
          ]}
        />
      </Stack>
    </Section>
  );
}

function BookedCallback({ callbackId }: { callbackId: string }) {
  const { data } = useQuery({ ...callbackQuery(callbackId), retry: false });
  return (
    <TextLink to="/callbacks" search={data ? { status: data.status } : {}} size="sm">
      {data ? <>{formatWord(data.status)}, <Moment at={data.due_at} /></> : "Booked"}
    </TextLink>
  );
}
