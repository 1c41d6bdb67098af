import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconDownload, IconPhone, IconTrash, IconUserSearch } from "@tabler/icons-react";
import { useState } from "react";
import { askPerson, type ErasedPerson, type Person } from "@/api/privacy";
import { useAct } from "@/ui/act";
import { saveFile } from "@/ui/download";
import { formatPhone } from "@/ui/format";
import { Failure, Lines, Notice, Section } from "@/ui/states";
import { Erased } from "./Erased";
import { EraseDialog } from "./EraseDialog";
import { KeptBeside } from "./KeptBeside";
import { KeptCalls } from "./KeptCalls";
import { everythingOf, fileOf, isNothing, joined, numberOf } from "./person";

// A number is asked for in the page, and is never in its address.
const NOT_A_NUMBER = "Write the number with its country’s code, such as +34 631 021 622";

/** Everything that is kept about one person: shown, handed out, erased. */
export function Privacy() {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [erased, setErased] = useState<ErasedPerson>();
  const [person, setPerson] = useState<Person>();
  const show = useAct({
    run: (number: string) => askPerson(number),
    then: setPerson,
    failed: () => true,
  });
  const ask = () => {
    const number = numberOf(text);
    setWrong(number ? undefined : NOT_A_NUMBER);
    setErased(undefined);
    setPerson(undefined);
    if (number) show.mutate(number);
  };
  return (
    <Stack>
      <Section title="One person">
        <form onSubmit={(event) => { event.preventDefault(); ask(); }}>
          <Group align="flex-start">
            <TextInput
              label="Phone number" description="Everything that is kept about it is shown. The audit trail says that you looked; it keeps no full number." placeholder="+34 631 021 622"
              type="tel" autoComplete="off" flex="1 1 280px" maw={460} value={text} error={wrong} leftSection={<IconPhone size={16} />} inputWrapperOrder={["label", "input", "description", "error"]}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <Button type="submit" mt={25} loading={show.isPending} leftSection={<IconUserSearch size={16} />}>Show what is kept</Button>
          </Group>
        </form>
      </Section>
      {show.isPending && <Lines count={4} />}
      {show.error && !show.isPending && <Failure error={show.error} retry={ask} />}
      {erased && <Erased told={erased} />}
      {person && <Known key={person.phone_number} person={person} onMore={setPerson} onErased={(told) => { setErased(told); setPerson(undefined); }} />}
    </Stack>
  );
}

interface KnownProps {
  person: Person;
  onMore: (person: Person) => void;
  onErased: (told: ErasedPerson) => void;
}

function Known({ person, onMore, onErased }: KnownProps) {
  const [erasing, setErasing] = useState(false);
  const more = useAct({
    run: (cursor: string) => askPerson(person.phone_number, cursor),
    then: (next) => onMore(joined(person, next)),
  });
  const download = useAct({
    run: () => everythingOf(person.phone_number, askPerson),
    then: (whole) => saveFile(new Blob([fileOf(whole, new Date())], { type: "application/json" }), "person.json"),
    done: "Saved. Links to recordings in it work for 15 minutes: save the recordings now.",
  });
  if (isNothing(person) && !person.do_not_call) {
    return <Notice icon={IconUserSearch} title="Nothing is kept about this number">If you expected something, check the number. An import may still be going on: look again in a minute.</Notice>;
  }
  return (
    <>
      <Group justify="space-between">
        <Text fw={640} size="lg" role="status">Kept about {formatPhone(person.phone_number)}</Text>
        <Group>
          <Button variant="default" leftSection={<IconDownload size={16} />} loading={download.isPending} onClick={() => download.mutate()}>Download as JSON</Button>
          <Button color="red.8" leftSection={<IconTrash size={16} />} onClick={() => setErasing(true)}>Erase…</Button>
        </Group>
      </Group>
      {isNothing(person) && <Alert variant="default">Nothing but the entry on the do-not-call list, which keeps campaigns from calling.</Alert>}
      <KeptCalls calls={person.calls} more={person.next_cursor ? () => more.mutate(person.next_cursor ?? "") : undefined} busy={more.isPending} />
      <KeptBeside person={person} />
      {erasing && <EraseDialog person={person} onClose={() => setErasing(false)} onErased={onErased} />}
    </>
  );
}
