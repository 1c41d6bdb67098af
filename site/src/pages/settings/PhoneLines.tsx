import { Alert, Badge, Button, Group, Modal, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconPhone, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { phoneLinesQuery, platformsQuery } from "@/api/agents";
import { api, bodyOf, type Schemas } from "@/api/client";
import { For, useMay } from "@/session/me";
import { markFields, useAct } from "@/ui/act";
import { ask } from "@/ui/confirm";
import { formatPhone, formatWord } from "@/ui/format";
import { Loaded, Notice, Section } from "@/ui/states";

type Line = Schemas["PhoneLine"];
type Platform = Schemas["Platform"];

const carrierName = (carrier: Schemas["Carrier"]) => (carrier === "sip_trunk" ? "SIP trunk" : formatWord(carrier));
const TOUCHES = [["phone-lines"]];

/** The numbers that calls come from: those that platforms list, and those that are entered here. */
export function PhoneLines() {
  const lines = useQuery(phoneLinesQuery);
  const platforms = useQuery(platformsQuery).data ?? [];
  const entered = platforms.filter(({ lists_phone_lines: lists }) => !lists);
  const [adding, setAdding] = useState(false);
  const [naming, setNaming] = useState<Line | null>(null);
  return (
    <Section
      title="Phone lines"
      aside={
        entered.length > 0 && (
          <For role="admin"><Button size="compact-sm" leftSection={<IconPlus size={14} />} onClick={() => setAdding(true)}>Add a line</Button></For>
        )
      }
    >
      <Text size="sm" c="dimmed" mb="md">
        {platforms.filter(({ lists_phone_lines: lists }) => lists).map(({ name }) => name).join(", ")} shows its own lines here by itself.
        {entered.length > 0 && ` Those of ${entered.map(({ name }) => name).join(", ")} are entered here.`}
      </Text>
      <Loaded query={lines}>
        {({ items, explanation }) => (
          <Stack>
            {explanation && <Alert color="orange" variant="default">{explanation}</Alert>}
            {items.length === 0 ? (
              <Notice icon={IconPhone} title="No phone lines yet">Connect a number at the platform, or add a line here.</Notice>
            ) : (
              <LineTable lines={items} platforms={platforms} onName={setNaming} />
            )}
          </Stack>
        )}
      </Loaded>
      {adding && <AddLine platforms={entered} onClose={() => setAdding(false)} />}
      {naming && <NameLine line={naming} onClose={() => setNaming(null)} />}
    </Section>
  );
}

function LineTable({ lines, platforms, onName }: { lines: Line[]; platforms: Platform[]; onName: (line: Line) => void }) {
  const manages = useMay("admin");
  const remove = useAct({
    run: (line: Line) => api.DELETE("/api/phone-lines/{phone_line_id}", { params: { path: { phone_line_id: line.phone_line_id } } }),
    done: "The line is deleted.",
    touches: TOUCHES,
  });
  const askToRemove = (line: Line) =>
    ask({
      title: `Delete ${line.label || formatPhone(line.phone_number)}?`,
      children: "No campaign can call from it after that. Nothing changes at the carrier, and its calls stay.",
      confirm: "Delete the line", danger: true, onConfirm: () => remove.mutate(line),
    });
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Number</Table.Th><Table.Th visibleFrom="sm">Platform</Table.Th><Table.Th visibleFrom="sm">Carrier</Table.Th><Table.Th><span className="sr-only">Actions</span></Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map((line) => {
            const platform = platforms.find(({ kind }) => kind === line.provider);
            return (
              <Table.Tr key={line.phone_line_id}>
                <Table.Td>
                  {line.label && <Text size="sm" fw={550}>{line.label}</Text>}
                  <Text size="sm" c={line.label ? "dimmed" : undefined}>{formatPhone(line.phone_number)}</Text>
                </Table.Td>
                <Table.Td visibleFrom="sm"><Badge>{platform?.name ?? formatWord(line.provider)}</Badge></Table.Td>
                <Table.Td visibleFrom="sm">{carrierName(line.carrier)}{!line.supports_outbound && ", inbound only"}</Table.Td>
                <Table.Td ta="right">
                  {manages && platform && !platform.lists_phone_lines && (
                    <Group gap="xs" justify="flex-end" wrap="nowrap">
                      <Button size="compact-sm" variant="default" onClick={() => onName(line)}>Rename</Button>
                      <Button size="compact-sm" variant="default" className="danger" onClick={() => askToRemove(line)}>Delete</Button>
                    </Group>
                  )}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface LineValues {
  provider: Schemas["ProviderKind"];
  phone_number: string;
  label: string;
  carrier: Schemas["Carrier"];
  sip_domain: string;
}

function AddLine({ platforms, onClose }: { platforms: Platform[]; onClose: () => void }) {
  const form = useForm<LineValues>({
    initialValues: { provider: platforms[0]?.kind ?? "ultravox", phone_number: "", label: "", carrier: "twilio", sip_domain: "" },
    validate: {
      phone_number: (number) => (number.trim() === "" ? "Write the number with + and its country code" : null),
      sip_domain: (domain, { carrier }) => (carrier === "sip_trunk" && domain.trim() === "" ? "Name the host of the trunk" : null),
    },
  });
  const add = useAct({
    run: async ({ sip_domain: domain, ...line }: LineValues) =>
      bodyOf(await api.POST("/api/phone-lines", { body: { ...line, ...(line.carrier === "sip_trunk" && { sip_domain: domain.trim() }) } })),
    done: ({ label, phone_number: number }) => `Calls can be placed from ${label || formatPhone(number)} now.`,
    touches: TOUCHES,
    then: onClose,
    failed: (error) => markFields(form, error),
  });
  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>Add a phone line</Text>}>
      <form noValidate onSubmit={form.onSubmit((values) => add.mutate(values))}>
        <Stack>
          <Select
            label="Platform" allowDeselect={false} data={platforms.map(({ kind, name }) => ({ value: kind, label: name }))} {...form.getInputProps("provider")}
          />
          <TextInput
            label="Number" withAsterisk type="tel" placeholder="+14155550199" data-autofocus description="One that the platform may call from"
            {...form.getInputProps("phone_number")}
          />
          <TextInput label="Label" maxLength={200} placeholder="Main line" {...form.getInputProps("label")} />
          <Select
            label="Carrier" allowDeselect={false} {...form.getInputProps("carrier")}
            data={(["twilio", "sip_trunk"] as const).map((value) => ({ value, label: carrierName(value) }))}
          />
          {form.values.carrier === "sip_trunk" && (
            <TextInput label="SIP domain" withAsterisk placeholder="sip.example.com" description="Host of the trunk, and its port if it has one" {...form.getInputProps("sip_domain")} />
          )}
          <Group justify="flex-end"><Button type="submit" loading={add.isPending}>Add the line</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}

function NameLine({ line, onClose }: { line: Line; onClose: () => void }) {
  const [label, setLabel] = useState(line.label);
  const rename = useAct({
    run: async () =>
      bodyOf(await api.PATCH("/api/phone-lines/{phone_line_id}", { params: { path: { phone_line_id: line.phone_line_id } }, body: { label } })),
    touches: TOUCHES,
    then: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>Rename {formatPhone(line.phone_number)}</Text>}>
      <form onSubmit={(event) => { event.preventDefault(); rename.mutate(); }}>
        <Stack>
          <TextInput label="Label" maxLength={200} value={label} data-autofocus onChange={(event) => setLabel(event.currentTarget.value)} />
          <Group justify="flex-end"><Button type="submit" loading={rename.isPending}>Save the label</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
