import { NumberInput, type NumberInputProps } from "@mantine/core";

type Own = Omit<NumberInputProps, "value" | "onChange">;

interface MaybeProps extends Own {
  /** None: the field is empty. */
  value: number | null | undefined;
  onChange: (value: number | null) => void;
  /** How many of the value's units are one of those that are shown, e.g. 60 for minutes that are kept as seconds. */
  per?: number;
}

/** A number that may be left out. */
export function MaybeNumberField({ value, onChange, per = 1, ...field }: MaybeProps) {
  return (
    <NumberInput
      allowNegative={false} decimalScale={per === 1 ? 0 : 2} {...field} value={value == null ? "" : Math.round((value / per) * 100) / 100}
      onChange={(next) => onChange(next === "" ? null : Math.round(Number(next) * per))}
    />
  );
}

interface Props extends Omit<MaybeProps, "onChange"> {
  onChange: (value: number) => void;
  /** Taken when somebody empties the field. */
  min: number;
}

/** A number that there always is. */
export function NumberField({ onChange, ...field }: Props) {
  return <MaybeNumberField {...field} onChange={(value) => onChange(value ?? field.min * (field.per ?? 1))} />;
}
