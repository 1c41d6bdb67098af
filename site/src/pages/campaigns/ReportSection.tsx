// What came of a campaign: the same calls, told apart by one thing after the other.
import { Alert, Button, Group, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { exportQuery } from "@/api/calls";
import { type Campaign, type Report, type ReportBy, reportQuery } from "@/api/campaigns";
import { api, bodyOf } from "@/api/client";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { saveFile } from "@/ui/download";
import { Figure } from "@/ui/Figure";
import { formatCount, formatDollars, formatDuration, formatNumber, formatPercent } from "@/ui/format";
import { Loaded, Section } from "@/ui/states";
import { Moment } from "@/ui/Time";
import { AgentsCompared } from "./AgentsCompared";
import { DisclosureShare } from "./DisclosureShare";
import { ReportRows } from "./ReportRows";

const BY: { value: ReportBy; label: string }[] = [
  { value: "outcome", label: "Outcome" }, { value: "hour", label: "Hour" }, { value: "attempt", label: "Attempt" },
  { value: "agent", label: "Agent" }, { value: "line", label: "Line" }, { value: "variable", label: "Variable" },
];

/** What is to be known of a table that its rows do not say. */
const NOTES: Partial<Record<ReportBy, string>> = {
  hour: "The hour on each person's own clock when the phone rang.",
  variable: "The 50 values with the most calls.",
};

export function ReportSection({ campaign }: { campaign: Campaign }) {
  const id = campaign.campaign_id;
  const [by, setBy] = useState<ReportBy>("outcome");
  const [variable, setVariable] = useState<string | null>(null);
  const report = useQuery(reportQuery(id, by === "variable" ? variable : null));
  return (
    <Section
      title="Report"
      aside={<Button size="compact-sm" variant="default" onClick={() => void report.refetch()} loading={report.isFetching}>Update</Button>}
    >
      <Loaded query={report}>
        {(known) => {
          const chosen = variable ?? known.variables[0] ?? null;
          const table = known.tables.find((each) => each.by === by && (by !== "variable" || each.variable === chosen));
          const show = (next: ReportBy) => {
            setBy(next);
            if (next === "variable") setVariable(chosen);
          };
          return (
            <Stack>
              <Totals report={known} />
              {!known.complete && <Part report={known} />}
              {(!known.complete || known.prepared) && <Prepare campaignId={id} report={known} done={() => void report.refetch()} />}
              <Group justify="space-between">
                <SegmentedControl
                  size="xs" aria-label="Told apart by" value={by} onChange={(value) => show(value as ReportBy)}
                  data={BY.filter(({ value }) => value !== "variable" || known.variables.length > 0)}
                />
                {by === "variable" && (
                  <Select size="xs" aria-label="Variable" allowDeselect={false} searchable data={known.variables} value={chosen} onChange={setVariable} />
                )}
                <Download campaignId={id} by={by} variable={by === "variable" ? chosen : null} disabled={!known.complete} />
              </Group>
              {table && <ReportRows table={table} />}
              {NOTES[by] && <Text size="xs" c="dimmed">{NOTES[by]}</Text>}
              {known.agents.agents.length > 1 && <AgentsCompared comparison={known.agents} />}
              {known.disclosure && <DisclosureShare disclosure={known.disclosure} />}
            </Stack>
          );
        }}
      </Loaded>
    </Section>
  );
}

function Totals({ report: { totals, open, never_placed: never } }: { report: Report }) {
  const share = (value: number | null | undefined) => (value == null ? "–" : formatPercent(value));
  const more = [open > 0 && `${formatNumber(open)} not over yet`, never > 0 && `${formatNumber(never)} never placed`].filter(Boolean).join(", ");
  return (
    <Group gap="xl" align="flex-start">
      <Figure label="Calls" value={formatNumber(totals.calls)} note={more || undefined} />
      <Figure label="Answered" value={share(totals.answer_rate)} note={`${formatNumber(totals.answered)} by a person`} />
      <Figure label="Successes" value={share(totals.success_rate)} note={`${formatNumber(totals.successes)} of those answered`} />
      {totals.average_talk_secs != null && <Figure label="Talk" value={formatDuration(totals.average_talk_secs)} note="on average" />}
      <Figure label="Cost" value={formatDollars(totals.cost_usd)} note="as the platform says" />
    </Group>
  );
}

function Part({ report }: { report: Report }) {
  return (
    <Alert color="orange" variant="default">
      There are more calls than are read at once: this is of the newest {formatCount(report.totals.calls + report.open + report.never_placed, "call")}.
    </Alert>
  );
}

/** The report of a campaign with many calls is made in the background. */
function Prepare({ campaignId, report, done }: { campaignId: string; report: Report; done: () => void }) {
  const [exportId, setExportId] = useState<string | null>(null);
  const start = useAct({
    run: async () => bodyOf(await api.POST("/api/exports", { body: { kind: "campaign_report", campaign_id: campaignId } })),
    then: (answer) => setExportId(answer.export.export_id),
  });
  const running = useQuery({ ...exportQuery(exportId ?? ""), enabled: exportId !== null });
  const made = running.data?.export;
  const works = start.isPending || (exportId !== null && made?.status !== "failed" && made?.status !== "completed");
  return (
    <Group gap="sm" role="status">
      {report.prepared && <Text size="sm" c="dimmed">Calls until <Moment at={report.read_at} />.</Text>}
      {made?.status === "completed"
        ? <Button size="compact-sm" variant="default" onClick={() => { setExportId(null); done(); }}>Show the new report</Button>
        : (
          <For role="operator">
            <Button size="compact-sm" variant="default" loading={works} onClick={() => start.mutate()}>
              {report.prepared ? "Prepare it again" : "Prepare the whole report"}
            </Button>
          </For>
        )}
      {works && made && <Text size="sm" c="dimmed">{formatCount(made.rows, "call")} read so far.</Text>}
      {made?.status === "failed" && <Text size="sm" c="red">{made.failure ?? "It could not be prepared."}</Text>}
    </Group>
  );
}

interface DownloadProps {
  campaignId: string;
  by: ReportBy;
  variable: string | null;
  disabled: boolean;
}

function Download({ campaignId, by, variable, disabled }: DownloadProps) {
  const file = useAct({
    run: async () => {
      const params = { path: { campaign_id: campaignId }, query: { by, variable: variable ?? undefined } };
      const { data } = await api.GET("/api/campaigns/{campaign_id}/report.csv", { params, parseAs: "blob" });
      return data as Blob;
    },
    then: (blob) => saveFile(blob, `report-by-${by}-${campaignId}.csv`),
  });
  return (
    <Button variant="default" size="xs" leftSection={<IconDownload size={14} />} disabled={disabled} onClick={() => file.mutate()} loading={file.isPending}>
      CSV
    </Button>
  );
}
