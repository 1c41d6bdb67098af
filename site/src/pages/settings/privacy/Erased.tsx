import { Alert, List, Stack, Text } from "@mantine/core";
import type { ErasedPerson } from "@/api/privacy";
import { formatCount } from "@/ui/format";

/** What was erased, what is left, and where else to look. */
export function Erased({ told }: { told: ErasedPerson }) {
  const what = [formatCount(told.calls, "call"), formatCount(told.recipients, "place in a campaign", "places in campaigns"), formatCount(told.contacts, "contact"), formatCount(told.callbacks, "callback")];
  return (
    <Alert variant="default" color={told.complete ? "teal" : "orange"} role="status" title={told.complete ? "Erased" : "Not everything could be erased yet"}>
      <Stack gap="xs">
        <Text size="sm">{what.join(", ")}.{!told.complete && " A call is in progress, or something still moves: wait until it is over, then show the number and erase it again."}</Text>
        <Text size="sm" fw={600}>What this does not reach</Text>
        <List size="sm">{told.elsewhere.map((line) => <List.Item key={line}>{line}</List.Item>)}</List>
      </Stack>
    </Alert>
  );
}
