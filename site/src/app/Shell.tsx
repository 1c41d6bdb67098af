// The frame around every page: where to go, who is looking, whether what is shown is live.
import { AppShell, Badge, Box, Burger, Group, Kbd, ScrollArea, Stack, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import {
  IconActivity, IconAddressBook, IconAlertTriangle, IconLayoutDashboard, IconPhone, IconPhoneIncoming, IconPhoneOutgoing, IconRobot, IconRoute, IconSearch,
  IconSettings, IconSpeakerphone, IconStack2, IconWebhook, type Icon,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { useConfig } from "@/session/ConfigContext";
import { meQuery, useMay } from "@/session/me";
import { Logo } from "@/ui/Logo";
import { NavItem } from "@/ui/links";
import { Failure } from "@/ui/states";
import { AttentionCount } from "./AttentionCount";
import { LiveMark } from "./LiveMark";
import { Person } from "./Person";

const CommandPalette = lazy(() => import("./CommandPalette"));
const Overlays = lazy(() => import("./Overlays"));

const PLACES: { to: string; label: string; icon: Icon; only?: "operator" }[] = [
  { to: "/", label: "Dashboard", icon: IconLayoutDashboard },
  { to: "/calls", label: "Calls", icon: IconPhone },
  { to: "/inbound", label: "Inbound", icon: IconPhoneIncoming },
  { to: "/callbacks", label: "Callbacks", icon: IconPhoneOutgoing },
  { to: "/campaigns", label: "Campaigns", icon: IconSpeakerphone },
  { to: "/contacts", label: "Contacts", icon: IconAddressBook },
  { to: "/agents", label: "Agents", icon: IconRobot },
  { to: "/routing", label: "Routing", icon: IconRoute },
  { to: "/queue", label: "Queue", icon: IconStack2 },
  { to: "/attention", label: "Attention", icon: IconAlertTriangle },
  { to: "/monitoring", label: "Monitoring", icon: IconActivity },
  { to: "/event-targets", label: "Event targets", icon: IconWebhook, only: "operator" },
  { to: "/settings", label: "Settings", icon: IconSettings },
];

function isHere(path: string, to: string): boolean {
  return to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`);
}

export function Shell() {
  const config = useConfig();
  const path = useLocation({ select: (location) => location.pathname });
  const [opened, { toggle, close }] = useDisclosure(false);
  const [palette, setPalette] = useState(false);
  const me = useQuery(meQuery);
  const operates = useMay("operator");
  useHotkeys([["mod+K", () => setPalette(true)], ["/", () => setPalette(true)]]);
  useEffect(close, [path, close]);

  return (
    <AppShell navbar={{ width: 244, breakpoint: "sm", collapsed: { mobile: !opened } }} header={{ height: 52 }} padding={{ base: "md", lg: "xl" }}>
      <a className="skip-link" href="#content">To the content</a>
      <AppShell.Header hiddenFrom="sm">
        <Group h="100%" px="md" justify="space-between">
          <Group gap="xs"><Logo size={24} /><Text fw={680}>Switchboard</Text></Group>
          <Burger opened={opened} onClick={toggle} size="sm" aria-label={opened ? "Close the menu" : "Open the menu"} aria-expanded={opened} />
        </Group>
      </AppShell.Header>

      <AppShell.Navbar p="sm" aria-label="Main" style={{ top: "var(--switchboard-nav-top)", height: "calc(100dvh - var(--switchboard-nav-top))" }}>
        <AppShell.Section visibleFrom="sm" px="xs" py={6}>
          <Group gap={9} wrap="nowrap">
            <Logo size={26} />
            <Text fw={680} size="lg">Switchboard</Text>
            {config.environment !== "" && config.environment !== "production" && <Badge size="xs" flex="none" maw="6.5rem" title={config.environment}>{config.environment}</Badge>}
          </Group>
        </AppShell.Section>
        <AppShell.Section my="sm">
          <UnstyledButton className="search-button" onClick={() => setPalette(true)} aria-keyshortcuts="Control+K Meta+K">
            <Group justify="space-between" wrap="nowrap">
              <Group gap="xs" wrap="nowrap"><IconSearch size={16} aria-hidden /><Text size="sm" style={{ whiteSpace: "nowrap" }}>Search anything</Text></Group>
              <Kbd size="xs" aria-hidden style={{ whiteSpace: "nowrap" }}>Ctrl K</Kbd>
            </Group>
          </UnstyledButton>
        </AppShell.Section>
        <AppShell.Section grow component={ScrollArea}>
          <Stack gap={2}>
            {PLACES.filter(({ only }) => only === undefined || operates).map(({ to, label, icon: IconOf }) => (
              <NavItem
                key={to} to={to} label={label} leftSection={<IconOf size={18} stroke={1.7} aria-hidden />}
                rightSection={to === "/attention" ? <AttentionCount /> : undefined}
                active={isHere(path, to)} aria-current={isHere(path, to) ? "page" : undefined}
                styles={{ root: { borderRadius: 8 } }} fw={550}
              />
            ))}
          </Stack>
        </AppShell.Section>
        <AppShell.Section>
          <LiveMark />
          <Person />
        </AppShell.Section>
      </AppShell.Navbar>

      <AppShell.Main pt={{ base: 68, sm: "lg" }}>
        <Box id="content" maw={1440} mx="auto" tabIndex={-1} style={{ outline: "none" }}>
          {/* Somebody whose role shows nothing is told so once, not by every page. */}
          {me.error && !me.data ? <Failure error={me.error} retry={() => void me.refetch()} /> : <Outlet />}
        </Box>
      </AppShell.Main>
      <Suspense fallback={null}>
        <Overlays />
        {palette && <CommandPalette onClose={() => setPalette(false)} />}
      </Suspense>
    </AppShell>
  );
}
