import { Button, Group, JsonInput, Modal, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { putTool, type Tool } from "@/api/agents";
import { markFields, useAct } from "@/ui/act";
import { NumberField } from "@/ui/NumberField";
import { CHECKS, NO_PARAMETERS, readParameters, type ToolValues } from "./tool";

interface ToolFormProps {
  agentId: string;
  /** None: a new one. */
  tool: Tool | undefined;
  onClose: () => void;
  /** What requests of a new tool are signed with, for the only time. */
  onSecret: (secret: string) => void;
}

const USUAL_TIMEOUT = 10;

export default function ToolForm({ agentId, tool, onClose, onSecret }: ToolFormProps) {
  const form = useForm<ToolValues>({
    initialValues: {
      name: tool?.name ?? "", description: tool?.description ?? "", url: tool?.url ?? "", timeout_secs: tool?.timeout_secs ?? USUAL_TIMEOUT,
      parameters: tool ? JSON.stringify(tool.parameters, null, 2) : NO_PARAMETERS,
    },
    validateInputOnBlur: true,
    validate: CHECKS,
  });
  const save = useAct({
    run: ({ name, parameters, description, url, timeout_secs }: ToolValues) =>
      putTool(agentId, name, { description: description.trim(), url: url.trim(), timeout_secs, parameters: (readParameters(parameters) ?? {}) as Tool["parameters"] }),
    done: ({ tool: { name } }) => `${name} is saved. Calls from now on have it.`,
    touches: [["agents", agentId, "tools"]],
    then: ({ secret }) => {
      onClose();
      if (secret) onSecret(secret);
    },
    failed: (error) => markFields(form, error),
  });
  return (
    <Modal opened onClose={onClose} size="lg" title={<Text fw={640}>{tool ? `Change ${tool.name}` : "Add a tool"}</Text>}>
      <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack>
          <TextInput
            label="Name" withAsterisk description="What the agent calls it by" placeholder="find_appointment" maxLength={64} disabled={tool !== undefined} data-autofocus={!tool || undefined}
            {...form.getInputProps("name")}
          />
          <Textarea
            label="Description" withAsterisk description="What it does and when to use it; the agent goes by this" autosize minRows={2} maxLength={1000} data-autofocus={tool ? true : undefined}
            {...form.getInputProps("description")}
          />
          <TextInput
            label="Address" withAsterisk description="It is posted to, signed as events are: https, and reachable from the internet" type="url" inputMode="url" autoComplete="off"
            placeholder="https://example.com/appointments" {...form.getInputProps("url")}
          />
          <JsonInput
            label="Parameters" withAsterisk description="JSON Schema of what the agent sends along" autosize minRows={6} maxRows={18} formatOnBlur spellCheck={false}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }} {...form.getInputProps("parameters")}
          />
          <NumberField
            label="Seconds it may take" description="The caller waits so long at most" min={1} max={20} value={form.values.timeout_secs} error={form.errors["timeout_secs"]}
            onChange={(secs) => form.setFieldValue("timeout_secs", secs)}
          />
          <Group justify="flex-end"><Button type="submit" loading={save.isPending} disabled={tool !== undefined && !form.isDirty()}>{tool ? "Save" : "Add the tool"}</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
