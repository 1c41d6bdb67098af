import { Alert, Button, Group, List, Modal, Progress, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { agentsQuery } from "@/api/agents";
import { exportQuery } from "@/api/calls";
import { campaignsQuery } from "@/api/campaigns";
import { api, bodyOf, sentenceOf } from "@/api/client";
import { useAct } from "@/ui/act";
import { formatCount, formatDay, formatWord } from "@/ui/format";
import { type CallSearch, filterOf } from "./search";

interface ExportCallsProps {
  search: CallSearch;
  onClose: () => void;
}

export function ExportCalls({ search, onClose }: ExportCallsProps) {
  const agents = useQuery(agentsQuery).data ?? [];
  const campaigns = useQuery(campaignsQuery()).data?.items ?? [];
  const [exportId, setExportId] = useState<string | null>(null);
  const start = useAct({
    run: async () => {
      const { agent_id, campaign_id, status, since, until } = filterOf(search);
      return bodyOf(await api.POST("/api/exports", { body: { agent_id, campaign_id, call_status: status, since, until } }));
    },
    then: (answer) => setExportId(answer.export.export_id),
  });
  const running = useQuery({ ...exportQuery(exportId ?? ""), enabled: exportId !== null });
  const made = running.data?.export;
  const link = running.data?.download?.url;

  const chosen = [
    search.agent && `agent ${agents.find(({ agent_id }) => agent_id === search.agent)?.name ?? search.agent}`,
    search.campaign && `campaign ${campaigns.find(({ campaign_id }) => campaign_id === search.campaign)?.name ?? search.campaign}`,
    search.status && `status ${formatWord(search.status).toLowerCase()}`,
    search.from && `from ${formatDay(search.from)}`,
    search.to && `to ${formatDay(search.to)}`,
  ].filter(Boolean);
  const left = [search.search && "the search", search.view && "the tab", search.direction && "the direction"].filter(Boolean);

  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>Export calls</Text>}>
      <Stack>
        {chosen.length === 0 ? <Text size="sm">Every call, as a CSV file that any spreadsheet opens.</Text> : (
          <div>
            <Text size="sm">As a CSV file, only calls of:</Text>
            <List size="sm">{chosen.map((line) => <List.Item key={String(line)}>{line}</List.Item>)}</List>
          </div>
        )}
        {left.length > 0 && !exportId && (
          <Text size="sm" c="dimmed">An export does not follow {left.join(", ")}: filter in the spreadsheet.</Text>
        )}
        {made && made.status !== "failed" && (
          <div role="status">
            <Text size="sm" mb={6}>
              {made.status === "completed" ? `Ready: ${formatCount(made.rows, "call")}.` : `${formatCount(made.rows, "call")} written so far.`}
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
