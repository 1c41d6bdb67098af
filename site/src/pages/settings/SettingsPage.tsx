import { Alert, Anchor, Code, CopyButton, Button, Grid, Group, Stack, Table, Tabs, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { apiAddress, type Schemas } from "@/api/client";
import { auditQuery, settingsQuery, statusQuery, usersQuery } from "@/api/system";
import { Providers } from "@/pages/dashboard/Providers";
import { useConfig } from "@/session/ConfigContext";
import { useMay, useMe } from "@/session/me";
import { Facts } from "@/ui/Facts";
import { formatBytes, formatCount, formatNumber, formatWord } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Pager, useCursors } from "@/ui/Pager";
import { Lines, Loaded, Section } from "@/ui/states";
import { Ago, Moment } from "@/ui/Time";
import { Alerts } from "./Alerts";
import { CallingRules } from "./CallingRules";
import { CarrierAccount } from "./CarrierAccount";
import { DefaultRules } from "./DefaultRules";
import { Dialling } from "./Dialling";
import { PhoneLines } from "./PhoneLines";
import { Privacy } from "./privacy/Privacy";
import { ProviderKeys } from "./ProviderKeys";
import { Reception } from "./Reception";
import { ROLES } from "./roles";
import { OF_ADMINISTRATORS, readTab } from "./tabs";
import { Webhooks } from "./Webhooks";

const route = getRouteApi("/settings");

