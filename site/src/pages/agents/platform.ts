/** The platforms' own names. */
export const PLATFORM: Record<string, string> = { elevenlabs: "ElevenLabs", ultravox: "Ultravox", openai: "OpenAI Realtime" };
