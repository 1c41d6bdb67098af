// Search anything: pages, campaigns, agents, lists, and calls by number, name or words.
import "@mantine/spotlight/styles.css";
import { createSpotlight, Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from "@mantine/spotlight";
import { Modal, VisuallyHidden } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconAddressBook, IconArrowRight, IconPhone, IconPlus, IconRobot, IconSearch, IconSpeakerphone } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api, bodyOf } from "@/api/client";
import { agentsQuery } from "@/api/agents";
import { campaignsQuery } from "@/api/campaigns";
import { listsQuery } from "@/api/contacts";
import { useMay } from "@/session/me";
import { formatCount, formatPhone, formatWord } from "@/ui/format";

const [store, spotlight] = createSpotlight();

// The list scrolls, so that it can be reached by keyboard. It hands these to its scroll area, which its type does not say.
const SCROLLED: object = { viewportProps: { tabIndex: 0, role: "region", "aria-label": "What was found" } };

const PAGES: [string, string, "operator"?][] = [
  ["/", "Dashboard"], ["/calls", "Calls"], ["/inbound", "Inbound calls"], ["/callbacks", "Callbacks"], ["/routing", "Routing of inbound calls"], ["/campaigns", "Campaigns"], ["/campaigns/templates", "Campaign templates"], ["/contacts", "Contacts"],
  ["/contacts/do-not-call", "Do-not-call list"], ["/agents", "Agents"], ["/queue", "Queue"], ["/attention", "Attention"], ["/monitoring", "Monitoring"],
  ["/event-targets", "Event targets", "operator"], ["/settings", "Settings"],
];

export default function CommandPalette({ onClose }: { onClose: () => void }) {
  const go = useNavigate();
  const operates = useMay("operator");
  const manages = useMay("admin");
  const [text, setText] = useState("");
  const [words] = useDebouncedValue(text.trim(), 200);
  const campaigns = useQuery(campaignsQuery());
  const agents = useQuery(agentsQuery);
  const lists = useQuery(listsQuery(words.length >= 2 ? words : ""));
  const calls = useQuery({
    queryKey: ["calls", "palette", words],
    queryFn: async () => bodyOf(await api.GET("/api/calls", { params: { query: { search: words, limit: 6 } } })),
    enabled: words.length >= 3,
    placeholderData: keepPreviousData,
  });
  useEffect(() => spotlight.open(), []);

  const fits = (label: string) => label.toLowerCase().includes(text.trim().toLowerCase());
  const group = (title: string, actions: SpotlightActionData[]): SpotlightActionGroupData => ({ group: title, actions });
  const deeds = [
    ...(operates ? [["/campaigns/new", "New campaign"], ["/contacts/import", "Import contacts"]] : []),
    ...(manages ? [["/agents/new", "New agent"]] : []),
  ] as [string, string][];

  const actions = [
    group("Calls", words.length >= 3 ? [
      ...(calls.data?.items ?? []).map((call) => ({
        id: call.call_id, label: call.phone_number ? formatPhone(call.phone_number) : "Unknown number",
        description: [formatWord(call.status), call.results.title].filter(Boolean).join(", "),
        leftSection: <IconPhone size={18} />, onClick: () => void go({ to: "/calls/$callId", params: { callId: call.call_id } }),
      })),
      { id: "all-calls", label: `Search all calls for “${words}”`, leftSection: <IconSearch size={18} />,
        onClick: () => void go({ to: "/calls", search: { search: words } }) },
    ] : []),
    group("Campaigns", (campaigns.data?.items ?? []).filter(({ name }) => fits(name)).slice(0, 6).map((campaign) => ({
      id: campaign.campaign_id, label: campaign.name, description: formatWord(campaign.status), leftSection: <IconSpeakerphone size={18} />,
      onClick: () => void go({ to: "/campaigns/$campaignId", params: { campaignId: campaign.campaign_id } }),
    }))),
    group("Agents", (agents.data ?? []).filter(({ name }) => fits(name)).slice(0, 6).map((agent) => ({
      id: agent.agent_id, label: agent.name, leftSection: <IconRobot size={18} />,
      onClick: () => void go({ to: "/agents/$agentId", params: { agentId: agent.agent_id } }),
    }))),
    group("Contact lists", (lists.data?.items ?? []).filter(({ name }) => fits(name)).slice(0, 6).map((list) => ({
      id: list.list_id, label: list.name, description: formatCount(list.size - list.deleted, "contact"), leftSection: <IconAddressBook size={18} />,
      onClick: () => void go({ to: "/contacts/$listId", params: { listId: list.list_id } }),
    }))),
    group("Do", deeds.filter(([, label]) => fits(label)).map(([to, label]) => ({
      id: to, label, leftSection: <IconPlus size={18} />, onClick: () => void go({ to }),
    }))),
    group("Go to", PAGES.filter(([, label, only]) => fits(label) && (!only || operates)).map(([to, label]) => ({
      id: to, label, leftSection: <IconArrowRight size={18} />, onClick: () => void go({ to }),
    }))),
  ].filter((found) => found.actions.length > 0);

  return (
    <Spotlight.Root
      store={store} query={text} onQueryChange={setText} onSpotlightClose={onClose} shortcut={null} scrollable maxHeight={460}
    >
      <VisuallyHidden><Modal.Title component="div">Search anything</Modal.Title></VisuallyHidden>
      <Spotlight.Search aria-label="Search anything" placeholder="A number, a name, a campaign, a page" leftSection={<IconSearch size={18} />} />
      <Spotlight.ActionsList {...SCROLLED}>
        {actions.map((found) => (
          <Spotlight.ActionsGroup key={found.group} label={found.group}>
            {found.actions.map(({ id, ...action }) => <Spotlight.Action key={id} {...action} highlightQuery />)}
          </Spotlight.ActionsGroup>
        ))}
        {actions.length === 0 && <Spotlight.Empty>Nothing fits. Try a phone number, a name or a word that was said.</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
