import { Button, Checkbox, Group, Modal, MultiSelect, Select, SimpleGrid, Stack, TagsInput, Text, TextInput, Title } from "@mantine/core";
import { TimeInput } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { phoneLinesQuery } from "@/api/agents";
import { api, bodyOf } from "@/api/client";
import type { RoutingRule } from "@/api/reception";
import { languages } from "@/pages/agents/languages";
import { longWeekday, shortWeekday } from "@/pages/campaigns/rules/words";
import { useAct } from "@/ui/act";
import { DAYS, errorsOf, problemsOf, ruleOf, type RuleValues, valuesOf } from "./rule";
import { TargetFields } from "./TargetFields";

interface RuleFormProps {
  /** None: a new one. */
  rule: RoutingRule | undefined;
  zone: string | undefined;
  onClose: () => void;
}

const HOLIDAYS = [
  { value: "any", label: "On any day" },
  { value: "never", label: "Not on holidays" },
  { value: "only", label: "Only on holidays" },
];

export function RuleForm({ rule, zone, onClose }: RuleFormProps) {
  const lines = useQuery(phoneLinesQuery).data?.items ?? [];
  const form = useForm<RuleValues>({ initialValues: valuesOf(rule), validate: problemsOf });
  const save = useAct({
    run: async (values: RuleValues) => {
      const body = ruleOf(values, rule?.enabled ?? true);
      return bodyOf(
        rule
          ? await api.PUT("/api/routing-rules/{rule_id}", { params: { path: { rule_id: rule.rule_id } }, body: { ...body, version: rule.version } })
          : await api.POST("/api/routing-rules", { body }),
      );
    },
    done: ({ name }) => `“${name}” is saved. The next call goes by it.`,
    touches: [["routing-rules"]],
    then: onClose,
    failed: (error) => {
      const errors = errorsOf(error);
      form.setErrors(errors);
      return Object.keys(errors).length > 0;
    },
  });
  return (
    <Modal opened onClose={onClose} size="lg" title={<Text fw={640}>{rule ? `Change “${rule.name}”` : "New rule"}</Text>}>
      <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack gap="lg">
          <TextInput label="Name" withAsterisk maxLength={100} data-autofocus placeholder="Office hours" {...form.getInputProps("name")} />
          <Stack gap="sm" role="group" aria-label="When it holds">
            <Title order={3}>When it holds</Title>
            <Text size="sm" c="dimmed">What is empty holds always; all of them must hold.</Text>
            <TagsInput
              label="Numbers that were called" description="Empty: any of ours" splitChars={[",", ";"]} acceptValueOnBlur clearable
              data={[...new Set(lines.map(({ phone_number: number }) => number))]} {...form.getInputProps("called")}
            />
            <TagsInput
              label="Callers" description="What their numbers begin with, such as +34, or whole numbers; anonymous: the number is hidden" splitChars={[",", ";"]} acceptValueOnBlur clearable
              data={["anonymous"]} {...form.getInputProps("callers")}
            />
            <MultiSelect label="Languages of callers" description="By the country of their numbers" searchable clearable data={languages()} {...form.getInputProps("languages")} />
            <Checkbox.Group label="Days" {...form.getInputProps("days")}>
              <Group gap="md" mt={6}>{DAYS.map((day, index) => <Checkbox key={day} value={day} label={shortWeekday(index + 1)} aria-label={longWeekday(index + 1)} />)}</Group>
            </Checkbox.Group>
            <SimpleGrid cols={{ base: 1, xs: 3 }}>
              <TimeInput label="From" {...form.getInputProps("from")} />
              <TimeInput label="Until" {...form.getInputProps("until")} />
              <Select label="Holidays" allowDeselect={false} data={HOLIDAYS} {...form.getInputProps("holidays")} />
            </SimpleGrid>
            <Text size="sm" c="dimmed">Until a time before the first one is over midnight.{zone && ` The clock is that of ${zone}.`}</Text>
          </Stack>
          <Stack gap="sm" role="group" aria-label="Who takes the call">
            <Title order={3}>Who takes the call</Title>
            <TargetFields targets={form.values.targets} error={form.errors["targets"]} onChange={(targets) => { form.setFieldValue("targets", targets); form.clearFieldError("targets"); }} />
            <Select
              label="Answered in" clearable searchable placeholder="The reception’s language" data={languages(form.values.language ?? undefined)} {...form.getInputProps("language")}
            />
          </Stack>
          <Group justify="flex-end"><Button type="submit" loading={save.isPending} disabled={rule !== undefined && !form.isDirty()}>{rule ? "Save" : "Make the rule"}</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
