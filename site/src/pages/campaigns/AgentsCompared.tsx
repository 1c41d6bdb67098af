import { Stack, Text, Title } from "@mantine/core";
import type { Schemas } from "@/api/client";
import { Dot } from "@/ui/Status";
import { formatCount, formatNumber, formatTenths } from "@/ui/format";
import "./agents-compared.css";

/** Which agent does better, and how sure that is. */
export function AgentsCompared({ comparison }: { comparison: Schemas["AgentComparison"] }) {
  return (
    <section aria-label="Agents compared">
      <Title order={3} mb={6}>Agents compared</Title>
      <Stack gap="sm">
        {comparison.agents.map((agent) => <Rate key={agent.agent_id} agent={agent} />)}
        <Stack gap={4}>
          {comparison.differences.map(({ first, second, better, sentence }) => (
            <Dot key={`${first} ${second}`} wrap tone={better === "undecided" ? "idle" : "good"} label={sentence} />
          ))}
        </Stack>
        <Text size="xs" c="dimmed">
          People with a success of those called; each person counts once. The bar is where the true rate lies, with 95 % confidence.
          {comparison.differences.length > 1 && " With many pairs, about one in twenty looks different by chance."}
        </Text>
      </Stack>
    </section>
  );
}

function Rate({ agent }: { agent: Schemas["AgentResult"] }) {
  const { interval, success_rate: rate } = agent;
  return (
    <div>
      <Text size="sm" fw={550}>{agent.name ?? agent.agent_id}</Text>
      <Text size="sm" c="dimmed" className="number">
        {formatNumber(agent.successes)} of {formatCount(agent.people, "person", "people")}, {formatCount(agent.calls, "call")}
        {rate != null && interval && `: ${formatTenths(rate)}, between ${formatTenths(interval.low)} and ${formatTenths(interval.high)}`}
      </Text>
      {rate != null && interval && (
        <div className="interval" aria-hidden>
          <span className="interval-range" style={{ left: `${interval.low * 100}%`, width: `${(interval.high - interval.low) * 100}%` }} />
          <span className="interval-rate" style={{ left: `${rate * 100}%` }} />
        </div>
      )}
    </div>
  );
}
