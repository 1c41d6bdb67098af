import { Button, Group, PasswordInput, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, bodyOf, sentenceOf, type Schemas } from "@/api/client";
import { providerSettingsQuery } from "@/api/system";
import { PLATFORM } from "@/pages/agents/platform";
import { useAct } from "@/ui/act";
import { RequestOf } from "@/ui/ProviderRequest";
import { Loaded, Section } from "@/ui/states";
import { Dot } from "@/ui/Status";
import { Ago } from "@/ui/Time";

type Setting = Schemas["ProviderSetting"];
const TOUCHES = [["provider-settings"], ["status"], ["quota"], ["agents"], ["voices"], ["metrics"], ["attention"], ["audit"]];

/** The keys and secrets of the platforms: they go in, and are never shown. */
export function ProviderKeys() {
  const settings = useQuery(providerSettingsQuery);
  return (
    <Section title="Keys and secrets">
      <Loaded query={settings}>
        {(known) => <Stack gap="xl">{known.map((setting) => <Platform key={setting.provider} setting={setting} />)}</Stack>}
      </Loaded>
    </Section>
  );
}

function Platform({ setting }: { setting: Setting }) {
  const provider = setting.provider;
  const name = PLATFORM[provider] ?? provider;
  const params = { path: { provider } };
  return (
    <Stack gap="sm" role="group" aria-label={name}>
      <Group justify="space-between">
        <Title order={3}>{name}</Title>
        <Dot tone={setting.set_up ? "good" : "idle"} label={setting.set_up ? "Set up" : "Not set up"} />
      </Group>
      <OneSecret
        label="API key" action="Try and save" known={setting.api_key} help={`The key is tried at ${name} before it is kept.`} done={`${name} takes the key. It is used from now on.`}
        save={async (api_key) => bodyOf(await api.PUT("/api/settings/providers/{provider}/key", { params, body: { api_key } }))}
      />
      <OneSecret
        label="Webhook secret" action="Save" known={setting.webhook_secret} help="The secret before stays good until you set another one." done="Saved. Webhooks signed with it are taken."
        save={async (webhook_secret) => bodyOf(await api.PUT("/api/settings/providers/{provider}/webhook-secret", { params, body: { webhook_secret } }))}
      />
      {setting.tool_secret && (
        <OneSecret
          label="Tool secret" action="Save" known={setting.tool_secret} help="What the agents’ tools send with each request." done="Saved. Tools that send it are let in."
          save={async (tool_secret) => bodyOf(await api.PUT("/api/settings/providers/{provider}/tool-secret", { params, body: { tool_secret } }))}
        />
      )}
      {setting.project_id && (
        <OneSecret
          label="Project" action="Save" known={setting.project_id} help="Its id, proj_…: calls are sent to its SIP address." done="Saved. The next call goes to it."
          save={async (project_id) => bodyOf(await api.PUT("/api/settings/providers/{provider}/project", { params, body: { project_id } }))}
        />
      )}
      {setting.sip_password && <SipAccount provider={provider} known={setting.sip_password} />}
    </Stack>
  );
}

function State({ known }: { known: Schemas["SecretShown"] }) {
  if (known.source === "not_set") return <>Not set</>;
  return <>Set{known.changed_at && <>, changed <Ago at={known.changed_at} /></>}{known.count > 1 && ", and the one before it is good too"}</>;
}

interface OneSecretProps {
  label: string;
  action: string;
  known: Schemas["SecretShown"];
  help: string;
  done: string;
  save: (value: string) => Promise<unknown>;
}

function OneSecret({ label, action, known, help, done, save }: OneSecretProps) {
  const [value, setValue] = useState("");
  const [error, setError] = useState<unknown>();
  const keep = useAct({
    run: save, done, touches: TOUCHES,
    then: () => {
      setValue("");
      setError(undefined);
    },
    failed: (problem) => {
      setError(problem);
      return true;
    },
  });
  if (known.source === "environment") {
    return (
      <div>
        <Text size="sm" fw={500}>{label}</Text>
        <Text size="sm" c="dimmed">Set by the environment of this deployment; change it there.</Text>
      </div>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (value.trim() !== "") keep.mutate(value);
      }}
    >
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <PasswordInput
          flex={1} label={label} description={<><State known={known} />. {help}</>} value={value} autoComplete="off" visibilityToggleButtonProps={{ "aria-label": `Show what is typed as ${label}`, tabIndex: 0 }}
          onChange={(event) => setValue(event.currentTarget.value)} error={error === undefined ? undefined : true}
        />
        <Button type="submit" variant="default" disabled={value.trim() === ""} loading={keep.isPending} aria-label={`${action}: ${label}`}>{action}</Button>
      </Group>
      {error !== undefined && <div role="alert"><Text size="sm" c="var(--mantine-color-error)" mt={4}>{sentenceOf(error)}</Text><RequestOf error={error} /></div>}
    </form>
  );
}

function SipAccount({ provider, known }: { provider: Schemas["ProviderKind"]; known: Schemas["SecretShown"] }) {
  const [account, setAccount] = useState({ sip_username: "", sip_password: "" });
  const keep = useAct({
    run: async () => bodyOf(await api.PUT("/api/settings/providers/{provider}/sip", { params: { path: { provider } }, body: account })),
    done: "Saved. The next dial through a SIP trunk signs in with it.", touches: TOUCHES, then: () => setAccount({ sip_username: "", sip_password: "" }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        keep.mutate();
      }}
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          label="User at the SIP trunk" description={<><State known={known} />. Only for calls through a SIP trunk.</>} autoComplete="off" maxLength={200} value={account.sip_username}
          onChange={(event) => setAccount({ ...account, sip_username: event.currentTarget.value })}
        />
        <PasswordInput
          label="Password at the SIP trunk" description="It is never shown again." autoComplete="off" maxLength={200} value={account.sip_password}
          visibilityToggleButtonProps={{ "aria-label": "Show what is typed as password", tabIndex: 0 }} onChange={(event) => setAccount({ ...account, sip_password: event.currentTarget.value })}
        />
      </SimpleGrid>
      <Button type="submit" variant="default" mt="xs" disabled={account.sip_username.trim() === "" || account.sip_password.trim() === ""} loading={keep.isPending}>Save the account</Button>
    </form>
  );
}
