import { Alert, Button, Grid, Stack, Text } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStop, IconSend, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { api, bodyOf } from "@/api/client";
import { EVENT_TARGETS, type EventTarget, targetQuery } from "@/api/events";
import { For, useMay } from "@/session/me";
import { useAct } from "@/ui/act";
import { ask } from "@/ui/confirm";
import { Facts } from "@/ui/Facts";
import { PageHeader } from "@/ui/PageHeader";
import { Dot } from "@/ui/Status";
import { Lines, Loaded, Section } from "@/ui/states";
import { Moment } from "@/ui/Time";
import { Deliveries } from "./Deliveries";
import { RotateSecret } from "./RotateSecret";
import { nameOf, stateOf } from "./target";
import { TargetForm } from "./TargetForm";

// A calendar is heavy, and seldom wanted.
const ReplaySince = lazy(() => import("./ReplaySince"));

const TOUCHED = [EVENT_TARGETS, ["attention"]];

export default function EventTargetPage() {
  const { targetId } = useParams({ from: "/event-targets/$targetId" });
  const target = useQuery(targetQuery(targetId));
  return (
    <Loaded query={target} waiting={<><PageHeader title="Event target" /><Lines /></>}>
      {(known) => <Known key={known.target_id} target={known} />}
    </Loaded>
  );
}

function Known({ target }: { target: EventTarget }) {
  const manages = useMay("admin");
  const path = { target_id: target.target_id };
  return (
    <>
      <PageHeader
        title={nameOf(target)} badge={<Dot {...stateOf(target)} />} subtitle={<span style={{ overflowWrap: "anywhere" }}>{target.url}</span>}
        actions={<Actions target={target} />}
      />
      {!target.enabled && <Off target={target} />}
      <Grid gutter="md">
        <Grid.Col span={{ base: 12, lg: 8 }}><Deliveries target={target} /></Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack>
            <Section title="What it is told">
              <TargetForm
                // Saved or changed elsewhere: the form shows what is true now.
                key={target.version} target={target} submit="Save" readOnly={!manages} done="Saved. What is on its way goes to this address."
                save={async (values) => bodyOf(await api.PATCH("/api/event-targets/{target_id}", { params: { path }, body: values }))}
              />
            </Section>
            <Signature target={target} />
            <Again target={target} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

function Off({ target }: { target: EventTarget }) {
  const off = target.turned_off;
  return (
    <Alert color="orange" variant="default" mb="md" title={off ? "It was switched off" : "It is off"}>
      {off && <>On <Moment at={off.at} />: {off.reason} </>}
      Nothing is sent to it, and what happens meanwhile is not told later.
    </Alert>
  );
}

function Actions({ target }: { target: EventTarget }) {
  const go = useNavigate();
  const path = { target_id: target.target_id };
  const test = useAct({
    run: async () => bodyOf(await api.POST("/api/event-targets/{target_id}/test", { params: { path } })),
    done: "A test is on its way; the deliveries say what came of it.", touches: TOUCHED,
  });
  const turn = useAct({
    run: async (enabled: boolean) => bodyOf(await api.PATCH("/api/event-targets/{target_id}", { params: { path }, body: { enabled } })),
    done: ({ enabled }) => (enabled ? "It is told again from now on." : "Off: nothing is sent to it."), touches: TOUCHED,
  });
  const remove = useAct({
    run: () => api.DELETE("/api/event-targets/{target_id}", { params: { path } }),
    done: `${nameOf(target)} is deleted.`, touches: [[...EVENT_TARGETS, "all"], ["attention"]],
    then: () => void go({ to: "/event-targets" }),
  });
  return (
    <>
      {target.enabled && (
        <For role="operator"><Button leftSection={<IconSend size={16} />} loading={test.isPending} onClick={() => test.mutate()}>Send a test</Button></For>
      )}
      <For role="admin">
        {target.enabled ? (
          <Button
            variant="default" leftSection={<IconPlayerStop size={16} />} loading={turn.isPending}
            onClick={() =>
              ask({
                title: `Send nothing to ${nameOf(target)}?`, confirm: "Turn off", onConfirm: () => turn.mutate(false),
                children: "What is on its way is given up, and can be sent again later. What happens while it is off is not told later.",
              })
            }
          >
            Turn off
          </Button>
        ) : (
          <Button leftSection={<IconPlayerPlay size={16} />} loading={turn.isPending} onClick={() => turn.mutate(true)}>Turn on again</Button>
        )}
        <Button
          variant="default" className="danger" leftSection={<IconTrash size={16} />} loading={remove.isPending}
          onClick={() =>
            ask({
              title: `Delete ${nameOf(target)}?`, confirm: "Delete the target", danger: true, onConfirm: () => remove.mutate(),
              children: "Its secret and its log go with it. What is on its way is not sent any more. This cannot be undone.",
            })
          }
        >
          Delete
        </Button>
      </For>
    </>
  );
}

function Signature({ target }: { target: EventTarget }) {
  const [rotating, setRotating] = useState(false);
  return (
    <Section
      title="Signing secret"
      aside={<For role="admin"><Button size="compact-sm" variant="default" onClick={() => setRotating(true)}>Make a new one</Button></For>}
    >
      <Text size="sm" c="dimmed" mb="md">
        Every request is signed as Standard Webhooks has it, with a secret that only this target has. It was shown when it was made.
      </Text>
      <Facts
        rows={[
          ["Secrets so far", target.secret_version],
          ["Made", <Moment key="m" at={target.created_at} />],
          ["Changed", <Moment key="c" at={target.updated_at} />],
          ["Id", target.target_id],
        ]}
      />
      {rotating && <RotateSecret target={target} onClose={() => setRotating(false)} />}
    </Section>
  );
}

function Again({ target }: { target: EventTarget }) {
  const [replaying, setReplaying] = useState(false);
  return (
    <For role="operator">
      <Section title="Send again">
        <Text size="sm" c="dimmed" mb="md">For a receiver that lost something: everything since a moment, or only what was given up.</Text>
        <Button variant="default" disabled={!target.enabled} onClick={() => setReplaying(true)}>Send again since…</Button>
        {replaying && <Suspense fallback={null}><ReplaySince target={target} onClose={() => setReplaying(false)} /></Suspense>}
      </Section>
    </For>
  );
}
