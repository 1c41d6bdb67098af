import { Button, Group, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";

/** Cursors of the pages walked through; `key` is what the list is filtered by: another key begins anew. */
export function useCursors(key: string) {
  const [walk, setWalk] = useState<{ key: string; cursors: string[] }>({ key, cursors: [] });
  const cursors = walk.key === key ? walk.cursors : [];
  return {
    cursor: cursors.at(-1),
    page: cursors.length + 1,
    forward: (next: string) => setWalk({ key, cursors: [...cursors, next] }),
    back: () => setWalk({ key, cursors: cursors.slice(0, -1) }),
  };
}

interface PagerProps {
  pages: ReturnType<typeof useCursors>;
  next: string | null | undefined;
  shown: number;
  busy?: boolean;
}

export function Pager({ pages, next, shown, busy = false }: PagerProps) {
  if (pages.page === 1 && !next) return null;
  return (
    <Group justify="space-between" mt="md" component="nav" aria-label="Pages">
      <Text size="sm" c="dimmed">Page {pages.page}, {shown} rows</Text>
      <Group gap="xs">
        <Button variant="default" size="xs" leftSection={<IconChevronLeft size={14} />} disabled={pages.page === 1} onClick={pages.back}>
          Newer
        </Button>
        <Button
          variant="default" size="xs" rightSection={<IconChevronRight size={14} />} disabled={!next} loading={busy}
          onClick={() => next && pages.forward(next)}
        >
          Older
        </Button>
      </Group>
    </Group>
  );
}