export default function SettingsPage() {
  const manages = useMay("admin");
  const { tab = "providers" } = route.useSearch();
  const go = useNavigate();
  const shown = OF_ADMINISTRATORS.includes(tab) && !manages ? "providers" : tab;
  return (
    <>
      <PageHeader title="Settings" />
      <Tabs value={shown} onChange={(next) => void go({ to: "/settings", search: readTab({ tab: next }), replace: true })} keepMounted={false}>
        <Tabs.List mb="lg" aria-label="Settings">
          <Tabs.Tab value="providers">Platforms</Tabs.Tab>
          <Tabs.Tab value="phone-lines">Phone lines</Tabs.Tab>
          <Tabs.Tab value="reception">Reception</Tabs.Tab>
          {manages && <Tabs.Tab value="alerts">Alerts</Tabs.Tab>}
          <Tabs.Tab value="dialling">Dialling</Tabs.Tab>
          <Tabs.Tab value="rules">Default rules</Tabs.Tab>
          <Tabs.Tab value="calling-rules">Calling rules</Tabs.Tab>
          <Tabs.Tab value="system">System and retention</Tabs.Tab>
          <Tabs.Tab value="people">People and roles</Tabs.Tab>
          {manages && <Tabs.Tab value="privacy">Privacy</Tabs.Tab>}
          {manages && <Tabs.Tab value="audit">Audit trail</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="providers"><Platforms /></Tabs.Panel>
        <Tabs.Panel value="phone-lines"><PhoneLines /></Tabs.Panel>
        <Tabs.Panel value="reception"><Reception /></Tabs.Panel>
        {manages && <Tabs.Panel value="alerts"><Alerts /></Tabs.Panel>}
        <Tabs.Panel value="dialling"><Dialling /></Tabs.Panel>
        <Tabs.Panel value="rules"><DefaultRules /></Tabs.Panel>
        <Tabs.Panel value="calling-rules"><CallingRules /></Tabs.Panel>
        <Tabs.Panel value="system"><System /></Tabs.Panel>
        <Tabs.Panel value="people"><People /></Tabs.Panel>
        {manages && <Tabs.Panel value="privacy"><Privacy /></Tabs.Panel>}
        {manages && <Tabs.Panel value="audit"><Audit /></Tabs.Panel>}
      </Tabs>
    </>
  );
}

/** Addresses to paste at each platform. */
function addresses(): { name: string; address: string; where: string }[] {
  return [
    {
      name: "ElevenLabs, after each call", address: `${apiAddress()}/webhooks/elevenlabs`,
      where: "Conversational AI, Settings, Post-call webhook. Choose transcript and call initiation failures, with HMAC; put the secret it shows in below.",
    },
    {
      name: "Ultravox, while a call goes on and after it", address: `${apiAddress()}/webhooks/ultravox`,
      where: "Account, Webhooks. Choose call.started, call.joined, call.ended and call.billed; put the secret it shows in below.",
    },
    {
      name: "OpenAI, when a call comes in", address: `${apiAddress()}/webhooks/openai`,
      where: "Platform settings of the project, Webhooks. Choose realtime.call.incoming; put the secret it shows in below, and the project’s id with it.",
    },
    {
      name: "Twilio, when a call comes in", address: `${apiAddress()}/webhooks/twilio/voice`,
      where: "Phone Numbers, the number, Voice: “A call comes in”, Webhook, HTTP POST. The account’s auth token is put in below: Twilio signs with it.",
    },
    {
      name: "Twilio, when a call has ended", address: `${apiAddress()}/webhooks/twilio/status`,
      where: "At the same place: “Call status changes”, HTTP POST.",
    },
    {
      name: "ElevenLabs, do-not-call tool", address: `${apiAddress()}/tools/do-not-call`,
      where: "Agent, Tools, Webhook, with POST. Send the tool secret in the header x-switchboard-tool-secret, and conversation_id from the variable system__conversation_id.",
    },
  ];
}

function Platforms() {
  const manages = useMay("admin");
  const status = useQuery(statusQuery);
  return (
    <Grid gutter="md">
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Stack>
          <Providers />
          <Section title="Health">
            <Loaded query={status}>
              {(providers) => (
                <Stack>
                  {providers.map((provider) => (
                    <Facts
                      key={provider.provider}
                      rows={[
                        ["State", `${formatWord(provider.state)}`],
                        ["Since", provider.since && <Moment key="s" at={provider.since} />],
                        ["What is known", provider.explanation],
                        ["Last error", provider.last_error],
                        ["When", provider.last_error_at && <Ago key="w" at={provider.last_error_at} />],
                        ["Pace", provider.state === "not_set_up" ? undefined : provider.spacing_ms > 0 ? `one dial every ${formatNumber(provider.spacing_ms)} ms` : "as fast as the limit allows"],
                        ["Checked", provider.checked_at && <Ago key="c" at={provider.checked_at} />],
                      ]}
                    />
                  ))}
                </Stack>
              )}
            </Loaded>
          </Section>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Stack>
          <Section title="Webhook addresses">
            <Stack>
              {addresses().map(({ name, address, where }) => (
                <div key={address}>
                  <Text size="sm" fw={550}>{name}</Text>
                  <Group wrap="nowrap" my={6}>
                    <Code flex={1} style={{ overflowWrap: "anywhere" }}>{address}</Code>
                    <CopyButton value={address}>
                      {({ copied, copy }) => (
                        <Button size="xs" variant="default" onClick={copy} leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}>{copied ? "Copied" : "Copy"}</Button>
                      )}
                    </CopyButton>
                  </Group>
                  <Text size="sm" c="dimmed">{where}</Text>
                </div>
              ))}
            </Stack>
          </Section>
          {manages && <ProviderKeys />}
          {manages && <CarrierAccount />}
          <Webhooks />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

const days = (count: number | null | undefined) => (count == null ? "until somebody deletes them" : formatCount(count, "day"));

function System() {
  const settings = useQuery(settingsQuery);
  return (
    <Loaded query={settings}>
      {(known) => (
        <Grid gutter="md">
          <Grid.Col span={{ base: 12, md: 6 }}>
            <Section title="How long things are kept">
              <Facts
                rows={[
                  ["Calls", days(known.retention.calls_days)],
                  ["Recordings", days(known.retention.recordings_days)],
                  ["Uploads", days(known.retention.uploads_days)],
                  ["Rejected rows", days(known.retention.rejected_days)],
                  ["Exports", days(known.retention.exports_days)],
                  ["Raw webhooks", days(known.retention.webhooks_days)],
                ]}
              />
              <Text size="sm" c="dimmed" mt="md">Files go after that by themselves. The spans are parameters of the deployment.</Text>
            </Section>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 6 }}>
            <Section title="Limits">
              <Facts
                rows={[
                  ["Calls at once", <>{formatNumber(known.concurrency_limit)} of at most {formatNumber(known.max_concurrency_limit)}, <TextLink to="/queue" size="sm">change it</TextLink></>],
                  ["Queue", formatWord(known.queue_state)],
                  ["Upload", formatBytes(known.max_upload_bytes)],
                  ["People at once", `${formatNumber(known.max_recipients)} in one request`],
                  ["Changed", <Ago key="u" at={known.updated_at} />],
                ]}
              />
            </Section>
            <Text size="sm" c="dimmed" mt="md">
              For developers: <Anchor href="/api-docs.html" size="sm">the API, to read and to try</Anchor>. Requests are sent as you.
            </Text>
          </Grid.Col>
        </Grid>
      )}
    </Loaded>
  );
}

