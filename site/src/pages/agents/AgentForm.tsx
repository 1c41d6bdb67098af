import { Alert, Badge, Button, Group, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { type Agent, platformsQuery } from "@/api/agents";
import type { Schemas } from "@/api/client";
import { TextLink } from "@/ui/links";
import { languages } from "./languages";
import { OptionFields } from "./OptionFields";
import { PLATFORM } from "./platform";
import { type AgentValues, known, optionsOf } from "./values";
import { VoiceChoice } from "./VoiceChoice";

interface AgentFormProps {
  agent?: Agent;
  submit: string;
  busy: boolean;
  readOnly?: boolean;
  /** Answers whether a field was marked. */
  onSubmit: (values: AgentValues, mark: (errors: Record<string, string>) => void) => void;
}

const MOST_PROMPT = 200_000;

/** Names in double braces; `system__…` come from the platform. */
function variablesOf(...texts: string[]): string[] {
  const found = texts.flatMap((text) => [...text.matchAll(/\{\{\s*([^{}\s]+)\s*\}\}/g)].flatMap(([, name]) => name ?? []));
  return [...new Set(found)].filter((name) => !name.startsWith("system__"));
}

export function AgentForm({ agent, submit, busy, readOnly = false, onSubmit }: AgentFormProps) {
  const platforms = useQuery(platformsQuery).data ?? [];
  const form = useForm<AgentValues>({
    initialValues: {
      provider: agent?.provider ?? "elevenlabs", name: agent?.name ?? "", prompt: agent?.prompt ?? "",
      first_message: agent?.first_message ?? "", language: agent?.language ?? "en", voice_id: agent?.voice_id ?? null, options: optionsOf(agent),
    },
    validateInputOnBlur: true,
    validate: {
      name: (name) => (name.trim() === "" ? "Give the agent a name" : name.length > 200 ? "At most 200 characters" : null),
      prompt: (prompt) => (prompt.trim() === "" ? "Say what the agent does and how it speaks" : prompt.length > MOST_PROMPT ? "At most 200,000 characters" : null),
      first_message: (text) => (text.length > 10_000 ? "At most 10,000 characters" : null),
    },
  });
  const { provider } = form.values;
  const platform = platforms.find(({ kind }) => kind === provider);
  const options = platform?.agent_options ?? [];
  const variables = variablesOf(form.values.prompt, form.values.first_message);
  const choosePlatform = (next: Schemas["ProviderKind"]) => {
    // A voice belongs to its platform.
    form.setValues({ provider: next, voice_id: null });
    form.clearErrors();
  };
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => onSubmit({ ...values, options: known(values.options, options) }, (errors) => form.setErrors(errors)))}
    >
      <fieldset disabled={readOnly} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
        <Stack>
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextInput label="Name" withAsterisk maxLength={200} {...form.getInputProps("name")} />
            <Select
              label="Platform" withAsterisk allowDeselect={false} disabled={agent !== undefined} value={provider} error={form.errors["provider"]}
              data={platforms.length > 0 ? platforms.map(({ kind, name }) => ({ value: kind, label: name })) : [{ value: provider, label: PLATFORM[provider] ?? provider }]}
              onChange={(next) => next && choosePlatform(next as Schemas["ProviderKind"])}
            />
            <Select label="Language" withAsterisk searchable allowDeselect={false} data={languages(agent?.language)} {...form.getInputProps("language")} />
          </SimpleGrid>
          {platform && !platform.set_up && <NotSetUp name={platform.name} />}
          <Textarea
            label="First message" description="What it says when somebody answers; empty: it waits" autosize minRows={2} {...form.getInputProps("first_message")}
          />
          <Textarea
            label="Prompt" withAsterisk description="What it does and how it speaks. {{name}} stands for a column of the contacts." autosize minRows={8} maxRows={28}
            {...form.getInputProps("prompt")}
          />
          {variables.length > 0 && (
            <Group gap="xs">
              <Text size="sm" c="dimmed">Contacts need these columns:</Text>
              {variables.map((name) => <Badge key={name}>{name}</Badge>)}
            </Group>
          )}
          {platform?.set_up !== false && (
            <VoiceChoice
              // Another platform has other voices: nothing of the search stays.
              key={provider} provider={provider} language={form.values.language} value={form.values.voice_id} readOnly={readOnly}
              gone={agent?.voice_missing === true && agent.voice_id === form.values.voice_id} error={form.errors["voice_id"]}
              onChange={(voice) => form.setFieldValue("voice_id", voice)}
            />
          )}
          <OptionFields
            options={options} values={form.values.options} errors={form.errors}
            onChange={(name, value) => {
              form.setFieldValue("options", { ...form.values.options, [name]: value });
              form.clearFieldError(`options.${name}`);
            }}
          />
          {!readOnly && (
            <Group justify="flex-end">
              <Button type="submit" loading={busy} disabled={(agent !== undefined && !form.isDirty()) || platform?.set_up === false}>{submit}</Button>
            </Group>
          )}
        </Stack>
      </fieldset>
    </form>
  );
}

/** What to do about a platform without a key. */
export function NotSetUp({ name }: { name: string }) {
  return (
    <Alert color="orange" variant="default" title={`${name} is not set up`}>
      An administrator puts its API key in under <TextLink to="/settings" size="sm">Settings</TextLink>. Until then its agents cannot be changed, and none of them calls.
    </Alert>
  );
}
