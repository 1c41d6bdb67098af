import { Button, Card, Group, Select, Stack, Stepper, Text } from "@mantine/core";
import { IconArrowLeft, IconArrowRight, IconLock, IconPlayerPlay } from "@tabler/icons-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { agentsQuery } from "@/api/agents";
import { type CampaignTemplate, defaultsQuery, templateQuery, templatesQuery } from "@/api/campaigns";
import { listQuery } from "@/api/contacts";
import { api, bodyOf, isAboutRules } from "@/api/client";
import { useMay, useMe } from "@/session/me";
import { useAct } from "@/ui/act";
import { PageHeader } from "@/ui/PageHeader";
import { Lines, Loaded, Notice } from "@/ui/states";
import { useNow } from "@/ui/Time";
import { agentGone, type Draft, emptyDraft, fromTemplate, problemsOfStep, requestOf, type Step } from "./draft";
import type { CampaignRules } from "./rules/rules";
import { StepContacts } from "./StepContacts";
import { StepReview } from "./StepReview";
import { StepSchedule } from "./StepSchedule";
import { StepWho } from "./StepWho";

const route = getRouteApi("/campaigns/new");
const LAST = 3;
const STEPS = ["who calls", "who is called", "when", "review"] as const;

export default function NewCampaignPage() {
  const known = useMe() !== undefined;
  const operates = useMay("operator");
  const defaults = useQuery(defaultsQuery);
  const { template: wanted } = route.useSearch();
  const template = useQuery({ ...templateQuery(wanted ?? ""), enabled: wanted !== undefined });
  const waiting = <Card><Lines /></Card>;
  if (known && !operates) {
    return (
      <>
        <PageHeader title="New campaign" />
        <Notice icon={IconLock} title="Your role does not make campaigns">An operator or an administrator can.</Notice>
      </>
    );
  }
  return (
    <>
      <PageHeader title="New campaign" />
      <Loaded query={defaults} waiting={waiting}>
        {(rules) =>
          wanted === undefined ? <Steps key="none" defaults={rules} /> : (
            <Loaded query={template} waiting={waiting}>{(chosen) => <Steps key={chosen.template_id} defaults={rules} template={chosen} />}</Loaded>
          )
        }
      </Loaded>
    </>
  );
}

function Steps({ defaults, template }: { defaults: CampaignRules; template?: CampaignTemplate }) {
  const { list } = route.useSearch();
  const go = useNavigate();
  const now = useNow();
  const [draft, setDraft] = useState<Draft>(() => {
    const empty = emptyDraft(defaults, list);
    return template ? fromTemplate(empty, template) : empty;
  });
  const [templateId, setTemplateId] = useState(template?.template_id ?? null);
  const [step, setStep] = useState<Step>(0);
  // Problems are told once somebody tried to go on.
  const [told, setTold] = useState(false);
  const agents = useQuery(agentsQuery).data;
  const agent = agents?.find(({ agent_id }) => agent_id === draft.agentId);
  const chosen = useQueries({ queries: draft.listIds.map(listQuery) }).flatMap(({ data }) => data ?? []);

  const create = useAct({
    run: async (start: Draft["start"]) => bodyOf(await api.POST("/api/campaigns", { body: requestOf({ ...draft, start }) })),
    done: (made) => (made.status === "draft" ? "Kept as a draft." : made.status === "scheduled" ? "The campaign is scheduled." : "The campaign calls now."),
    touches: [["campaigns"], ["queue"]],
    then: (made) => void go({ to: "/campaigns/$campaignId", params: { campaignId: made.campaign_id } }),
    failed: (error) => {
      // It is there, as a draft: making it once more would make a second one.
      if (isAboutRules(error)) void go({ to: "/campaigns" });
      return false;
    },
  });

  const gone = agentGone(draft.agentId, agents);
  const problemsAt = (at: Step) => ({ ...problemsOfStep(draft, at, now), ...(at === 0 && gone && { agentId: gone }) });
  const problems = problemsAt(step);
  const shown = told ? problems : {};
  const goTo = (next: number) => {
    const first = ([0, 1, 2] as const).find((before) => before < next && Object.keys(problemsAt(before)).length > 0);
    setTold(first !== undefined);
    setStep((first ?? next) as Step);
  };

  return (
    <Card>
      <Text hiddenFrom="sm" size="sm" c="dimmed" mb="md">Step {step + 1} of {LAST + 1}: {STEPS[step]}</Text>
      <Stepper active={step} onStepClick={goTo} size="sm" mb="xl" aria-label="Steps" visibleFrom="sm">
        <Stepper.Step label="Who calls" description={agent?.name ?? "Agent and line"} />
        <Stepper.Step label="Who is called" description={chosen.map(({ name }) => name).join(", ") || "Contacts"} />
        <Stepper.Step label="When" description="Schedule and limits" />
        <Stepper.Step label="Review" description="And start" />
      </Stepper>
      <Stack gap="xl">
        {step === 0 && <TemplateChoice value={templateId} onChoose={(chosen) => { setTemplateId(chosen.template_id); setDraft(fromTemplate(draft, chosen)); }} />}
        {step === 0 && <StepWho draft={draft} problems={shown} onChange={setDraft} />}
        {step === 1 && <StepContacts draft={draft} problems={shown} agent={agent} chosen={chosen} onChange={setDraft} />}
        {step === 2 && <StepSchedule draft={draft} problems={shown} defaults={defaults} chosen={chosen} onChange={setDraft} />}
        {step === 3 && <StepReview draft={draft} agent={agent} lists={chosen} defaults={defaults} />}
        <Group justify="space-between">
          <Button variant="default" leftSection={<IconArrowLeft size={16} />} disabled={step === 0} onClick={() => goTo(step - 1)}>Back</Button>
          {step < LAST ? (
            <Button rightSection={<IconArrowRight size={16} />} onClick={() => goTo(step + 1)}>Next</Button>
          ) : (
            <Group>
              {draft.start !== "draft" && (
                <Button variant="default" onClick={() => create.mutate("draft")} loading={create.isPending && create.variables === "draft"}>Keep as draft</Button>
              )}
              <Button leftSection={<IconPlayerPlay size={16} />} loading={create.isPending && create.variables === draft.start} onClick={() => create.mutate(draft.start)}>
                {{ now: "Start calling", at: "Schedule", draft: "Keep as draft" }[draft.start]}
              </Button>
            </Group>
          )}
        </Group>
      </Stack>
    </Card>
  );
}

/** Fills the draft with what was saved of an earlier campaign. */
function TemplateChoice({ value, onChoose }: { value: string | null; onChoose: (template: CampaignTemplate) => void }) {
  const templates = useQuery(templatesQuery).data ?? [];
  if (templates.length === 0) return null;
  const take = (id: string | null) => {
    const template = templates.find(({ template_id }) => template_id === id);
    if (template) onChoose(template);
  };
  return (
    <Select
      label="From a template" description="Agent, line and rules are filled in; all can be changed" placeholder="None" searchable allowDeselect={false} maw={560} value={value} onChange={take}
      data={templates.map(({ template_id, name }) => ({ value: template_id, label: name }))} nothingFoundMessage="No such template"
    />
  );
}
