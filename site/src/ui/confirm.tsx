import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import type { ReactNode } from "react";

interface Question {
  title: string;
  children: ReactNode;
  /** What the button says: the deed itself, never "OK". */
  confirm: string;
  danger?: boolean;
  onConfirm: () => void;
}

export function ask({ title, children, confirm, danger = false, onConfirm }: Question): void {
  modals.openConfirmModal({
    title: <Text fw={640}>{title}</Text>,
    children: <Text size="sm" component="div">{children}</Text>,
    labels: { confirm, cancel: "Keep as it is" },
    confirmProps: danger ? { color: "red.8" } : {},
    onConfirm,
  });
}
