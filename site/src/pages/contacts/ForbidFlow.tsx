// A file on its way onto the do-not-call list: where it comes from, looked at, imported.
import { useEffect, useRef, useState } from "react";
import { Alert, Autocomplete, Button, Card, Checkbox, Group, Progress, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { doNotCallQuery, isOver, uploadQuery } from "@/api/contacts";
import { api, bodyOf, type Schemas, sentenceOf } from "@/api/client";
import { formatBytes, formatPercent } from "@/ui/format";
import { FileChoice } from "./FileChoice";
import { Forbidden } from "./Forbidden";
import { ImportPreview } from "./ImportPreview";
import { putFile } from "./put";

type Stage =
  | { at: "choose"; problem?: string }
  | { at: "sending"; file: File; share: number }
  | { at: "preview"; uploadId: string; fileName: string }
  | { at: "importing"; uploadId: string };

const today = () => new Date().toLocaleDateString("sv-SE");

export function ForbidFlow() {
  const client = useQueryClient();
  const registers = useQuery(doNotCallQuery("")).data?.registers ?? [];
  const [from, setFrom] = useState<Schemas["DoNotCallImport"]>({ source: "", source_date: today(), is_register: true });
  const [stage, setStage] = useState<Stage>({ at: "choose" });
  const leaving = useRef<AbortController | null>(null);
  useEffect(() => () => leaving.current?.abort(), []);
  const set = (part: Partial<Schemas["DoNotCallImport"]>) => setFrom({ ...from, ...part });
  const again = () => setStage({ at: "choose" });

  const send = async (file: File) => {
    const source = from.source.trim();
    if (source === "" || from.source_date === "") {
      setStage({ at: "choose", problem: "Say where the file comes from and of which day it is, then choose it again." });
      return;
    }
    const abort = new AbortController();
    leaving.current = abort;
    setStage({ at: "sending", file, share: 0 });
    try {
      const body = {
        file_name: file.name, bytes: file.size, content_type: file.type || undefined, start: false, do_not_call: { ...from, source },
      };
      const { upload, put } = bodyOf(await api.POST("/api/uploads", { body }));
      await putFile(put, file, (share) => setStage({ at: "sending", file, share }), abort.signal);
      setStage({ at: "preview", uploadId: upload.upload_id, fileName: file.name });
    } catch (error) {
      if (!abort.signal.aborted) setStage({ at: "choose", problem: sentenceOf(error) });
    }
  };

  const importing = stage.at === "importing" ? stage.uploadId : "";
  const upload = useQuery({ ...uploadQuery(importing), enabled: importing !== "" });
  const over = isOver(upload.data);
  useEffect(() => {
    if (over) void client.invalidateQueries({ queryKey: ["do-not-call"] });
  }, [over, client]);

  switch (stage.at) {
    case "choose":
      return (
        <Stack>
          <Card>
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <Autocomplete
                label="Where the file comes from" placeholder="National register" data={[...new Set(registers.map(({ source }) => source))]}
                value={from.source} maxLength={200} onChange={(source) => set({ source })}
              />
              <TextInput
                label="Day on which you got it" type="date" value={from.source_date} onChange={(event) => set({ source_date: event.currentTarget.value })}
              />
            </SimpleGrid>
            <Checkbox
              mt="md" label="Warn me when a file of this register is older than 31 days" checked={from.is_register ?? true}
              onChange={(event) => set({ is_register: event.currentTarget.checked })}
            />
          </Card>
          <FileChoice problem={stage.problem} onFile={(file) => void send(file)} label="Spreadsheet of numbers" />
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
          uploadId={stage.uploadId} fileName={stage.fileName} makes="do-not-call" joins={null} onAgain={again}
          onStarted={() => setStage({ at: "importing", uploadId: stage.uploadId })}
        />
      );
    case "importing":
      return upload.data ? (
        <Forbidden upload={upload.data} onAgain={again} />
      ) : upload.error ? (
        <Alert color="red" variant="default" role="alert">{sentenceOf(upload.error)}</Alert>
      ) : <Progress value={3} animated aria-label="Importing" />;
  }
}
