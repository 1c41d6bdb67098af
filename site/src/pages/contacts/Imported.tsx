import { Alert, Button, Card, Group, List, Progress, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { Upload } from "@/api/contacts";
import { api, bodyOf } from "@/api/client";
import { useAct } from "@/ui/act";
import { Figure } from "@/ui/Figure";
import { formatNumber } from "@/ui/format";
import { ButtonLink } from "@/ui/links";
import { For } from "@/session/me";
import { RejectedRows } from "./RejectedRows";

interface ImportedProps {
  upload: Upload;
  onAgain: () => void;
}

/** An import while it runs, and what came of it. */
export function Imported({ upload, onAgain }: ImportedProps) {
  const { counts, status, failure } = upload;
  const rejected = useAct({
    run: async () =>
      bodyOf(await api.GET("/api/uploads/{upload_id}/rejected", { params: { path: { upload_id: upload.upload_id } } })),
    then: ({ url }) => window.location.assign(url),
  });
  if (status === "failed") {
    return (
      <Stack>
        <Alert color="red" variant="default" role="alert" title="The import failed">
          {failure?.explanation ?? "Something broke on our side."} Nothing can be dialled from it.
        </Alert>
        <Group><Button onClick={onAgain}>Choose another file</Button></Group>
      </Stack>
    );
  }
  const done = status === "completed";
  return (
    <Stack>
      <Card>
        <Stack role="status">
          <Title order={2}>{done ? `“${upload.list_name}” is ready` : `Importing “${upload.list_name}”`}</Title>
          {!done && <Progress value={Math.max(2, upload.progress * 100)} animated aria-label="Importing" />}
          <SimpleGrid cols={{ base: 2, sm: 4 }}>
            <Figure label="Rows read" value={formatNumber(counts.rows)} />
            <Figure label="Contacts" value={formatNumber(counts.accepted)} />
            <Figure label="Duplicates" value={formatNumber(counts.duplicate)} />
            <Figure label="Rejected" value={formatNumber(counts.rejected)} />
          </SimpleGrid>
          {done && (
            <Group>
              <For role="operator"><ButtonLink to="/campaigns/new" search={{ list: upload.list_id }}>Call them</ButtonLink></For>
              <ButtonLink variant="default" to="/contacts/$listId" params={{ listId: upload.list_id }}>See the contacts</ButtonLink>
              <Button variant="default" onClick={onAgain}>Import another file</Button>
            </Group>
          )}
        </Stack>
      </Card>
      {counts.rejected > 0 && (
        <Card>
          <Group justify="space-between" mb="sm">
            <Title order={2}>Rejected rows</Title>
            {done && (
              <Button variant="default" size="xs" leftSection={<IconDownload size={14} />} onClick={() => rejected.mutate()} loading={rejected.isPending}>
                Download all {formatNumber(counts.rejected)}
              </Button>
            )}
          </Group>
          <RejectedRows rows={upload.rejected} />
          {counts.rejected > upload.rejected.length && <Text size="sm" c="dimmed" mt="xs">The first {upload.rejected.length} are shown.</Text>}
        </Card>
      )}
      {upload.notes.length > 0 && (
        <Alert variant="default" title="Worth knowing"><List size="sm">{upload.notes.map((note) => <List.Item key={note}>{note}</List.Item>)}</List></Alert>
      )}
    </Stack>
  );
}
