import "@mantine/dropzone/styles.css";
import { Alert, Group, Stack, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { IconFileSpreadsheet, IconUpload, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { settingsQuery } from "@/api/system";
import { formatBytes } from "@/ui/format";

const ENDINGS = [".csv", ".tsv", ".txt", ".gz", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"];

interface FileChoiceProps {
  problem?: string | undefined;
  onFile: (file: File) => void;
  /** What the file is of, for those who do not see the page. */
  label?: string;
}

export function FileChoice({ problem, onFile, label = "Spreadsheet of contacts" }: FileChoiceProps) {
  const most = useQuery(settingsQuery).data?.max_upload_bytes;
  const [refused, setRefused] = useState<string | null>(null);
  const told = refused ?? problem;
  return (
    <Stack>
      <Dropzone
        multiple={false} maxSize={most} accept={{ "application/octet-stream": ENDINGS }} useFsAccessApi={false}
        validator={(file) => {
          // Checked by ending: what a browser calls a spreadsheet differs from system to system.
          const name = "name" in file ? String(file.name).toLowerCase() : "";
          return name === "" || ENDINGS.some((ending) => name.endsWith(ending)) ? null : { code: "kind", message: "kind" };
        }}
        onDrop={([file]) => {
          setRefused(null);
          if (file) onFile(file);
        }}
        onReject={([rejection]) => {
          const name = rejection?.file.name ?? "This file";
          const tooLarge = rejection?.errors.some(({ code }) => code === "file-too-large");
          setRefused(
            tooLarge
              ? `${name} is larger than ${formatBytes(most ?? 0)}. Split it, or save it as CSV.`
              : `${name} is not a spreadsheet. Choose a CSV, Excel or OpenDocument file (${ENDINGS.join(", ")}).`,
          );
        }}
        inputProps={{ "aria-label": label }}
      >
        <Group justify="center" gap="lg" mih={180} style={{ pointerEvents: "none" }}>
          <Dropzone.Accept><IconUpload size={44} stroke={1.5} /></Dropzone.Accept>
          <Dropzone.Reject><IconX size={44} stroke={1.5} /></Dropzone.Reject>
          <Dropzone.Idle><IconFileSpreadsheet size={44} stroke={1.5} /></Dropzone.Idle>
          <div>
            <Text fw={600}>Drop a spreadsheet here, or press to choose one</Text>
            <Text size="sm" c="dimmed">CSV, Excel or OpenDocument{most ? `, up to ${formatBytes(most)}` : ""}. You see what will be imported before anything is written.</Text>
          </div>
        </Group>
      </Dropzone>
      {told && <Alert color="red" variant="default" role="alert" title="This file cannot be imported">{told}</Alert>}
    </Stack>
  );
}
