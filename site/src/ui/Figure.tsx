import { Text } from "@mantine/core";
import type { ReactNode } from "react";

interface FigureProps {
  label: string;
  value: ReactNode;
  /** A line below, smaller. */
  note?: ReactNode;
}

/** A number and what it counts. */
export function Figure({ label, value, note }: FigureProps) {
  return (
    <div>
      <Text size="sm" c="dimmed">{label}</Text>
      <Text fz={24} fw={640} lh={1.25} className="number">{value}</Text>
      {note && <Text size="xs" c="dimmed">{note}</Text>}
    </div>
  );
}