function People() {
  const me = useMe();
  const manages = useMay("admin");
  const config = useConfig();
  const users = useQuery({ ...usersQuery, enabled: manages });
  return (
    <Grid gutter="md">
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Section title="What each role may do">
          <Stack>
            {ROLES.map(({ role, may }) => (
              <div key={role}>
                <Text size="sm" fw={600}>{formatWord(role)}{me?.role === role && " (you)"}</Text>
                <Text size="sm" c="dimmed">{may}</Text>
              </div>
            ))}
            <Alert variant="default">
              A role is a group of the same name at the sign-in service ({new URL(config.issuer).host}). Add somebody to a group there; it holds from their next sign-in.
            </Alert>
          </Stack>
        </Section>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Section title="People">
          {!manages ? <Text size="sm" c="dimmed">Administrators see who has signed in.</Text> : (
            <Loaded query={users} waiting={<Lines count={3} />}>{(known) => <Users users={known} />}</Loaded>
          )}
        </Section>
      </Grid.Col>
    </Grid>
  );
}

function Users({ users }: { users: Schemas["User"][] }) {
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table>
        <Table.Thead><Table.Tr><Table.Th>Name</Table.Th><Table.Th>Role</Table.Th><Table.Th ta="right">Last seen</Table.Th></Table.Tr></Table.Thead>
        <Table.Tbody>
          {users.map((user) => (
            <Table.Tr key={user.subject}>
              <Table.Td><Text size="sm">{user.name ?? user.subject}</Text></Table.Td>
              <Table.Td>{formatWord(user.role)}</Table.Td>
              <Table.Td ta="right"><Text size="sm" c="dimmed" span><Ago at={user.last_seen_at} /></Text></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Audit() {
  const pages = useCursors("");
  const audit = useQuery(auditQuery(pages.cursor));
  return (
    <Section title="Who changed what">
      <Loaded query={audit}>
        {({ items, next_cursor: next }) =>
          items.length === 0 ? <Text size="sm" c="dimmed">Nothing was changed yet.</Text> : (
            <>
              <Table.ScrollContainer minWidth={0} type="native">
                <Table>
                  <Table.Thead>
                    <Table.Tr><Table.Th>When</Table.Th><Table.Th>Who</Table.Th><Table.Th visibleFrom="sm">Role</Table.Th><Table.Th>What</Table.Th><Table.Th visibleFrom="sm">On</Table.Th></Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((entry) => (
                      <Table.Tr key={entry.audit_id}>
                        <Table.Td style={{ whiteSpace: "nowrap" }}><Moment at={entry.at} /></Table.Td>
                        <Table.Td>{entry.actor_name ?? (entry.role ? entry.actor : formatWord(entry.actor))}</Table.Td>
                        <Table.Td visibleFrom="sm">{entry.role && formatWord(entry.role)}</Table.Td>
                        <Table.Td>{formatWord(entry.action)}</Table.Td>
                        <Table.Td visibleFrom="sm"><Text size="xs" ff="monospace" truncate maw={260}>{entry.thing}</Text></Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
              <Pager pages={pages} next={next} shown={items.length} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}
