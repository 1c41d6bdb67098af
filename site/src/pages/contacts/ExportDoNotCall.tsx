import { Alert, Button, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { exportQuery } from "@/api/calls";
import { api, bodyOf, sentenceOf } from "@/api/client";
import { useAct } from "@/ui/act";
import { formatCount } from "@/ui/format";

/** The whole do-not-call list as a file. */
export function ExportDoNotCall({ onClose }: { onClose: () => void }) {
  const [exportId, setExportId] = useState<string | null>(null);
  const start = useAct({
    run: async () => bodyOf(await api.POST("/api/exports", { body: { kind: "do_not_call" } })),
    then: (answer) => setExportId(answer.export.export_id),
  });
  const running = useQuery({ ...exportQuery(exportId ?? ""), enabled: exportId !== null });
  const made = running.data?.export;
  const link = running.data?.download?.url;
  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>Export the do-not-call list</Text>}>
      <Stack>
        <Text size="sm">Every number with its source, reason and date, as a CSV file that any spreadsheet opens.</Text>
        {made && made.status !== "failed" && (
          <div role="status">
            <Text size="sm" mb={6}>
              {made.status === "completed" ? `Ready: ${formatCount(made.rows, "number")}.` : `${formatCount(made.rows, "number")} written so far.`}
            </Text>
            <Progress value={100} animated={made.status !== "completed"} aria-label="Export" />
          </div>
        )}
        {made?.status === "failed" && <Alert color="red" variant="default" role="alert">{made.failure ?? "The export failed."} Start it again.</Alert>}
        {running.error && <Alert color="red" variant="default" role="alert">{sentenceOf(running.error)}</Alert>}
        <Group justify="flex-end">
          {link ? (
            <Button component="a" href={link} download leftSection={<IconDownload size={16} />}>Download</Button>
          ) : (
            <Button onClick={() => start.mutate()} loading={start.isPending || (exportId !== null && made?.status !== "failed")}>Start export</Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
