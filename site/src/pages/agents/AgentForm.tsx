import { Badge, Button, Group, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { Agent } from "@/api/agents";
import type { Schemas } from "@/api/client";
import { PLATFORM } from "./platform";
import { languages } from "./languages";
import { VoiceChoice } from "./VoiceChoice";

export interface AgentValues {
  provider: Schemas["ProviderKind"];
  name: string;
  prompt: string;
  first_message: string;
  language: string;
  voice_id: string | null;
}

interface AgentFormProps {
  agent?: Agent;
  submit: string;
  busy: boolean;
  readOnly?: boolean;
  /** Answers whether a field was marked. */
  onSubmit: (values: AgentValues, mark: (errors: Record<string, string>) => void) => void;
}

const PROVIDERS: Schemas["ProviderKind"][] = ["elevenlabs"];
const MOST_PROMPT = 200_000;

/** Names in double braces; `system__…` come from the platform. */
function variablesOf(...texts: string[]): string[] {
  const found = texts.flatMap((text) => [...text.matchAll(/\{\{\s*([^{}\s]+)\s*\}\}/g)].flatMap(([, name]) => name ?? []));
  return [...new Set(found)].filter((name) => !name.startsWith("system__"));
}

export function AgentForm({ agent, submit, busy, readOnly = false, onSubmit }: AgentFormProps) {
  const form = useForm<AgentValues>({
    initialValues: {
      provider: agent?.provider ?? "elevenlabs", name: agent?.name ?? "", prompt: agent?.prompt ?? "",
      first_message: agent?.first_message ?? "", language: agent?.language ?? "en", voice_id: agent?.voice_id ?? null,
    },
    validateInputOnBlur: true,
    validate: {
      name: (name) => (name.trim() === "" ? "Give the agent a name" : name.length > 200 ? "At most 200 characters" : null),
      prompt: (prompt) => (prompt.trim() === "" ? "Say what the agent does and how it speaks" : prompt.length > MOST_PROMPT ? "At most 200,000 characters" : null),
      first_message: (text) => (text.length > 10_000 ? "At most 10,000 characters" : null),
    },
  });
  const variables = variablesOf(form.values.prompt, form.values.first_message);
  return (
    <form noValidate onSubmit={form.onSubmit((values) => onSubmit(values, (errors) => form.setErrors(errors)))}>
      <fieldset disabled={readOnly} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
        <Stack>
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextInput label="Name" withAsterisk maxLength={200} {...form.getInputProps("name")} />
            <Select
              label="Platform" withAsterisk allowDeselect={false} disabled={agent !== undefined}
              data={PROVIDERS.map((value) => ({ value, label: PLATFORM[value] ?? value }))} {...form.getInputProps("provider")}
            />
            <Select label="Language" withAsterisk searchable allowDeselect={false} data={languages(agent?.language)} {...form.getInputProps("language")} />
          </SimpleGrid>
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
          <VoiceChoice
            provider={form.values.provider} value={form.values.voice_id} readOnly={readOnly} error={form.errors["voice_id"]}
            onChange={(voice) => form.setFieldValue("voice_id", voice)}
          />
          {!readOnly && (
            <Group justify="flex-end"><Button type="submit" loading={busy} disabled={agent !== undefined && !form.isDirty()}>{submit}</Button></Group>
          )}
        </Stack>
      </fieldset>
    </form>
  );
}
