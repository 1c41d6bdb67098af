import { Alert, Badge, Group, Skeleton, Stack, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
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
  // The receptionist writes while people talk; other agents' words come when it is over.
  const spokenNow = isLive(call.status) && (call.reception != null || (transcript.data?.turns.length ?? 0) > 0);
  return (
    <Section title="Conversation" aside={!call.results_complete && isLive(call.status) && <Dot tone="live" label="Live" moving />}>
      <Stack>
        <Player call={call} seek={seek} onTime={setPlayedTo} />
        <Loaded query={transcript} waiting={<Lines count={5} />}>
          {({ turns }) =>
            turns.length === 0 ? (
              <Text size="sm" c="dimmed">
                {spokenNow ? "What is said appears here while it is said." : isLive(call.status) || !call.results_complete ? "What is said appears here within a minute after the call." : "Nothing was said."}
              </Text>
            ) : (
              <Follow count={turns.length} live={spokenNow}>
                <ol className="turns">
                  {turns.map((turn, index) => {
                    const until = turns[index + 1]?.at_secs ?? Infinity;
                    const spoken = playedTo >= turn.at_secs && playedTo < until;
                    return <Turn key={turn.index ?? index} turn={turn} current={spoken} onSeek={canPlay ? onSeek : undefined} />;
                  })}
                </ol>
              </Follow>
            )
          }
        </Loaded>
      </Stack>
    </Section>
  );
}

/** Nearer to its end than so many pixels, somebody reads along. */
const AT_END = 80;

/** While people talk: what is new is read out, and the last line stays in sight of those who read along. */
function Follow({ count, live, children }: { count: number; live: boolean; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const readsAlong = useRef(true);
  useEffect(() => {
    if (live && readsAlong.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [count, live]);
  if (!live) return children;
  return (
    <div
      ref={box} className="turns-live" role="log" aria-label="What is said" tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        readsAlong.current = scrollHeight - scrollTop - clientHeight < AT_END;
      }}
    >
      {children}
    </div>
  );
}

interface TurnProps {
  turn: Schemas["TranscriptTurn"];
  current: boolean;
  onSeek: ((seconds: number) => void) | undefined;
}

/** The words of a turn that the platform never sent. */
const UNHEARD = "What was said here could not be written down.";

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
      {turn.message !== "" ? <Text size="sm">{turn.message}</Text> : turn.tools.length === 0 && <Text size="sm" c="dimmed" fs="italic">{UNHEARD}</Text>}
    </>
  );
  return (
    <li className="turn" data-speaker={turn.speaker} data-current={current || undefined}>
      {onSeek ? (
        <UnstyledButton className="turn-line" onClick={() => onSeek(turn.at_secs)} aria-label={`Play from ${time}. ${speaker}: ${turn.message || UNHEARD}`}>
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
