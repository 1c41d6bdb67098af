import { Alert, Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface SecretOnceProps {
  secret: string;
  children?: ReactNode;
  onKept: () => void;
}

/** A secret, for the only time. */
export function SecretOnce({ secret, children, onKept }: SecretOnceProps) {
  return (
    <Stack>
      <Alert color="orange" variant="default" title="It is shown this once">
        Keep it where the receiver can read it. Nobody can look it up later; whoever loses it makes a new one.
      </Alert>
      <div>
        <Text size="sm" fw={550}>Signing secret</Text>
        <Group wrap="nowrap" my={6}>
          <Code flex={1} style={{ overflowWrap: "anywhere" }} aria-label="Signing secret">{secret}</Code>
          <CopyButton value={secret}>
            {({ copied, copy }) => (
              <Button size="xs" variant="default" onClick={copy} data-autofocus leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}>{copied ? "Copied" : "Copy"}</Button>
            )}
          </CopyButton>
        </Group>
        <Text size="sm" c="dimmed">Every request is signed with it, as Standard Webhooks has it. Libraries for that exist in most languages.</Text>
      </div>
      {children && <Text size="sm" component="div">{children}</Text>}
      <Group justify="flex-end"><Button onClick={onKept}>I have kept it</Button></Group>
    </Stack>
  );
}
