import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";
import { deadLettersQuery } from "@/api/queue";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { ask } from "@/ui/confirm";
import { formatCount } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { Pager, useCursors } from "@/ui/Pager";
import { Loaded, Section } from "@/ui/states";
import { Ago } from "@/ui/Time";

const TOUCHED = [["dead-letters"], ["queue"], ["attention"]];

function told({ retried, settled, refused }: Schemas["RetriedDeadLetters"]): string {
  return [`${formatCount(retried, "message")} sent again`, settled > 0 && `${settled} settled without a call`, refused > 0 && `${refused} refused`].filter(Boolean).join(", ") + ".";
}

/** Messages that were given up after several tries. */
export function DeadLetters() {
  const pages = useCursors("");
  const letters = useQuery(deadLettersQuery(pages.cursor));
  const retryAll = useAct({ run: async () => bodyOf(await api.POST("/api/queue/dead-letters/retry")), done: told, touches: TOUCHED });
  return (
    <Section
      title="Dead letters"
      aside={
        (letters.data?.items.length ?? 0) > 1 && (
          <For role="operator"><Button size="compact-sm" variant="default" loading={retryAll.isPending} onClick={() => retryAll.mutate()}>Retry all</Button></For>
        )
      }
    >
      <Loaded query={letters}>
        {({ items, next_cursor: next }) =>
          items.length === 0 ? <Text size="sm" c="dimmed">None. A message that fails again and again comes here, so that nobody is forgotten.</Text> : (
            <>
              <Stack>{items.map((letter) => <Letter key={letter.id} letter={letter} />)}</Stack>
              <Pager pages={pages} next={next} shown={items.length} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

function Letter({ letter }: { letter: Schemas["DeadLetterAnswer"] }) {
  const path = { params: { path: { letter_id: letter.id } } };
  const retry = useAct({ run: async () => bodyOf(await api.POST("/api/queue/dead-letters/{letter_id}/retry", path)), done: told, touches: TOUCHED });
  const dismiss = useAct({ run: () => api.DELETE("/api/queue/dead-letters/{letter_id}", path), done: "Dismissed.", touches: TOUCHED });
  return (
    <div>
      <Group justify="space-between">
        <Text size="sm" fw={550}>
          {letter.call_id ? <TextLink to="/calls/$callId" params={{ callId: letter.call_id }} size="sm">A call</TextLink> : (letter.function ?? letter.source)}
        </Text>
        <Text size="xs" c="dimmed"><Ago at={letter.arrived_at} /></Text>
      </Group>
      <Text size="sm" c="dimmed">{letter.reason}</Text>
      <For role="operator">
        <Group gap="xs" mt={6}>
          <Button size="compact-sm" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>Retry</Button>
          <For role="admin"><Button
            size="compact-sm" variant="subtle" className="danger" loading={dismiss.isPending}
            onClick={() => ask({ title: "Dismiss this message?", confirm: "Dismiss", danger: true, onConfirm: () => dismiss.mutate(), children: "What it asked for is not done. It cannot be brought back." })}
          >
            Dismiss
          </Button></For>
        </Group>
      </For>
    </div>
  );
}
