import { Button, Card, Group, Table, Text } from "@mantine/core";
import { IconPlus, IconTemplate, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { agentsQuery } from "@/api/agents";
import { type CampaignTemplate, templatesQuery } from "@/api/campaigns";
import { api } from "@/api/client";
import { For } from "@/session/me";
import { useAct } from "@/ui/act";
import { ask } from "@/ui/confirm";
import { ButtonLink, TextLink } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Loaded, Notice } from "@/ui/states";
import { Ago } from "@/ui/Time";
import { wordsOfHours, wordsOfRetry } from "./rules/words";

export default function TemplatesPage() {
  const templates = useQuery(templatesQuery);
  return (
    <>
      <PageHeader title="Campaign templates" subtitle={<><TextLink to="/campaigns" size="sm">Campaigns</TextLink>, saved to begin others with</>} />
      <Loaded query={templates}>
        {(known) =>
          known.length === 0 ? (
            <Card>
              <Notice icon={IconTemplate} title="No templates yet" action={<ButtonLink to="/campaigns" variant="default">To the campaigns</ButtonLink>}>
                Open a campaign that calls as you like and save it as a template: its agent, line and rules are kept, its people are not.
              </Notice>
            </Card>
          ) : <Templates templates={known} />
        }
      </Loaded>
    </>
  );
}

function Templates({ templates }: { templates: CampaignTemplate[] }) {
  const agents = useQuery(agentsQuery).data;
  const agentOf = (id: string) => agents?.find(({ agent_id }) => agent_id === id)?.name ?? (agents ? "An agent that is gone" : "");
  const remove = useAct({
    run: ({ template_id: id }: CampaignTemplate) => api.DELETE("/api/campaign-templates/{template_id}", { params: { path: { template_id: id } } }),
    done: (_, { name }) => `“${name}” is deleted.`,
    touches: [["campaign-templates"]],
  });
  const confirmRemove = (template: CampaignTemplate) =>
    ask({
      title: `Delete “${template.name}”?`, confirm: "Delete the template", danger: true, onConfirm: () => remove.mutate(template),
      children: "Campaigns that were made from it stay as they are. This cannot be undone.",
    });
  return (
    <Card p={0}>
      <Table.ScrollContainer minWidth={0} type="native">
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th><Table.Th visibleFrom="sm">Agent</Table.Th><Table.Th visibleFrom="md">How it calls</Table.Th>
              <Table.Th ta="right" visibleFrom="sm">Saved</Table.Th><Table.Th><span className="sr-only">Actions</span></Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {templates.map((template) => (
              <Table.Tr key={template.template_id}>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{template.name}</Table.Td>
                <Table.Td visibleFrom="sm">{agentOf(template.settings.agent_id)}</Table.Td>
                <Table.Td visibleFrom="md">
                  <Text size="sm">{wordsOfHours(template.settings.rules.calling_hours)}</Text>
                  <Text size="xs" c="dimmed">{wordsOfRetry(template.settings.retry)}</Text>
                </Table.Td>
                <Table.Td ta="right" visibleFrom="sm"><Text size="sm" c="dimmed" span><Ago at={template.created_at} /></Text></Table.Td>
                <Table.Td>
                  <For role="operator">
                    <Group gap="xs" justify="flex-end" wrap="nowrap">
                      <ButtonLink size="compact-sm" variant="default" aria-label={`Use ${template.name}`} to="/campaigns/new" search={{ template: template.template_id }} leftSection={<IconPlus size={14} />}>Use</ButtonLink>
                      <Button size="compact-sm" variant="default" className="danger" leftSection={<IconTrash size={14} />} aria-label={`Delete ${template.name}`} onClick={() => confirmRemove(template)}>Delete</Button>
                    </Group>
                  </For>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}
