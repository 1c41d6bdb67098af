import { Alert, Badge, Group, Skeleton, Stack, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type Call, recordingQuery, transcriptQuery } from "@/api/calls";
import type { Schemas } from "@/api/client";
import { Dot, isLive } from "@/ui/Status";
import { formatDuration } from "@/ui/format";
import { Failure, Lines, Loaded, Section } from "@/ui/states";
import "./conversation.css";

interface ConversationProps {
  call: Call;
  seek: { to: number } | null;
  onSeek: (seconds: number) => void;
}

/** The recording and what was said; a line of it plays from there. */
export function Conversation({ call, seek, onSeek }: ConversationProps) {
  const transcript = useQuery(transcriptQuery(call.call_id, call.results_complete));
  const [playedTo, setPlayedTo] = useState(-1);
  const canPlay = call.recording.state === "stored";
  return (
    <Section title="Conversation" aside={!call.results_complete && isLive(call.status) && <Dot tone="live" label="Live" moving />}>
      <Stack>
        <Player call={call} seek={seek} onTime={setPlayedTo} />
        <Loaded query={transcript} waiting={<Lines count={5} />}>
          {({ turns }) =>
            turns.length === 0 ? (
              <Text size="sm" c="dimmed">
                {isLive(call.status) || !call.results_complete ? "What is said appears here within a minute after the call." : "Nothing was said."}
              </Text>
            ) : (
              <ol className="turns">
                {turns.map((turn, index) => {
                  const until = turns[index + 1]?.at_secs ?? Infinity;
                  const spoken = playedTo >= turn.at_secs && playedTo < until;
                  return <Turn key={index} turn={turn} current={spoken} onSeek={canPlay ? onSeek : undefined} />;
                })}
              </ol>
            )
          }
        </Loaded>
      </Stack>
    </Section>
  );
}

interface TurnProps {
  turn: Schemas["TranscriptTurn"];
  current: boolean;
  onSeek: ((seconds: number) => void) | undefined;
}

function Turn({ turn, current, onSeek }: TurnProps) {
  const speaker = turn.speaker === "agent" ? "Agent" : "Person";
  const time = formatDuration(turn.at_secs);
  const said = (
    <>
      <Group gap="xs" mb={2}>
        <Text span size="xs" fw={620}>{speaker}</Text>
        <Text span size="xs" c="dimmed" className="number">{time}</Text>
        {turn.interrupted && <Badge size="xs">interrupted</Badge>}
        {turn.tools.map((tool) => <Badge key={tool} size="xs">{tool}</Badge>)}
      </Group>
      <Text size="sm">{turn.message}</Text>
    </>
  );
  return (
    <li className="turn" data-speaker={turn.speaker} data-current={current || undefined}>
      {onSeek ? (
        <UnstyledButton className="turn-line" onClick={() => onSeek(turn.at_secs)} aria-label={`Play from ${time}. ${speaker}: ${turn.message}`}>
          {said}
        </UnstyledButton>
      ) : (
        <div className="turn-line">{said}</div>
      )}
    </li>
  );
}

const WHY_SILENT: Record<Schemas["RecordingState"], string> = {
  pending: "The recording is on its way.",
  none: "There is no recording of this call.",
  lost: "The platform promised a recording and it never came, however often it was asked for.",
  stored: "",
};

function Player({ call, seek, onTime }: { call: Call; seek: { to: number } | null; onTime: (seconds: number) => void }) {
  const stored = call.recording.state === "stored";
  const link = useQuery({ ...recordingQuery(call.call_id), enabled: stored });
  const audio = useRef<HTMLAudioElement>(null);
  const [broken, setBroken] = useState(false);

  useEffect(() => {
    const player = audio.current;
    if (!player || !seek) return;
    player.currentTime = seek.to;
    // Refused before anybody touched the page; the place is kept all the same.
    player.play().catch(() => undefined);
  }, [seek]);

  if (!stored) {
    return isLive(call.status) ? null : <Text size="sm" c="dimmed">{WHY_SILENT[call.recording.state]}</Text>;
  }
  if (link.error) return <Failure error={link.error} retry={() => void link.refetch()} />;
  if (!link.data) return <Skeleton height={54} radius="xl" />;
  return (
    <>
      {call.recording.whole === false && (
        <Alert color="orange" variant="default">The recording is shorter than the call: a part of it is missing.</Alert>
      )}
      {/* What is said is written below. */}
      <audio
        ref={audio} controls preload="metadata" src={link.data.url} style={{ width: "100%" }} aria-label="Recording of the call"
        onTimeUpdate={(event) => onTime(event.currentTarget.currentTime)}
        onError={() => {
          // A link grows old; a new one is asked for once.
          if (!broken) void link.refetch();
          setBroken(true);
        }}
      />
    </>
  );
}
