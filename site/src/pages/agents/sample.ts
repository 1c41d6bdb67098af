// One sample of a voice at a time, heard through the API.
import { useEffect, useRef, useState } from "react";
import { voiceSample } from "@/api/agents";
import { type Schemas, sentenceOf } from "@/api/client";

interface Playing {
  voiceId: string;
  /** It is still on its way. */
  loading: boolean;
}

export interface Sample {
  playing: Playing | null;
  /** Why the last one cannot be heard. */
  problem: string | null;
  /** Plays the sample of a voice, or stops it. */
  toggle: (voice: Schemas["Voice"]) => void;
}

function silence(player: HTMLAudioElement | null): void {
  if (!player) return;
  player.pause();
  URL.revokeObjectURL(player.src);
}

export function useSample(): Sample {
  const [playing, setPlaying] = useState<Playing | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const audio = useRef<HTMLAudioElement | null>(null);
  // What was asked for last: a sample that comes after another press is not played.
  const asked = useRef(0);

  const stop = () => {
    asked.current += 1;
    silence(audio.current);
    audio.current = null;
  };
  useEffect(
    () => () => {
      asked.current += 1;
      silence(audio.current);
    },
    [],
  );

  const play = async (voice: Schemas["Voice"]) => {
    const mine = asked.current;
    const fail = (why: string) => {
      if (mine !== asked.current) return;
      stop();
      setPlaying(null);
      setProblem(`The sample of ${voice.name} cannot be played. ${why}`);
    };
    setPlaying({ voiceId: voice.voice_id, loading: true });
    try {
      const sample = await voiceSample(voice.provider, voice.voice_id);
      if (mine !== asked.current) return;
      const player = new Audio(URL.createObjectURL(sample));
      audio.current = player;
      player.onended = () => {
        stop();
        setPlaying(null);
      };
      player.onerror = () => fail("This browser does not play its kind of audio.");
      await player.play();
      if (mine === asked.current) setPlaying({ voiceId: voice.voice_id, loading: false });
    } catch (error) {
      // Stopped by the next press.
      if (error instanceof DOMException && error.name === "AbortError") return;
      fail(sentenceOf(error));
    }
  };

  return {
    playing,
    problem,
    toggle: (voice) => {
      const stops = playing?.voiceId === voice.voice_id;
      stop();
      setProblem(null);
      setPlaying(null);
      if (!stops) void play(voice);
    },
  };
}
