import { Avatar, Group, Menu, SegmentedControl, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconLogout } from "@tabler/icons-react";
import { useConfig } from "@/session/ConfigContext";
import { useMe } from "@/session/me";
import { session } from "@/session/session";

/** Who is signed in, the colours, and the way out. */
export function Person() {
  const config = useConfig();
  const me = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = async () => {
    const { signOutAddress } = await import("@/session/oidc");
    const address = await signOutAddress(config);
    session.end("signed-out");
    if (address) window.location.assign(address);
  };
  const name = me?.name ?? me?.subject ?? "";
  return (
    <Menu position="top-start" width={220} withinPortal>
      <Menu.Target>
        <UnstyledButton w="100%" p="xs" aria-label={`You are ${name}`}>
          <Group gap="sm" wrap="nowrap">
            <Avatar size={30} name={name} color="iris" variant="default" aria-hidden />
            <div style={{ minWidth: 0 }}>
              <Text size="sm" fw={550} truncate>{name}</Text>
              <Text size="xs" c="dimmed" tt="capitalize">{me?.role}</Text>
            </div>
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Colours</Menu.Label>
        <SegmentedControl
          fullWidth size="xs" m={6} value={colorScheme} onChange={(value) => setColorScheme(value as typeof colorScheme)}
          data={[{ value: "light", label: "Light" }, { value: "dark", label: "Dark" }, { value: "auto", label: "System" }]}
          aria-label="Colours"
        />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
