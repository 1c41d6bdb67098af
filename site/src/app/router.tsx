// Every page and its address; a page's code comes when it is first opened.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { IconError404 } from "@tabler/icons-react";
import { ButtonLink } from "@/ui/links";
import { Failure, Lines, Notice } from "@/ui/states";
import { readCallbackSearch } from "@/pages/callbacks/callback";
import { readCallSearch } from "@/pages/calls/search";
import { readTargetSearch } from "@/pages/events/target";
import { readInboundSearch } from "@/pages/inbound/search";
import { readSpan } from "@/pages/monitoring/span";
import { readTab } from "@/pages/settings/tabs";
import { Shell } from "./Shell";

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <Notice icon={IconError404} title="There is no such page" action={<ButtonLink to="/" variant="default">To the dashboard</ButtonLink>}>
      The address is wrong, or the page has moved.
    </Notice>
  ),
});

const page = <P extends string>(path: P, load: () => Promise<{ default: () => React.ReactNode }>) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) });

const readList = (search: Record<string, unknown>): { list?: string } =>
  typeof search["list"] === "string" ? { list: search["list"] } : {};

const readBeginning = (search: Record<string, unknown>): { list?: string; template?: string } => ({
  ...readList(search),
  ...(typeof search["template"] === "string" && { template: search["template"] }),
});

const calls = createRoute({
  getParentRoute: () => root,
  path: "/calls",
  validateSearch: readCallSearch,
  component: lazyRouteComponent(() => import("@/pages/calls/CallsPage")),
});

const inbound = createRoute({
  getParentRoute: () => root,
  path: "/inbound",
  validateSearch: readInboundSearch,
  component: lazyRouteComponent(() => import("@/pages/inbound/InboundPage")),
});

const callbacks = createRoute({
  getParentRoute: () => root,
  path: "/callbacks",
  validateSearch: readCallbackSearch,
  component: lazyRouteComponent(() => import("@/pages/callbacks/CallbacksPage")),
});

const newCampaign = createRoute({
  getParentRoute: () => root,
  path: "/campaigns/new",
  validateSearch: readBeginning,
  component: lazyRouteComponent(() => import("@/pages/campaigns/NewCampaignPage")),
});

const importContacts = createRoute({
  getParentRoute: () => root,
  path: "/contacts/import",
  validateSearch: readList,
  component: lazyRouteComponent(() => import("@/pages/contacts/ImportPage")),
});

const eventTarget = createRoute({
  getParentRoute: () => root,
  path: "/event-targets/$targetId",
  validateSearch: readTargetSearch,
  component: lazyRouteComponent(() => import("@/pages/events/EventTargetPage")),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  validateSearch: readTab,
  component: lazyRouteComponent(() => import("@/pages/settings/SettingsPage")),
});

const monitoring = createRoute({
  getParentRoute: () => root,
  path: "/monitoring",
  validateSearch: readSpan,
  component: lazyRouteComponent(() => import("@/pages/monitoring/MonitoringPage")),
});

const routes = root.addChildren([
  page("/", () => import("@/pages/dashboard/DashboardPage")),
  calls,
  page("/calls/$callId", () => import("@/pages/calls/CallPage")),
  inbound,
  callbacks,
  page("/routing", () => import("@/pages/routing/RoutingPage")),
  page("/campaigns", () => import("@/pages/campaigns/CampaignsPage")),
  newCampaign,
  page("/campaigns/templates", () => import("@/pages/campaigns/TemplatesPage")),
  page("/campaigns/$campaignId", () => import("@/pages/campaigns/CampaignPage")),
  page("/contacts", () => import("@/pages/contacts/ContactsPage")),
  importContacts,
  page("/contacts/do-not-call", () => import("@/pages/contacts/DoNotCallPage")),
  page("/contacts/do-not-call/import", () => import("@/pages/contacts/DoNotCallImportPage")),
  page("/contacts/$listId", () => import("@/pages/contacts/ContactListPage")),
  page("/agents", () => import("@/pages/agents/AgentsPage")),
  page("/agents/new", () => import("@/pages/agents/NewAgentPage")),
  page("/agents/$agentId", () => import("@/pages/agents/AgentPage")),
  page("/queue", () => import("@/pages/queue/QueuePage")),
  page("/attention", () => import("@/pages/queue/AttentionPage")),
  page("/event-targets", () => import("@/pages/events/EventTargetsPage")),
  eventTarget,
  monitoring,
  settings,
]);

export const router = createRouter({
  routeTree: routes,
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultPendingComponent: () => <Lines />,
  defaultErrorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
