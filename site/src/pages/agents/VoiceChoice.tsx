import { ActionIcon, Alert, Badge, Group, Input, Loader, Radio, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlayerPlay, IconPlayerStop, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { voicePreview, voicesQuery } from "@/api/agents";
import { type Schemas, sentenceOf } from "@/api/client";
import { formatWord } from "@/ui/format";

interface VoiceChoiceProps {
  provider: Schemas["ProviderKind"];
  value: string | null;
  readOnly: boolean;
  error?: ReactNode;
  onChange: (voiceId: string | null) => void;
}

/** Voices of a platform: looked for, read about, listened to, chosen. */
export function VoiceChoice({ provider, value, readOnly, error, onChange }: VoiceChoiceProps) {
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 250);
  const voices = useQuery({ ...voicesQuery(provider, search), placeholderData: keepPreviousData });
  const [playing, setPlaying] = useState<string | null>(null);
  const [silent, setSilent] = useState<string | null>(null);
  const audio = useRef<HTMLAudioElement | null>(null);
  const wanted = useRef<string | null>(null);
  const stop = () => {
    audio.current?.pause();
    if (audio.current) URL.revokeObjectURL(audio.current.src);
    audio.current = null;
    wanted.current = null;
  };
  useEffect(() => stop, []);

  const play = async (voice: Schemas["Voice"]) => {
    const again = playing === voice.voice_id;
    stop();
    setSilent(null);
    if (again) return setPlaying(null);
    wanted.current = voice.voice_id;
    setPlaying(voice.voice_id);
    try {
      const sample = await voicePreview(provider, voice.voice_id);
      // Another one was pressed meanwhile.
      if (wanted.current !== voice.voice_id) return;
      const player = new Audio(URL.createObjectURL(sample));
      audio.current = player;
      player.onended = () => setPlaying(null);
      await player.play();
    } catch (reason) {
      // Stopped by the next press.
      if (reason instanceof DOMException && reason.name === "AbortError") return;
      setPlaying(null);
      setSilent(voice.name);
    }
  };

  return (
    <Input.Wrapper label="Voice" description="None: the platform's own choice" error={error} labelElement="div">
      <TextInput
        mt={6} mb="xs" aria-label="Search voices" placeholder="Name, accent, language" leftSection={<IconSearch size={16} />} value={text}
        rightSection={voices.isFetching ? <Loader size="xs" /> : undefined} onChange={(event) => setText(event.currentTarget.value)}
      />
      {voices.error && !voices.data && <Alert color="red" variant="default" role="alert">{sentenceOf(voices.error)}</Alert>}
      {silent && <Alert color="orange" variant="default" mb="xs" role="alert">The sample of {silent} cannot be played at this moment.</Alert>}
      <Radio.Group value={value ?? ""} onChange={(id) => onChange(id || null)} aria-label="Voice">
        <ScrollArea.Autosize mah={300} type="auto" offsetScrollbars viewportProps={{ tabIndex: 0 }}>
          <Stack gap={6}>
            {text === "" && <Radio value="" label="The platform's own choice" disabled={readOnly} />}
            {value && voices.data && !voices.data.some(({ voice_id: id }) => id === value) && <Radio value={value} label={`Chosen now (${value})`} disabled={readOnly} />}
            {voices.data?.map((voice) => (
              <Group key={voice.voice_id} justify="space-between" wrap="nowrap" gap="sm">
                <Radio
                  value={voice.voice_id} disabled={readOnly}
                  label={
                    <Group gap={6} component="span">
                      <Text span size="sm" fw={550}>{voice.name}</Text>
                      {Object.values(voice.labels).slice(0, 4).map((label) => <Badge key={label} size="xs" component="span">{formatWord(label)}</Badge>)}
                      {voice.description && <Text span size="xs" c="dimmed">{voice.description.replaceAll("_", " ")}</Text>}
                    </Group>
                  }
                />
                {voice.has_preview && (
                  <ActionIcon
                    variant="default" radius="xl" aria-pressed={playing === voice.voice_id}
                    aria-label={playing === voice.voice_id ? `Stop the sample of ${voice.name}` : `Listen to ${voice.name}`} onClick={() => void play(voice)}
                  >
                    {playing === voice.voice_id ? <IconPlayerStop size={15} /> : <IconPlayerPlay size={15} />}
                  </ActionIcon>
                )}
              </Group>
            ))}
            {voices.data?.length === 0 && <Text size="sm" c="dimmed">No voice fits.</Text>}
          </Stack>
        </ScrollArea.Autosize>
      </Radio.Group>
    </Input.Wrapper>
  );
}
