import { Button, Group, PasswordInput, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, bodyOf, sentenceOf } from "@/api/client";
import { carrierQuery } from "@/api/system";
import { useAct } from "@/ui/act";
import { Loaded, Section } from "@/ui/states";
import { Dot } from "@/ui/Status";

const TOUCHES = [["carrier"], ["calls"], ["call"], ["audit"]];
const EMPTY = { account_sid: "", auth_token: "" };

/** The account at Twilio: calls come in through it, OpenAI's agents call through it, and calls are ended through it. */
export function CarrierAccount() {
  const carrier = useQuery(carrierQuery);
  return (
    <Section title="Carrier">
      <Loaded query={carrier}>
        {({ source, account_sid, token_count }) => (
          <Stack gap="sm" role="group" aria-label="Twilio">
            <Group justify="space-between">
              <Title order={3}>Twilio</Title>
              <Dot tone={source === "not_set" ? "idle" : "good"} label={source === "not_set" ? "Not set up" : "Set up"} />
            </Group>
            <Text size="sm" c="dimmed">
              {account_sid ? <>Calls come in through the account {account_sid}, agents of OpenAI call through it, and calls are ended through it when their platform cannot end them.</> : "With your Twilio account, calls can come in, agents of OpenAI can call, and calls can be ended that their platform cannot end."}
            </Text>
            {token_count > 1 && <Text size="sm" c="dimmed">Two auth tokens are good: the one before the last change may sign webhooks for a day after it.</Text>}
            {source === "environment" ? <Text size="sm" c="dimmed">It is set by the environment of this deployment; change it there.</Text> : <Account isSet={source === "settings"} />}
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}

function Account({ isSet }: { isSet: boolean }) {
  const [account, setAccount] = useState(EMPTY);
  const [error, setError] = useState<unknown>();
  const settle = () => {
    setAccount(EMPTY);
    setError(undefined);
  };
  const failed = (problem: unknown) => {
    setError(problem);
    return true;
  };
  const keep = useAct({
    run: async () => bodyOf(await api.PUT("/api/settings/carrier", { body: { account_sid: account.account_sid.trim(), auth_token: account.auth_token.trim() } })),
    done: "Twilio takes the account. It is used from now on.", touches: TOUCHES, then: settle, failed,
  });
  const remove = useAct({ run: async () => bodyOf(await api.DELETE("/api/settings/carrier")), done: "The account is taken away.", touches: TOUCHES, then: settle, failed });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        keep.mutate();
      }}
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          label="Account SID" description="On the first page of the Twilio console." placeholder="AC…" autoComplete="off" maxLength={34} value={account.account_sid}
          onChange={(event) => setAccount({ ...account, account_sid: event.currentTarget.value })}
        />
        <PasswordInput
          label="Auth token" description="It is tried at Twilio, and never shown again." autoComplete="off" maxLength={512} value={account.auth_token}
          visibilityToggleButtonProps={{ "aria-label": "Show what is typed as auth token", tabIndex: 0 }} onChange={(event) => setAccount({ ...account, auth_token: event.currentTarget.value })}
        />
      </SimpleGrid>
      {error !== undefined && <Text role="alert" size="sm" c="var(--mantine-color-error)" mt={4}>{sentenceOf(error)}</Text>}
      <Group mt="xs">
        <Button type="submit" variant="default" disabled={account.account_sid.trim() === "" || account.auth_token.trim() === ""} loading={keep.isPending}>Try and save the account</Button>
        {isSet && <Button variant="default" className="danger" loading={remove.isPending} onClick={() => remove.mutate()}>Take it away</Button>}
      </Group>
    </form>
  );
}
