import { Alert, Badge, Button, Card, Group, List, Select, SimpleGrid, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, bodyOf, type Schemas } from "@/api/client";
import { useAct } from "@/ui/act";
import { Figure } from "@/ui/Figure";
import { formatCount, formatNumber, formatPercent, formatPhone } from "@/ui/format";
import { Lines, Loaded } from "@/ui/states";
import { ownRegion, regionName, regions } from "./regions";
import { RejectedRows } from "./RejectedRows";

interface ImportPreviewProps {
  uploadId: string;
  fileName: string;
  /** Name of the list that the contacts join. */
  joins: string | null;
  /** What the file makes. */
  makes?: "contacts" | "do-not-call";
  onStarted: () => void;
  onAgain: () => void;
}

const withoutEnding = (name: string) => name.replace(/\.[^.]+$/, "");

/** What an import would do, with everything about it that can be changed. Nothing is written yet. */
export function ImportPreview({ uploadId, fileName, joins, makes = "contacts", onStarted, onAgain }: ImportPreviewProps) {
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
      bodyOf(await api.POST("/api/uploads/{upload_id}/start", { params: { path }, body: { ...options, list_name: makes === "contacts" && joins === null ? name.trim() || undefined : undefined } })),
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
              {makes === "contacts" && (joins === null ? (
                <TextInput label="Name of the list" value={name} maxLength={200} onChange={(event) => setName(event.currentTarget.value)} />
              ) : (
                <TextInput label="Joins the list" value={joins} readOnly />
              ))}
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
                  label="Sheet" data={preview.sheets} value={options.sheet ?? preview.sheet ?? null} allowDeselect={false}
                  onChange={(sheet) => setOptions({ default_region: options.default_region, sheet })}
                />
              )}
            </SimpleGrid>
          </Card>
          {failure && (
            <Alert color="red" variant="default" role="alert" title="This file cannot be imported as it is">{failure.explanation}</Alert>
          )}
          {preview && <Rows preview={preview} busy={looked.isPlaceholderData} becomes={makes === "contacts" ? "Contacts" : "Numbers"} />}
          <Group justify="space-between">
            <Button variant="default" onClick={onAgain}>Choose another file</Button>
            <Button onClick={() => start.mutate()} loading={start.isPending} disabled={!preview || looked.isPlaceholderData}>Import</Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}

function Rows({ preview, busy, becomes }: { preview: Schemas["UploadPreview"]; busy: boolean; becomes: string }) {
  const { rejected, notes, variables: others, phone_column: phone, estimate } = preview;
  return (
    <Stack style={{ opacity: busy ? 0.6 : 1 }}>
      <Expected preview={preview} becomes={becomes} />
      <Card>
        <Title order={2} mb="sm">First rows, as they will be imported</Title>
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
                    <Table.Td style={{ whiteSpace: "nowrap" }}>
                      {formatPhone(row.phone_number)} {row.do_not_call && <Badge color="red" size="xs">Do not call</Badge>}
                    </Table.Td>
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
          {estimate.rejected > rejected.length && <Text size="sm" c="dimmed" mt="xs">The first {rejected.length} are shown.</Text>}
        </Card>
      )}
      {notes.length > 0 && (
        <Alert variant="default" title="Worth knowing"><List size="sm">{notes.map((note) => <List.Item key={note}>{note}</List.Item>)}</List></Alert>
      )}
    </Stack>
  );
}

/** What the whole file is likely to come to, judged by its first rows. */
function Expected({ preview: { counts, estimate, regions }, becomes }: { preview: Schemas["UploadPreview"]; becomes: string }) {
  const whole = estimate.rows === counts.rows;
  const about = (count: number) => (whole ? formatNumber(count) : `about ${formatNumber(count)}`);
  const mix = Object.entries(regions).sort(([, a], [, b]) => b - a);
  const known = mix.reduce((sum, [, count]) => sum + count, 0);
  return (
    <Card>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Figure label="Rows" value={about(estimate.rows)} />
        <Figure label={becomes} value={about(estimate.accepted)} />
        <Figure label="Rejected" value={about(estimate.rejected)} />
        <Figure label="Duplicates" value={about(estimate.duplicate)} />
      </SimpleGrid>
      {mix.length > 0 && (
        <Group gap="xs" mt="sm">
          <Text size="sm" c="dimmed">Numbers from</Text>
          {mix.slice(0, 6).map(([region, count]) => <Badge key={region}>{regionName(region)} {formatPercent(count / known)}</Badge>)}
          {mix.length > 6 && <Text size="sm" c="dimmed">and {formatCount(mix.length - 6, "country", "countries")} more</Text>}
        </Group>
      )}
      {!whole && <Text size="sm" c="dimmed" mt="sm">Judged by the first {formatNumber(counts.rows)} rows.</Text>}
    </Card>
  );
}
