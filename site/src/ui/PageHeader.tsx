import { Box, Group, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

interface PageHeaderProps {
  title: string;
  /** Beside the title. */
  badge?: ReactNode;
  subtitle?: ReactNode;
  actions?: ReactNode;
}

export function PageHeader({ title, badge, subtitle, actions }: PageHeaderProps) {
  useDocumentTitle(`${title} · Switchboard`);
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="md">
      <Stack gap={2} miw={0}>
        <Group gap="sm">
          <Title order={1}>{title}</Title>
          {badge}
        </Group>
        {subtitle && <Text c="dimmed" size="sm" component="div">{subtitle}</Text>}
      </Stack>
      {actions && <Box><Group gap="sm">{actions}</Group></Box>}
    </Group>
  );
}
