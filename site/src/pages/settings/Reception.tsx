import { Button, Group, Select, SimpleGrid, Stack, Switch, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { receptionQuery, saveReception } from "@/api/inbound";
import type { ReceptionSettings } from "@/api/reception";
import { languages } from "@/pages/agents/languages";
import { timeZones } from "@/pages/campaigns/rules/words";
import { plainNumber } from "@/pages/routing/rule";
import { useMay } from "@/session/me";
import { markFields, useAct } from "@/ui/act";
import { TextLink } from "@/ui/links";
import { NumberField } from "@/ui/NumberField";
import { Loaded, Section } from "@/ui/states";

/** How calls that come in are taken and concluded. */
export function Reception() {
  const settings = useQuery(receptionQuery);
  return (
    <Section title="Reception">
      <Loaded query={settings}>{(known) => <Form key={JSON.stringify(known)} saved={known} />}</Loaded>
    </Section>
  );
}

type Values = Omit<ReceptionSettings, "person"> & { person: string };

function Form({ saved }: { saved: ReceptionSettings }) {
  const manages = useMay("admin");
  const form = useForm<Values>({
    initialValues: { ...saved, person: saved.person ?? "" },
    validate: {
      voicemail_greeting: (text) => (text.trim() === "" ? "Say something to those who come to voicemail" : null),
      closed_greeting: (text) => (text.trim() === "" ? "Say something to those whose call ends" : null),
      summary_model: (model) => (model.trim() === "" ? "Name a model" : null),
    },
  });
  const save = useAct({
    run: (values: Values) => saveReception({ ...values, person: plainNumber(values.person) || null }),
    done: "Saved. The next call goes by it.",
    touches: [["reception-settings"]],
    failed: (error) => markFields(form, error),
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <fieldset disabled={!manages} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
        <Stack maw={760}>
          <Text size="sm" c="dimmed">
            Who takes a call, and the holidays, are under <TextLink to="/routing" size="sm">Routing</TextLink>.
          </Text>
          <TextInput label="Company" description="As voicemail and the agent say it" maxLength={200} {...form.getInputProps("company")} />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <Select label="Time zone" description="In which rules have their hours" searchable allowDeselect={false} disabled={!manages} data={timeZones()} {...form.getInputProps("time_zone")} />
            <Select label="Language" description="Where no rule says another one" searchable allowDeselect={false} disabled={!manages} data={languages(saved.language)} {...form.getInputProps("language")} />
          </SimpleGrid>
          <Textarea label="Voicemail says" autosize minRows={2} maxLength={1000} {...form.getInputProps("voicemail_greeting")} />
          <Textarea label="Closed says" description="To callers whose rule ends the call" autosize minRows={2} maxLength={1000} {...form.getInputProps("closed_greeting")} />
          <TextInput
            label="Person for transfers" description="Whose phone an agent puts callers through to, where its rule names nobody; empty: nobody’s" type="tel" placeholder="+34631021622"
            {...form.getInputProps("person")}
          />
          <TagsInput
            label="Urgent words" description="When a caller says one of these, the call is urgent, whatever anybody else thinks" disabled={!manages} splitChars={[",", ";"]} acceptValueOnBlur
            {...form.getInputProps("urgent_words")}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput label="Model for summaries" description="At OpenAI; it needs its key" maxLength={100} {...form.getInputProps("summary_model")} />
            <NumberField
              label="Longest call with an agent, minutes" description="At most 60" min={1} max={60} per={60} error={form.errors["longest_call_secs"]} value={form.values.longest_call_secs}
              onChange={(secs) => form.setFieldValue("longest_call_secs", secs)}
            />
          </SimpleGrid>
          <Switch label="Record calls that come in" description="Tell callers so where the law wants it" {...form.getInputProps("record", { type: "checkbox" })} />
          {manages ? (
            <Group justify="flex-end">
              {form.isDirty() && <Button variant="default" onClick={() => form.reset()}>Keep as it is</Button>}
              <Button type="submit" disabled={!form.isDirty()} loading={save.isPending}>Save</Button>
            </Group>
          ) : <Text size="sm" c="dimmed">Administrators change these.</Text>}
        </Stack>
      </fieldset>
    </form>
  );
}
