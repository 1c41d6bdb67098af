import { MultiSelect, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { phoneLinesQuery } from "@/api/agents";
import { formatPhone } from "@/ui/format";
import type { CampaignRules } from "./rules";

const MOST_LINES = 50;

interface LineFieldsProps {
  more: CampaignRules["more_phone_lines"];
  ownId: string | null;
  onChange: (more: CampaignRules["more_phone_lines"]) => void;
}

/** More numbers to call from. */
export function LineFields({ more, ownId, onChange }: LineFieldsProps) {
  const lines = useQuery(phoneLinesQuery);
  const all = lines.data?.items ?? [];
  const own = all.find(({ phone_line_id }) => phone_line_id === ownId);
  const usable = all.filter(({ phone_line_id: id, supports_outbound: out, provider }) => out && id !== ownId && (!own || provider === own.provider));
  // A line that is gone stays in sight, so that it can be taken out.
  const gone = more.filter(({ phone_line_id: id }) => !usable.some(({ phone_line_id }) => phone_line_id === id));
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        The people are spread evenly over the numbers, and each person always sees the same one{own ? `. ${formatPhone(own.phone_number)} is there already.` : "."}
      </Text>
      <MultiSelect
        label="Beside the campaign’s own" placeholder={more.length > 0 ? undefined : usable.length > 0 ? "Choose phone lines" : "There is no other line"} searchable clearable hidePickedOptions
        clearButtonProps={{ "aria-label": "Take out all lines" }} maxValues={MOST_LINES} value={more.map(({ phone_line_id }) => phone_line_id)} nothingFoundMessage="No such line"
        data={[
          ...usable.map(({ phone_line_id, label, phone_number }) => ({ value: phone_line_id, label: `${label} (${formatPhone(phone_number)})` })),
          ...gone.map(({ phone_line_id }) => ({ value: phone_line_id, label: phone_line_id })),
        ]}
        onChange={(ids) => onChange(ids.map((id) => more.find(({ phone_line_id }) => phone_line_id === id) ?? { phone_line_id: id }))}
      />
    </Stack>
  );
}
