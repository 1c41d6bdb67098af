import { Autocomplete, Radio, SimpleGrid, Stack, Switch, Text } from "@mantine/core";
import type { Schemas } from "@/api/client";
import { MaybeNumberField } from "@/ui/NumberField";
import type { Called } from "./RuleFields";
import { type CampaignRules, isNamed } from "./rules";

const DAY = 24;

interface WhoFieldsProps {
  rules: CampaignRules;
  problems: Record<string, string>;
  called: Called | undefined;
  onChange: (part: Partial<CampaignRules>) => void;
}

/** Who of the lists may be called: what the calls are for, who consented, who was called lately. */
export function WhoFields({ rules, problems, called, onChange }: WhoFieldsProps) {
  const { consent, purpose } = rules;
  const columns = [...new Set((called?.lists ?? []).flatMap(({ variables }) => variables))].sort();
  const set = (part: Partial<Schemas["ConsentColumns"]>) => onChange({ consent: { column: "", ...consent, ...part } });
  const daily = rules.frequency_caps.find(({ hours }) => hours === DAY);
  const otherCaps = rules.frequency_caps.filter(({ hours }) => hours !== DAY);
  return (
    <Stack>
      <Radio.Group
        label="What the calls are for" value={purpose}
        onChange={(value) => onChange({ purpose: value as CampaignRules["purpose"], ...(value === "marketing" && !consent && { consent: { column: "" } }) })}
      >
        <Stack gap="xs" mt={6}>
          <Radio value="service" label="Service" description="Something they expect: an appointment, an order, an answer" />
          <Radio value="marketing" label="Marketing" description="Something to be sold. Only who consented may be called" />
        </Stack>
      </Radio.Group>
      <Switch
        label="Call only those who consented" checked={consent !== null} disabled={purpose === "marketing"}
        description={purpose === "marketing" ? "Marketing cannot do without" : "A column of the list says so; everybody else is skipped"}
        onChange={(event) => onChange({ consent: event.currentTarget.checked ? { column: "" } : null })}
      />
      {consent && (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Autocomplete
            label="Column that says yes" description="With yes, true, 1, x or the like" placeholder="consent" data={columns} value={consent.column} error={problems["consent"]} maxLength={200} required
            onChange={(column) => set({ column })}
          />
          <Autocomplete
            label="Column with its date" description="As 2026-01-31; empty: not asked for" data={columns} value={consent.date_column ?? ""} error={problems["consentDate"]}
            maxLength={200} onChange={(column) => set({ date_column: column || null })}
          />
          <Autocomplete
            label="Column with its source" description="Where it was given; empty: not asked for" data={columns} value={consent.source_column ?? ""} maxLength={200}
            onChange={(column) => set({ source_column: column || null })}
          />
          <MaybeNumberField
            label="Days it is valid" description="Empty: for ever" min={1} max={36_500} value={consent.valid_days} onChange={(valid_days) => set({ valid_days })}
          />
        </SimpleGrid>
      )}
      {consent && called && <Lacking consent={consent} called={called} />}
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <MaybeNumberField
          label="Not if called within" description="Days, by anybody; empty: never mind" min={1} max={30} value={rules.skip_called_within_days}
          onChange={(skip_called_within_days) => onChange({ skip_called_within_days })}
        />
        <MaybeNumberField
          label="Calls to one person a day" description="Over all campaigns; empty: no cap" min={1} max={100} value={daily?.calls}
          onChange={(calls) => onChange({ frequency_caps: calls === null ? otherCaps : [...otherCaps, { calls, hours: DAY }] })}
        />
      </SimpleGrid>
    </Stack>
  );
}

/** Lists that have not got the columns that are asked for. */
function Lacking({ consent, called }: { consent: Schemas["ConsentColumns"]; called: Called }) {
  const asked = [consent.column, consent.date_column, consent.source_column].filter(isNamed);
  const lacking = called.lists.flatMap(({ name, variables }) => {
    const missing = asked.filter((column) => !variables.includes(column));
    return missing.length > 0 ? [`${name} has no column ${missing.map((column) => `“${column}”`).join(", ")}`] : [];
  });
  if (lacking.length === 0) return null;
  return <Text size="sm" role="alert" c="var(--mantine-color-error)">{lacking.join("; ")}: nobody of it would be called.</Text>;
}
