// A file on its way into a contact list: chosen, looked at, imported.
import { useCallback, useEffect, useRef, useState } from "react";
import { Alert, Button, Card, Group, Progress, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { isOver, type Upload, uploadQuery } from "@/api/contacts";
import { api, bodyOf, sentenceOf } from "@/api/client";
import { formatBytes, formatPercent } from "@/ui/format";
import { FileChoice } from "./FileChoice";
import { Imported } from "./Imported";
import { ImportPreview } from "./ImportPreview";
import { putFile } from "./put";

interface ImportFlowProps {
  /** The list is there. */
  onDone?: (upload: Upload) => void;
}

type Stage =
  | { at: "choose"; problem?: string }
  | { at: "sending"; file: File; share: number }
  | { at: "preview"; uploadId: string; fileName: string }
  | { at: "importing"; uploadId: string };

export function ImportFlow({ onDone }: ImportFlowProps) {
  const client = useQueryClient();
  const [stage, setStage] = useState<Stage>({ at: "choose" });
  const leaving = useRef<AbortController | null>(null);
  useEffect(() => () => leaving.current?.abort(), []);

  const send = useCallback(async (file: File) => {
    const abort = new AbortController();
    leaving.current = abort;
    setStage({ at: "sending", file, share: 0 });
    try {
      const body = { file_name: file.name, bytes: file.size, content_type: file.type || undefined, start: false };
      const { upload, put } = bodyOf(await api.POST("/api/uploads", { body }));
      await putFile(put, file, (share) => setStage({ at: "sending", file, share }), abort.signal);
      setStage({ at: "preview", uploadId: upload.upload_id, fileName: file.name });
    } catch (error) {
      if (!abort.signal.aborted) setStage({ at: "choose", problem: sentenceOf(error) });
    }
  }, []);

  const again = () => setStage({ at: "choose" });
  const importing = stage.at === "importing" ? stage.uploadId : "";
  const upload = useQuery({ ...uploadQuery(importing), enabled: importing !== "" });
  const told = useRef("");
  useEffect(() => {
    if (!upload.data || !isOver(upload.data) || told.current === upload.data.upload_id) return;
    told.current = upload.data.upload_id;
    void client.invalidateQueries({ queryKey: ["lists"] });
    if (upload.data.status === "completed") onDone?.(upload.data);
  }, [upload.data, client, onDone]);

  switch (stage.at) {
    case "choose":
      return <FileChoice problem={stage.problem} onFile={(file) => void send(file)} />;
    case "sending":
      return (
        <Card>
          <Stack role="status">
            <Text fw={550}>{stage.file.name}</Text>
            <Progress value={stage.share * 100} aria-label="Sending the file" />
            <Group justify="space-between">
              <Text size="sm" c="dimmed">{formatPercent(stage.share)} of {formatBytes(stage.file.size)} sent</Text>
              <Button variant="default" size="xs" onClick={() => { leaving.current?.abort(); again(); }}>Give up</Button>
            </Group>
          </Stack>
        </Card>
      );
    case "preview":
      return (
        <ImportPreview
          uploadId={stage.uploadId} fileName={stage.fileName} onAgain={again}
          onStarted={() => setStage({ at: "importing", uploadId: stage.uploadId })}
        />
      );
    case "importing":
      return upload.data ? <Imported upload={upload.data} onAgain={again} /> : upload.error ? (
        <Alert color="red" variant="default" role="alert">{sentenceOf(upload.error)}</Alert>
      ) : <Progress value={3} animated aria-label="Importing" />;
  }
}
