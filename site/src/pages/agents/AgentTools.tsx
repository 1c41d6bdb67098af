import { Badge, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { deleteTool, rotateToolSecret, type Tool, toolsQuery } from "@/api/agents";
import { SecretOnce } from "@/pages/events/SecretOnce";
import { For, useMay } from "@/session/me";
import { useAct } from "@/ui/act";
import { ask } from "@/ui/confirm";
import { formatCount } from "@/ui/format";
import { Loaded, Section } from "@/ui/states";

const ToolForm = lazy(() => import("./ToolForm"));

/** What an agent may do in a call besides talking: requests to the customer's own systems, and what is built in. */
export function AgentTools({ agentId }: { agentId: string }) {
  const tools = useQuery(toolsQuery(agentId));
  const [editing, setEditing] = useState<Tool | "new" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Section
      title="Tools"
      aside={<For role="admin"><Button size="compact-sm" leftSection={<IconPlus size={14} />} onClick={() => setEditing("new")}>Add a tool</Button></For>}
    >
      <Loaded query={tools}>
        {(known) => (
          <Stack component="ul" m={0} p={0} style={{ listStyle: "none" }}>
            {known.map((tool) => <OneTool key={tool.name} agentId={agentId} tool={tool} onEdit={() => setEditing(tool)} onSecret={setSecret} />)}
          </Stack>
        )}
      </Loaded>
      <Suspense fallback={null}>
        {editing && (
          <ToolForm agentId={agentId} tool={editing === "new" ? undefined : editing} onClose={() => setEditing(null)} onSecret={setSecret} />
        )}
      </Suspense>
      {secret !== null && (
        // No way out by accident.
        <Modal opened onClose={() => setSecret(null)} title={<Text fw={640}>The tool’s signing secret</Text>} size="lg" withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false}>
          <SecretOnce secret={secret} onKept={() => setSecret(null)} />
        </Modal>
      )}
    </Section>
  );
}

interface OneToolProps {
  agentId: string;
  tool: Tool;
  onEdit: () => void;
  onSecret: (secret: string) => void;
}

function OneTool({ agentId, tool, onEdit, onSecret }: OneToolProps) {
  const manages = useMay("admin");
  const touches = [["agents", agentId, "tools"]];
  const remove = useAct({ run: () => deleteTool(agentId, tool.name), done: `${tool.name} is deleted. Calls from now on go without it.`, touches });
  const rotate = useAct({ run: () => rotateToolSecret(agentId, tool.name), touches, then: ({ secret }) => onSecret(secret) });
  return (
    <li>
      <Group gap="xs">
        <Text size="sm" fw={550} ff="monospace" style={{ overflowWrap: "anywhere" }}>{tool.name}</Text>
        {tool.built_in && <Badge size="xs">built in</Badge>}
      </Group>
      <Text size="sm" c="dimmed">{tool.description}</Text>
      {tool.url && <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>{tool.url}{tool.timeout_secs != null && `, ${formatCount(tool.timeout_secs, "second")} at most`}</Text>}
      {manages && !tool.built_in && (
        <Group gap={6} mt={6}>
          <Button size="compact-xs" variant="default" aria-label={`Change ${tool.name}`} onClick={onEdit}>Change</Button>
          <Button
            size="compact-xs" variant="default" aria-label={`New secret for ${tool.name}`} loading={rotate.isPending}
            onClick={() =>
              ask({
                title: `Make a new secret for ${tool.name}?`, confirm: "Make a new one",
                children: "Requests are signed with both for a day, so that your system can change over.", onConfirm: () => rotate.mutate(),
              })
            }
          >
            New secret
          </Button>
          <Button
            size="compact-xs" variant="default" className="danger" aria-label={`Delete ${tool.name}`} loading={remove.isPending}
            onClick={() =>
              ask({
                title: `Delete ${tool.name}?`, confirm: "Delete the tool", danger: true,
                children: "The agent cannot use it from its next call on.", onConfirm: () => remove.mutate(),
              })
            }
          >
            Delete
          </Button>
        </Group>
      )}
    </li>
  );
}
