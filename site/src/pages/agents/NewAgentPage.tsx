import { Card } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { api, bodyOf } from "@/api/client";
import { useMay, useMe } from "@/session/me";
import { markFields, useAct } from "@/ui/act";
import { PageHeader } from "@/ui/PageHeader";
import { Notice } from "@/ui/states";
import { AgentForm } from "./AgentForm";
import type { AgentValues } from "./values";

export default function NewAgentPage() {
  const go = useNavigate();
  const known = useMe() !== undefined;
  const manages = useMay("admin");
  const create = useAct({
    run: async ({ values }: { values: AgentValues; mark: (errors: Record<string, string>) => void }) =>
      bodyOf(await api.POST("/api/agents", { body: values })),
    done: ({ name }) => `“${name}” is made.`,
    touches: [["agents"]],
    failed: (error, { mark }) => markFields({ setErrors: mark }, error),
    then: (agent) => void go({ to: "/agents/$agentId", params: { agentId: agent.agent_id } }),
  });
  return (
    <>
      <PageHeader title="New agent" />
      {known && !manages ? (
        <Notice icon={IconLock} title="Your role does not make agents">An administrator can.</Notice>
      ) : (
        <Card>
          <AgentForm
            submit="Make the agent" busy={create.isPending}
            onSubmit={(values, mark) => create.mutate({ values, mark })}
          />
        </Card>
      )}
    </>
  );
}
