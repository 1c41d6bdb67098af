import { ActionIcon, Alert, Badge, Button, Group, Input, Loader, Radio, ScrollArea, Select, Stack, Text, TextInput, VisuallyHidden } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlayerPlay, IconPlayerStop, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { voiceQuery, voicesQuery } from "@/api/agents";
import { type Schemas, sentenceOf } from "@/api/client";
import { formatLanguage, formatWord } from "@/ui/format";
import { languages } from "./languages";
import { type Sample, useSample } from "./sample";

interface VoiceChoiceProps {
  provider: Schemas["ProviderKind"];
  /** The agent's language: voices that speak it are shown first. */
  language: string;
  value: string | null;
  /** The platform has the chosen voice no longer. */
  gone: boolean;
  readOnly: boolean;
  error?: ReactNode;
  onChange: (voiceId: string | null) => void;
}

const primary = (code: string) => code.split("-")[0] ?? code;

/** Voices of a platform: looked for, read about, listened to, chosen. */
export function VoiceChoice({ provider, language, value, gone, readOnly, error, onChange }: VoiceChoiceProps) {
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 250);
  // None: that of the agent, also when it changes.
  const [chosen, setChosen] = useState<string | null>(null);
  const spoken = chosen ?? primary(language);
  const voices = useInfiniteQuery({ ...voicesQuery({ provider, search, language: spoken }), placeholderData: keepPreviousData });
  const shown = voices.data?.pages.flatMap(({ items }) => items);
  const elsewhere = value !== null && shown !== undefined && !shown.some(({ voice_id: id }) => id === value);
  const now = useQuery({ ...voiceQuery(provider, value ?? ""), enabled: elsewhere && !gone }).data;
  const sample = useSample();
  return (
    <Input.Wrapper label="Voice" description="None: the platform's own choice" error={error} labelElement="div">
      {gone && (
        <Alert color="orange" variant="default" my="xs" title="Its voice is gone">The platform has the chosen voice no longer. Choose another one and save.</Alert>
      )}
      <Group mt={6} mb="xs" gap="sm">
        <TextInput
          aria-label="Search voices" placeholder="Name, accent, style" leftSection={<IconSearch size={16} />} value={text} flex="1 1 220px"
          rightSection={voices.isFetching ? <Loader size="xs" /> : undefined} onChange={(event) => setText(event.currentTarget.value)}
        />
        <Select
          aria-label="Language of the voices" w={190} searchable allowDeselect={false} value={spoken} onChange={(next) => setChosen(next ?? "")}
          data={[{ value: "", label: "Any language" }, ...languages(spoken || undefined)]}
        />
      </Group>
      {voices.error && !voices.data && <Alert color="red" variant="default" role="alert">{sentenceOf(voices.error)}</Alert>}
      {sample.problem && <Alert color="orange" variant="default" mb="xs" role="alert">{sample.problem}</Alert>}
      <Radio.Group value={value ?? ""} onChange={(id) => onChange(id || null)} label={<VisuallyHidden>Voice</VisuallyHidden>}>
        <ScrollArea.Autosize mah={300} type="auto" offsetScrollbars viewportProps={{ tabIndex: 0 }}>
          <Stack gap={6}>
            {text === "" && <Radio value="" label="The platform's own choice" disabled={readOnly} />}
            {elsewhere && (now ? <VoiceRow voice={now} sample={sample} readOnly={readOnly} /> : <Radio value={value} label={`Chosen now (${value})`} disabled={readOnly} />)}
            {shown?.map((voice) => <VoiceRow key={voice.voice_id} voice={voice} sample={sample} readOnly={readOnly} />)}
            {shown?.length === 0 && (
              <Group gap="xs">
                <Text size="sm" c="dimmed">No voice fits{spoken && ` that speaks ${formatLanguage(spoken)}`}.</Text>
                {spoken && <Button size="compact-xs" variant="default" onClick={() => setChosen("")}>Look in any language</Button>}
              </Group>
            )}
            {voices.hasNextPage && (
              <div><Button size="compact-sm" variant="default" loading={voices.isFetchingNextPage} onClick={() => void voices.fetchNextPage()}>Show more voices</Button></div>
            )}
          </Stack>
        </ScrollArea.Autosize>
      </Radio.Group>
    </Input.Wrapper>
  );
}

function VoiceRow({ voice, sample, readOnly }: { voice: Schemas["Voice"]; sample: Sample; readOnly: boolean }) {
  const playing = sample.playing?.voiceId === voice.voice_id;
  const labels = Object.entries(voice.labels).filter(([name]) => name !== "language").slice(0, 3);
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm">
      <Radio
        value={voice.voice_id} disabled={readOnly}
        label={
          <Group gap={6} component="span">
            <Text span size="sm" fw={550}>{voice.name}</Text>
            {voice.languages.slice(0, 3).map((code) => <Badge key={code} size="xs" component="span">{formatLanguage(code)}</Badge>)}
            {labels.map(([name, label]) => <Badge key={name} size="xs" color="gray" component="span">{formatWord(label)}</Badge>)}
            {voice.description && <Text span size="xs" c="dimmed">{voice.description.replaceAll("_", " ")}</Text>}
          </Group>
        }
      />
      {voice.has_preview && (
        <ActionIcon
          variant="default" radius="xl" aria-pressed={playing} loading={playing && sample.playing?.loading}
          aria-label={playing ? `Stop the sample of ${voice.name}` : `Listen to ${voice.name}`} onClick={() => sample.toggle(voice)}
        >
          {playing ? <IconPlayerStop size={15} /> : <IconPlayerPlay size={15} />}
        </ActionIcon>
      )}
    </Group>
  );
}
