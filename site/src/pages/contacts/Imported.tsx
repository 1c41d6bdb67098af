import { Alert, Button, Card, Group, List, Progress, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconDownload, IconFileUpload } from "@tabler/icons-react";
import type { Upload } from "@/api/contacts";
import { api, bodyOf } from "@/api/client";
import { useAct } from "@/ui/act";
import { Figure } from "@/ui/Figure";
import { formatCount, formatNumber } from "@/ui/format";
import { ButtonLink } from "@/ui/links";
import { For } from "@/session/me";
import { RejectedRows } from "./RejectedRows";

interface ImportedProps {
  upload: Upload;
  onAgain: () => void;
  onCorrect: (upload: Upload) => void;
}

/** An import while it runs, and what came of it. */
export function Imported({ upload, onAgain, onCorrect }: ImportedProps) {
  const { counts, status, failure } = upload;
  const { do_not_call: forbidden = 0, corrected: correcting = 0 } = counts;
  const rejected = useAct({
    run: async () =>
      bodyOf(await api.GET("/api/uploads/{upload_id}/rejected", { params: { path: { upload_id: upload.upload_id } } })),
    then: ({ url }) => window.location.assign(url),
  });
  const leftOut = counts.rejected + counts.duplicate + forbidden;
  const download = (
    <Button variant="default" size="xs" leftSection={<IconDownload size={14} />} onClick={() => rejected.mutate()} loading={rejected.isPending}>
      Download all {formatNumber(leftOut)}
    </Button>
  );
  if (status === "failed") {
    return (
      <Stack>
        <Alert color="red" variant="default" role="alert" title="The import failed">
          {failure?.explanation ?? "Something broke on our side."} Nothing can be dialled from it.
        </Alert>
        <Group>
          <Button onClick={onAgain}>Choose another file</Button>
          {failure?.code === "no_contacts" && download}
        </Group>
      </Stack>
    );
  }
  const done = status === "completed";
  const corrected = Object.values(upload.corrected_by ?? {}).reduce((sum, count) => sum + count, 0);
  return (
    <Stack>
      <Card>
        <Stack role="status">
          <Title order={2}>{headline(upload, done)}</Title>
          {!done && <Progress value={Math.max(2, upload.progress * 100)} animated aria-label="Importing" />}
          <SimpleGrid cols={{ base: 2, sm: 5 }}>
            <Figure label="Rows read" value={formatNumber(counts.rows)} />
            <Figure label="Contacts" value={formatNumber(counts.accepted)} />
            <Figure label="Duplicates" value={formatNumber(counts.duplicate)} />
            <Figure label="On the do-not-call list" value={formatNumber(forbidden)} />
            <Figure label="Rejected" value={formatNumber(counts.rejected)} />
          </SimpleGrid>
          {correcting > 0 && <Text size="sm">{formatCount(correcting, "row")} corrected.</Text>}
          {done && (
            <Group>
              <For role="operator"><ButtonLink to="/campaigns/new" search={{ list: upload.list_id }}>Call them</ButtonLink></For>
              <ButtonLink variant="default" to="/contacts/$listId" params={{ listId: upload.list_id }}>See the contacts</ButtonLink>
              <Button variant="default" onClick={onAgain}>Import another file</Button>
            </Group>
          )}
        </Stack>
      </Card>
      {leftOut > 0 && (
        <Card>
          <Group justify="space-between" mb="sm">
            <Title order={2}>Rows left out</Title>
            {done && (
              <Group gap="xs">
                {download}
                <Button size="xs" variant="light" leftSection={<IconFileUpload size={14} />} onClick={() => onCorrect(upload)}>Upload them corrected</Button>
              </Group>
            )}
          </Group>
          <Text size="sm" c="dimmed" mb="sm">
            {done ? "The file has these rows as they were, with what is wrong in front. Correct it and upload it again: its contacts join the list." : "All of them can be downloaded when the import is over."}
            {corrected > 0 && ` ${formatCount(corrected, "row")} corrected since.`}
          </Text>
          {counts.rejected > 0 && <RejectedRows rows={upload.rejected} />}
          {counts.rejected > upload.rejected.length && <Text size="sm" c="dimmed" mt="xs">The first {upload.rejected.length} are shown.</Text>}
        </Card>
      )}
      {upload.notes.length > 0 && (
        <Alert variant="default" title="Worth knowing"><List size="sm">{upload.notes.map((note) => <List.Item key={note}>{note}</List.Item>)}</List></Alert>
      )}
    </Stack>
  );
}

function headline(upload: Upload, done: boolean): string {
  if (upload.joins_list) return done ? `The contacts are on “${upload.list_name}”` : `Adding to “${upload.list_name}”`;
  return done ? `“${upload.list_name}” is ready` : `Importing “${upload.list_name}”`;
}
