import { Alert, Badge, Button, Card, Group, List, Select, SimpleGrid, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, bodyOf, type Schemas } from "@/api/client";
import { useAct } from "@/ui/act";
import { formatCount, formatPhone } from "@/ui/format";
import { Lines, Loaded } from "@/ui/states";
import { ownRegion, regions } from "./regions";
import { RejectedRows } from "./RejectedRows";

interface ImportPreviewProps {
  uploadId: string;
  fileName: string;
  onStarted: () => void;
  onAgain: () => void;
}

const withoutEnding = (name: string) => name.replace(/\.[^.]+$/, "");

/** What an import would do, with everything about it that can be changed. Nothing is written yet. */
export function ImportPreview({ uploadId, fileName, onStarted, onAgain }: ImportPreviewProps) {
  const [options, setOptions] = useState<Schemas["PreviewUpload"]>({ default_region: ownRegion() });
  const [name, setName] = useState(withoutEnding(fileName));
  const path = { upload_id: uploadId };
  const looked = useQuery({
    queryKey: ["preview", uploadId, options],
    queryFn: async () => bodyOf(await api.POST("/api/uploads/{upload_id}/preview", { params: { path }, body: options })),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  const start = useAct({
    run: async () =>
      bodyOf(await api.POST("/api/uploads/{upload_id}/start", { params: { path }, body: { ...options, list_name: name.trim() || undefined } })),
    touches: [["lists"]],
    then: onStarted,
  });
  const set = (part: Schemas["PreviewUpload"]) => setOptions({ ...options, ...part });

  return (
    <Loaded query={looked} waiting={<Lines count={8} />}>
      {({ preview, failure }) => (
        <Stack>
          <Card>
            <Title order={2} mb="md">{fileName}</Title>
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
              <TextInput label="Name of the list" value={name} maxLength={200} onChange={(event) => setName(event.currentTarget.value)} />
              {preview ? (
                <Select
                  label="Phone column" data={preview.columns} value={preview.phone_column} allowDeselect={false} searchable
                  onChange={(column) => set({ phone_column: column })}
                />
              ) : (
                <TextInput
                  label="Phone column" description="Its header, as in the file" defaultValue={options.phone_column ?? ""}
                  onBlur={(event) => set({ phone_column: event.currentTarget.value.trim() || undefined })}
                />
              )}
              <Select
                label="Country of numbers without +" data={regions()} value={options.default_region ?? null} searchable clearable
                placeholder="None: such numbers are rejected" onChange={(region) => set({ default_region: region })}
              />
              {preview && preview.sheets.length > 1 && (
                <Select
                  label="Sheet" data={preview.sheets} value={options.sheet ?? preview.sheets[0] ?? null} allowDeselect={false}
                  onChange={(sheet) => setOptions({ default_region: options.default_region, sheet })}
                />
              )}
            </SimpleGrid>
          </Card>
          {failure && (
            <Alert color="red" variant="default" role="alert" title="This file cannot be imported as it is">{failure.explanation}</Alert>
          )}
          {preview && <Rows preview={preview} busy={looked.isPlaceholderData} />}
          <Group justify="space-between">
            <Button variant="default" onClick={onAgain}>Choose another file</Button>
            <Button onClick={() => start.mutate()} loading={start.isPending} disabled={!preview || looked.isPlaceholderData}>Import</Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}

function Rows({ preview, busy }: { preview: Schemas["UploadPreview"]; busy: boolean }) {
  const { counts, rejected, notes, columns, phone_column: phone } = preview;
  const others = columns.filter((column) => column !== phone);
  return (
    <Stack style={{ opacity: busy ? 0.6 : 1 }}>
      <Card>
        <Group gap="xs" mb="sm">
          <Title order={2}>First rows, as they will be imported</Title>
          <Badge>{formatCount(counts.accepted, "contact")} of the first {counts.rows} rows</Badge>
          {counts.duplicate > 0 && <Badge>{formatCount(counts.duplicate, "duplicate")}</Badge>}
          {counts.rejected > 0 && <Badge>{counts.rejected} rejected</Badge>}
        </Group>
        {preview.first_rows.length === 0 ? (
          <Text size="sm" c="dimmed">None of the first rows has a number that can be called. Check the phone column and the country.</Text>
        ) : (
          <Table.ScrollContainer minWidth={0} type="native">
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Line</Table.Th>
                  <Table.Th>{phone} (phone)</Table.Th>
                  {others.map((column) => <Table.Th key={column}>{column}</Table.Th>)}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {preview.first_rows.slice(0, 8).map((row) => (
                  <Table.Tr key={row.line}>
                    <Table.Td>{row.line}</Table.Td>
                    <Table.Td style={{ whiteSpace: "nowrap" }}>{formatPhone(row.phone_number)}</Table.Td>
                    {others.map((column) => <Table.Td key={column}><Text size="sm" truncate maw={220}>{row.variables[column]}</Text></Table.Td>)}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Card>
      {rejected.length > 0 && (
        <Card>
          <Title order={2} mb="sm">Will be rejected</Title>
          <RejectedRows rows={rejected} />
        </Card>
      )}
      {notes.length > 0 && (
        <Alert variant="default" title="Worth knowing"><List size="sm">{notes.map((note) => <List.Item key={note}>{note}</List.Item>)}</List></Alert>
      )}
    </Stack>
  );
}
