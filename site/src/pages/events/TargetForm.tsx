import { Button, Checkbox, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { EVENT_TARGETS, type EventTarget } from "@/api/events";
import { markFields, useAct } from "@/ui/act";
import { formatWord } from "@/ui/format";
import { CHOICES, type EventType, problemOfUrl, told } from "./target";

export interface TargetValues {
  url: string;
  description: string;
  types: EventType[];
}

interface TargetFormProps<R> {
  target?: EventTarget;
  submit: string;
  readOnly?: boolean;
  save: (values: TargetValues) => Promise<R>;
  /** Sentence when it is saved; none: the page shows it. */
  done?: string;
  then?: (saved: R) => void;
}

export function TargetForm<R>({ target, submit, readOnly = false, save, done, then }: TargetFormProps<R>) {
  const form = useForm<TargetValues>({
    initialValues: { url: target?.url ?? "", description: target?.description ?? "", types: target?.types ?? [...CHOICES] },
    validateInputOnBlur: true,
    validate: {
      url: problemOfUrl,
      description: (text) => (text.length > 200 ? "At most 200 characters" : null),
      types: (types) => (types.length === 0 ? "Choose at least one" : null),
    },
  });
  const run = useAct({
    run: ({ url, description, types }: TargetValues) => save({ url: url.trim(), description: description.trim(), types }),
    done, then, touches: [EVENT_TARGETS, ["attention"]],
    failed: (error) => markFields(form, error),
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => run.mutate(values))}>
      <fieldset disabled={readOnly} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
        <Stack>
          <TextInput
            label="Address" withAsterisk description="Events are posted to it: https, and reachable from the internet" placeholder="https://example.com/events"
            type="url" inputMode="url" autoComplete="off" data-autofocus {...form.getInputProps("url")}
          />
          <TextInput label="Name" description="What it is, in your words" placeholder="Our CRM" maxLength={200} {...form.getInputProps("description")} />
          <Checkbox.Group label="It is told when" withAsterisk {...form.getInputProps("types")}>
            <Stack gap="sm" mt={6}>
              {CHOICES.map((type) => (
                <Checkbox
                  key={type} value={type} description={told(type)}
                  label={<>{formatWord(type)} <Text span size="xs" c="dimmed" ff="monospace" ml={4}>{type}</Text></>}
                />
              ))}
            </Stack>
          </Checkbox.Group>
          {!readOnly && (
            <Group justify="flex-end"><Button type="submit" loading={run.isPending} disabled={target !== undefined && !form.isDirty()}>{submit}</Button></Group>
          )}
        </Stack>
      </fieldset>
    </form>
  );
}
