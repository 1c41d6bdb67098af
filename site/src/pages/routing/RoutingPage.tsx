import { Button, Grid, Stack } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { receptionQuery, routingQuery } from "@/api/inbound";
import type { RoutingRule } from "@/api/reception";
import { For } from "@/session/me";
import { TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Lines, Loaded, Section } from "@/ui/states";
import { Holidays } from "./Holidays";
import { RuleForm } from "./RuleForm";
import { RuleList } from "./RuleList";
import { TryCall } from "./TryCall";

/** Who takes a call that comes in. */
export default function RoutingPage() {
  const rules = useQuery(routingQuery);
  const settings = useQuery(receptionQuery);
  const [editing, setEditing] = useState<RoutingRule | "new" | null>(null);
  return (
    <>
      <PageHeader
        title="Routing"
        subtitle={<>Who takes a call that comes in. The first rule that holds decides. Greeting, recording and urgent words are in the <TextLink to="/settings" search={{ tab: "reception" }} size="sm">settings</TextLink>.</>}
        actions={<For role="admin"><Button leftSection={<IconPlus size={16} />} onClick={() => setEditing("new")}>New rule</Button></For>}
      />
      <Grid gutter="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Section title="Rules">
            <Loaded query={rules} waiting={<Lines count={4} height={84} />}>
              {(known) => <RuleList rules={known} zone={settings.data?.time_zone} onEdit={setEditing} />}
            </Loaded>
          </Section>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack>
            <TryCall />
            <Loaded query={settings} waiting={<Lines count={3} />}>{(known) => <Holidays settings={known} />}</Loaded>
          </Stack>
        </Grid.Col>
      </Grid>
      {editing && <RuleForm rule={editing === "new" ? undefined : editing} zone={settings.data?.time_zone} onClose={() => setEditing(null)} />}
    </>
  );
}
