import { ActionIcon, Button, Group, Switch, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { api, bodyOf } from "@/api/client";
import { routingQuery } from "@/api/inbound";
import type { RoutingRule } from "@/api/reception";
import { useAgentNames } from "@/pages/agents/names";
import { wordsOfTarget } from "@/pages/inbound/words";
import { useMay } from "@/session/me";
import { useAct } from "@/ui/act";
import { ask } from "@/ui/confirm";
import { formatLanguage } from "@/ui/format";
import { moved, ruleOf, valuesOf } from "./rule";
import "./routing.css";
import { wordsOfWhen } from "./words";

const TOUCHES = [["routing-rules"]];

interface RuleListProps {
  rules: RoutingRule[];
  zone: string | undefined;
  onEdit: (rule: RoutingRule) => void;
}

/** The rules in the order in which they are asked. */
export function RuleList({ rules, zone, onEdit }: RuleListProps) {
  const client = useQueryClient();
  const order = useAct({
    run: async (next: RoutingRule[]) => {
      client.setQueryData(routingQuery.queryKey, next);
      return bodyOf(await api.PUT("/api/routing-rules/order", { body: { rule_ids: next.map(({ rule_id: id }) => id) } }));
    },
    touches: TOUCHES,
  });
  return (
    <>
      <ol className="rules">
        {rules.map((rule, index) => (
          <Rule
            key={rule.rule_id} rule={rule} place={index + 1} isLast={index === rules.length - 1} onEdit={() => onEdit(rule)}
            onMove={(by) => order.mutate(moved(rules, index, by))} isMoving={order.isPending}
          />
        ))}
      </ol>
      <div className="rule rule-rest">
        <Text size="sm" fw={620}>{rules.length === 0 ? "No rules yet" : "No rule holds"}</Text>
        <Text size="sm" c="dimmed">The caller is taken to voicemail.</Text>
      </div>
      {zone && <Text size="sm" c="dimmed" mt="md">Hours and days are those of {zone}.</Text>}
    </>
  );
}

interface RuleProps {
  rule: RoutingRule;
  place: number;
  isLast: boolean;
  isMoving: boolean;
  onEdit: () => void;
  onMove: (by: 1 | -1) => void;
}

function Rule({ rule, place, isLast, isMoving, onEdit, onMove }: RuleProps) {
  const manages = useMay("admin");
  const names = useAgentNames();
  const path = { rule_id: rule.rule_id };
  const turn = useAct({
    run: async (enabled: boolean) =>
      bodyOf(await api.PUT("/api/routing-rules/{rule_id}", { params: { path }, body: { ...ruleOf(valuesOf(rule), enabled), version: rule.version } })),
    done: ({ name, enabled }) => `“${name}” is ${enabled ? "on" : "off"}.`,
    touches: TOUCHES,
  });
  const remove = useAct({
    run: () => api.DELETE("/api/routing-rules/{rule_id}", { params: { path } }),
    done: `“${rule.name}” is deleted.`,
    touches: TOUCHES,
  });
  const askToRemove = () =>
    ask({
      title: `Delete “${rule.name}”?`, children: "Calls that it would have taken go by the rules below it from now on. Calls in progress go on.",
      confirm: "Delete the rule", danger: true, onConfirm: () => remove.mutate(),
    });
  return (
    <li className="rule" data-off={!rule.enabled || undefined} aria-label={rule.name}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm" fw={620}>{place}. {rule.name}</Text>
        {manages ? (
          <Switch
            size="sm" checked={rule.enabled} aria-label={`Use the rule ${rule.name}`} disabled={turn.isPending} onChange={(event) => turn.mutate(event.currentTarget.checked)}
          />
        ) : !rule.enabled && <Text size="sm" c="dimmed">Off</Text>}
      </Group>
      <Text size="sm" c="dimmed">{wordsOfWhen(rule.when)}</Text>
      <Text size="sm">
        {rule.targets.map((target) => wordsOfTarget(target, names)).join(", then ")}
        {rule.language && <Text span size="sm" c="dimmed">, in {formatLanguage(rule.language)}</Text>}
      </Text>
      {manages && (
        <Group gap={6} mt={4}>
          <ActionIcon variant="default" size={26} aria-label={`Ask ${rule.name} earlier`} disabled={place === 1 || isMoving} onClick={() => onMove(-1)}><IconArrowUp size={15} /></ActionIcon>
          <ActionIcon variant="default" size={26} aria-label={`Ask ${rule.name} later`} disabled={isLast || isMoving} onClick={() => onMove(1)}><IconArrowDown size={15} /></ActionIcon>
          <Button size="compact-sm" variant="default" aria-label={`Change ${rule.name}`} onClick={onEdit}>Change</Button>
          <Button size="compact-sm" variant="default" className="danger" aria-label={`Delete ${rule.name}`} loading={remove.isPending} onClick={askToRemove}>Delete</Button>
        </Group>
      )}
    </li>
  );
}
