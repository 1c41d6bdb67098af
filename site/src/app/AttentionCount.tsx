import { Badge } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { attentionQuery } from "@/api/system";

/** How many things want a person; nothing when nothing does. */
export function AttentionCount() {
  const { data } = useQuery(attentionQuery);
  if (!data || data.total === 0) return null;
  const count = data.more ? `${data.total}+` : data.total;
  return <Badge color="red.8" variant="filled" size="sm" circle={data.total < 10} aria-label={`${count} open`}>{count}</Badge>;
}
