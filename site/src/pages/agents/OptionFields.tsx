import { NumberInput, Select, SimpleGrid, Switch, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { type AgentOption, type Options, type OptionValue, usualOf } from "./values";

interface OptionFieldsProps {
  options: readonly AgentOption[];
  values: Options;
  errors: Record<string, ReactNode>;
  onChange: (name: string, value: OptionValue) => void;
}

/** What the agents of one platform can be told and those of others cannot, as the platform lists it. */
export function OptionFields({ options, values, errors, onChange }: OptionFieldsProps) {
  if (options.length === 0) return null;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} role="group" aria-label="Options of the platform">
      {options.map((option) => (
        <OptionField
          key={option.name} option={option} value={values[option.name] ?? usualOf(option)} error={errors[`options.${option.name}`]}
          onChange={(value) => onChange(option.name, value)}
        />
      ))}
    </SimpleGrid>
  );
}

interface OptionFieldProps {
  option: AgentOption;
  value: OptionValue;
  error: ReactNode;
  onChange: (value: OptionValue) => void;
}

function OptionField({ option, value, error, onChange }: OptionFieldProps) {
  const common = { label: option.label, description: option.help, error };
  switch (option.kind) {
    case "switch":
      return <Switch {...common} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} mt={{ sm: "lg" }} />;
    case "number":
      return (
        <NumberInput
          {...common} min={option.least} max={option.most} step={option.step} decimalScale={2} clampBehavior="none" value={Number(value)}
          onChange={(next) => onChange(next === "" ? usualOf(option) : Number(next))}
        />
      );
    case "text":
      return <TextInput {...common} maxLength={option.longest} value={String(value)} onChange={(event) => onChange(event.currentTarget.value)} />;
    case "choice":
      return <Select {...common} allowDeselect={false} data={option.values} value={String(value)} onChange={(next) => next !== null && onChange(next)} />;
  }
}
