import { Code, CopyButton, Group, Text, UnstyledButton } from "@mantine/core";
import { ApiProblem } from "@/api/client";

/** The platform's own id of a request that went wrong: its support asks for it. */
export function ProviderRequest({ id }: { id: string }) {
  return (
    <Group gap={6} mt={4} wrap="nowrap">
      <Text size="xs" c="dimmed" span style={{ whiteSpace: "nowrap" }}>For the provider’s support:</Text>
      <Code style={{ overflowWrap: "anywhere" }}>{id}</Code>
      <CopyButton value={id}>
        {({ copied, copy }) => (
          <UnstyledButton onClick={copy} aria-label={`Copy ${id}`} fz="xs" td="underline" style={{ whiteSpace: "nowrap" }}>{copied ? "Copied" : "Copy"}</UnstyledButton>
        )}
      </CopyButton>
    </Group>
  );
}

/** The same of an error, where it has one. */
export function RequestOf({ error }: { error: unknown }) {
  return error instanceof ApiProblem && error.providerRequestId !== undefined ? <ProviderRequest id={error.providerRequestId} /> : null;
}
