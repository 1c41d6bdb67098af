import { Alert, Button, Card, Center, Group, Stack, Text, Title } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { sentenceOf } from "@/api/client";
import { Logo } from "@/ui/Logo";
import { useConfig } from "./ConfigContext";
import { isCallback } from "./callback";
import { finishSignIn, signIn } from "./oidc";
import { session } from "./session";

/** Nobody is signed in, or somebody is just coming back from the issuer. */
export default function SignIn() {
  const config = useConfig();
  const [error, setError] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(isCallback());
  const finished = useRef(false);

  useEffect(() => {
    // A code is good once.
    if (!isCallback() || finished.current) return;
    finished.current = true;
    finishSignIn(config).then(
      ({ signedIn, back }) => {
        window.history.replaceState(null, "", back);
        session.begin(signedIn);
      },
      (reason: unknown) => {
        window.history.replaceState(null, "", "/");
        setLeaving(false);
        setError(sentenceOf(reason));
      },
    );
  }, [config]);

  const begin = () => {
    setLeaving(true);
    setError(null);
    const { pathname, search } = window.location;
    signIn(config, pathname + search).catch((reason: unknown) => {
      setLeaving(false);
      setError(`The sign-in page cannot be reached: ${sentenceOf(reason)} Check \`issuer\` in config.json, then try again.`);
    });
  };

  return (
    <Center component="main" mih="100dvh" p="md">
      <Card w="100%" maw={400} p="xl">
        <Stack>
          <Group gap="sm">
            <Logo />
            <Title order={1}>Switchboard</Title>
          </Group>
          {session.why === "expired" ? (
            <Alert color="orange" variant="default" title="Your session has ended">
              Sign in again; you come back to the page you were on.
            </Alert>
          ) : (
            <Text c="dimmed">Calls by AI voice agents, and what came of every one.</Text>
          )}
          {error && <Alert color="red" variant="default" role="alert" title="You are not signed in">{error}</Alert>}
          <Button size="md" onClick={begin} loading={leaving} autoFocus>Sign in</Button>
        </Stack>
      </Card>
    </Center>
  );
}
