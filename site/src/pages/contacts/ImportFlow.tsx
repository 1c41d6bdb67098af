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
  /** The contacts join this list. */
  listId?: string | undefined;
}

type Stage =
  | { at: "choose"; problem?: string }
  | { at: "correct"; original: Upload; problem?: string }
  | { at: "sending"; file: File; share: number }
  | { at: "preview"; uploadId: string; fileName: string; joins: string | null }
  | { at: "importing"; uploadId: string };

export function ImportFlow({ onDone, listId }: ImportFlowProps) {
  const client = useQueryClient();
  const [stage, setStage] = useState<Stage>({ at: "choose" });
  const leaving = useRef<AbortController | null>(null);
  useEffect(() => () => leaving.current?.abort(), []);

  const send = useCallback(async (file: File, original?: Upload) => {
    const abort = new AbortController();
    leaving.current = abort;
    setStage({ at: "sending", file, share: 0 });
    try {
      const body = {
        file_name: file.name, bytes: file.size, content_type: file.type || undefined, start: false,
        list_id: original ? undefined : listId, corrects: original?.upload_id,
      };
      const { upload, put } = bodyOf(await api.POST("/api/uploads", { body }));
      await putFile(put, file, (share) => setStage({ at: "sending", file, share }), abort.signal);
      setStage({ at: "preview", uploadId: upload.upload_id, fileName: file.name, joins: upload.joins_list ? upload.list_name : null });
    } catch (error) {
      const problem = sentenceOf(error);
      if (!abort.signal.aborted) setStage(original ? { at: "correct", original, problem } : { at: "choose", problem });
    }
  }, [listId]);

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
    case "correct":
      return (
        <Stack>
          <Alert variant="default" title="Upload the corrected rows">
            Download the rows that were left out, correct them, and drop the file here: its contacts join “{stage.original.list_name}”, and count as corrected.
          </Alert>
          <FileChoice problem={stage.problem} onFile={(file) => void send(file, stage.original)} />
          <Group><Button variant="default" onClick={() => setStage({ at: "importing", uploadId: stage.original.upload_id })}>Back to the import</Button></Group>
        </Stack>
      );
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
          uploadId={stage.uploadId} fileName={stage.fileName} joins={stage.joins} onAgain={again}
          onStarted={() => setStage({ at: "importing", uploadId: stage.uploadId })}
        />
      );
    case "importing":
      return upload.data ? (
        <Imported upload={upload.data} onAgain={again} onCorrect={(original) => setStage({ at: "correct", original })} />
      ) : upload.error ? (
        <Alert color="red" variant="default" role="alert">{sentenceOf(upload.error)}</Alert>
      ) : <Progress value={3} animated aria-label="Importing" />;
  }
}
