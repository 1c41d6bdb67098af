import { Alert, Button, Group, Text } from "@mantine/core";
import { CALLS_PER_PAGE, type Call } from "@/api/calls";
import { formatMoment } from "@/ui/format";

interface SearchedBackProps {
  page: { items: Call[]; next_cursor?: string | null; searched_back_to?: string | null };
  onFurther: (cursor: string) => void;
}

/** A search that is not at its end says how far it got. */
export function SearchedBack({ page, onFurther }: SearchedBackProps) {
  const { items, next_cursor: next, searched_back_to: to } = page;
  if (!next || !to || items.length >= CALLS_PER_PAGE) return null;
  return (
    <Alert variant="default" mt="md">
      <Group justify="space-between">
        <Text size="sm">Searched back to {formatMoment(to)}. Older calls have not been looked at yet.</Text>
        <Button size="xs" variant="default" onClick={() => onFurther(next)}>Search further back</Button>
      </Group>
    </Alert>
  );
}
