import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import "./facts.css";

/** Names and values; a value that is not known has no row. */
export function Facts({ rows }: { rows: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {rows.map(([name, value]) =>
        value === undefined || value === null || value === "" ? null : (
          <div key={name}>
            <Text component="dt" size="sm" c="dimmed">{name}</Text>
            <Text component="dd" size="sm">{value}</Text>
          </div>
        ),
      )}
    </dl>
  );
}
