import { Alert, Button, Card, Group, Progress, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { Upload } from "@/api/contacts";
import { api, bodyOf } from "@/api/client";
import { useAct } from "@/ui/act";
import { Figure } from "@/ui/Figure";
import { formatCount, formatNumber } from "@/ui/format";
import { ButtonLink } from "@/ui/links";
import { RejectedRows } from "./RejectedRows";

/** A file for the do-not-call list while it is imported, and what came of it. */
export function Forbidden({ upload, onAgain }: { upload: Upload; onAgain: () => void }) {
  const { counts, status, failure } = upload;
  const left = counts.rejected + counts.duplicate;
  const rejected = useAct({
    run: async () =>
      bodyOf(await api.GET("/api/uploads/{upload_id}/rejected", { params: { path: { upload_id: upload.upload_id } } })),
    then: ({ url }) => window.location.assign(url),
  });
  const download = (
    <Button variant="default" size="xs" leftSection={<IconDownload size={14} />} onClick={() => rejected.mutate()} loading={rejected.isPending}>
      Download all {formatNumber(left)}
    </Button>
  );
  if (status === "failed") {
    return (
      <Stack>
        <Alert color="red" variant="default" role="alert" title="The import failed">{failure?.explanation ?? "Something broke on our side."}</Alert>
        <Group>
          <Button onClick={onAgain}>Choose another file</Button>
          {failure?.code === "no_numbers" && left > 0 && download}
        </Group>
      </Stack>
    );
  }
  const done = status === "completed";
  return (
    <Stack>
      <Card>
        <Stack role="status">
          <Title order={2}>{done ? `${formatCount(counts.accepted, "number")} added` : `Importing “${upload.file_name}”`}</Title>
          {!done && <Progress value={Math.max(2, upload.progress * 100)} animated aria-label="Importing" />}
          <SimpleGrid cols={{ base: 2, sm: 5 }}>
            <Figure label="Rows read" value={formatNumber(counts.rows)} />
            <Figure label="New on the list" value={formatNumber(counts.accepted)} />
            <Figure label="There already" value={formatNumber(counts.do_not_call ?? 0)} />
            <Figure label="Duplicates" value={formatNumber(counts.duplicate)} />
            <Figure label="Rejected" value={formatNumber(counts.rejected)} />
          </SimpleGrid>
          {done && (
            <Group>
              <ButtonLink to="/contacts/do-not-call">See the list</ButtonLink>
              <Button variant="default" onClick={onAgain}>Import another file</Button>
            </Group>
          )}
        </Stack>
      </Card>
      {left > 0 && (
        <Card>
          <Group justify="space-between" mb="sm">
            <Title order={2}>Rows left out</Title>
            {done && download}
          </Group>
          {counts.rejected > 0 ? <RejectedRows rows={upload.rejected} /> : <Text size="sm" c="dimmed">Their numbers came earlier in the file.</Text>}
          {counts.rejected > upload.rejected.length && <Text size="sm" c="dimmed" mt="xs">The first {upload.rejected.length} are shown.</Text>}
        </Card>
      )}
    </Stack>
  );
}
