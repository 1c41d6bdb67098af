import { Button, Group, Stack, Text } from "@mantine/core";
import { IconDownload, IconShieldCheck, IconShieldX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { proofQuery } from "@/api/campaigns";
import { api } from "@/api/client";
import { useAct } from "@/ui/act";
import { saveFile } from "@/ui/download";
import { Dot } from "@/ui/Status";
import { formatCount, formatNumber } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Loaded, Section } from "@/ui/states";
import { Moment } from "@/ui/Time";

/** That the promises held, with the ledger that shows it. */
export function ProofCard({ campaignId }: { campaignId: string }) {
  const proof = useQuery(proofQuery(campaignId));
  const ledger = useAct({
    run: async () => {
      const params = { path: { campaign_id: campaignId } };
      const { data } = await api.GET("/api/campaigns/{campaign_id}/proof/ledger", { params, parseAs: "blob" });
      return data as Blob;
    },
    then: (file) => saveFile(file, `ledger-${campaignId}.csv`),
  });
  return (
    <Section
      title="Proof"
      aside={<Button size="compact-sm" variant="default" onClick={() => void proof.refetch()} loading={proof.isFetching}>Check again</Button>}
    >
      <Loaded query={proof}>
        {(known) => (
          <Stack gap="sm">
            <Group gap="xs">
              {known.holds ? <IconShieldCheck size={20} color="var(--mantine-color-teal-6)" aria-hidden /> : <IconShieldX size={20} color="var(--mantine-color-red-6)" aria-hidden />}
              <Text fw={600}>{known.holds ? "Every promise held" : "A promise was broken"}</Text>
            </Group>
            <Text size="sm" c="dimmed">
              {formatCount(known.placed, "call")} placed to {formatCount(known.people, "person", "people")}, at most {formatNumber(known.peak_calls)} at one time
              {known.limit_at_peak != null && ` of ${known.limit_at_peak} allowed`}. Checked <Moment at={known.checked_at} />
              {known.is_final ? "." : "; the campaign is not over yet."}
              {!known.complete && " There are more calls than one check reads; the ledger has them all."}
            </Text>
            <Stack gap={6}>
              {known.checks.map((check) => (
                <div key={check.check}>
                  <Dot wrap tone={check.holds ? (check.open > 0 ? "live" : "good") : "bad"} label={check.promise} />
                  {!check.holds && (
                    <Text size="xs" c="dimmed">
                      {formatCount(check.violations, "case")}: {check.calls.map((id) => <TextLink key={id} to="/calls/$callId" params={{ callId: id }} size="xs" mr={6}>{id.slice(-6)}</TextLink>)}
                    </Text>
                  )}
                </div>
              ))}
            </Stack>
            <Button variant="default" size="xs" leftSection={<IconDownload size={14} />} onClick={() => ledger.mutate()} loading={ledger.isPending}>Download the ledger</Button>
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}
