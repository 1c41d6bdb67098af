// What a page shows when there is nothing, not yet anything, or something is wrong.
import { Button, Card, Center, Group, Skeleton, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconCloudOff, IconError404, IconLock, IconMoodSad, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ApiProblem, NOT_ALLOWED, NOT_FOUND, sentenceOf } from "@/api/client";
import { RequestOf } from "./ProviderRequest";

interface NoticeProps {
  icon: Icon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** A quiet notice in the place of content. */
export function Notice({ icon: IconOf, title, children, action }: NoticeProps) {
  return (
    <Center py={48} px="md">
      <Stack align="center" gap="sm" maw={420} ta="center">
        <ThemeIcon size={52} radius="xl" variant="default" aria-hidden>
          <IconOf size={26} stroke={1.5} />
        </ThemeIcon>
        <Title order={2}>{title}</Title>
        {children && <Text c="dimmed" size="sm" component="div">{children}</Text>}
        {action && <Group mt="xs" justify="center">{action}</Group>}
      </Stack>
    </Center>
  );
}

/** What went wrong, and what to do next. */
export function Failure({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const status = error instanceof ApiProblem ? error.status : -1;
  if (status === NOT_ALLOWED) {
    return <Notice icon={IconLock} title="Your role does not show this">{sentenceOf(error)}</Notice>;
  }
  if (status === NOT_FOUND) {
    return <Notice icon={IconError404} title="It is not here">{sentenceOf(error)} It may have been deleted, or the address is wrong.</Notice>;
  }
  const title = error instanceof ApiProblem ? error.title : "This page has a problem";
  return (
    <div role="alert">
      <Notice
        icon={status === 0 ? IconCloudOff : IconMoodSad}
        title={title}
        action={retry && <Button variant="default" onClick={retry}>Try again</Button>}
      >
        {sentenceOf(error)}
        <Center><RequestOf error={error} /></Center>
      </Notice>
    </div>
  );
}

export function Lines({ count = 6, height = 36 }: { count?: number; height?: number }) {
  return (
    <Stack gap="xs" role="status" aria-busy="true" aria-label="Loading">
      {Array.from({ length: count }, (_, index) => <Skeleton key={index} height={height} />)}
    </Stack>
  );
}

interface LoadedProps<T> {
  query: { data: T | undefined; error: unknown; refetch: () => unknown };
  waiting?: ReactNode;
  children: (data: T) => ReactNode;
}

/** The content once it is known; known content stays while it is asked again, also when that fails. */
export function Loaded<T>({ query, waiting, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return waiting ?? <Lines />;
}

/** A card with a heading. */
export function Section({ title, aside, children, id }: { title: string; aside?: ReactNode; children: ReactNode; id?: string }) {
  return (
    <Card component="section" aria-label={title} id={id}>
      <Group justify="space-between" mb="md" gap="sm">
        <Title order={2}>{title}</Title>
        {aside}
      </Group>
      {children}
    </Card>
  );
}
