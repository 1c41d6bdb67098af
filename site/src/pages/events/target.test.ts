import { describe, expect, it } from "vitest";
import type { Delivery, EventTarget } from "@/api/events";
import {
  answerOf, CHOICES, formatTook, hostOf, momentHere, nameOf, problemOfUrl, readTargetSearch, replayAll, stateOf, stateOfDelivery,
} from "./target";

const target: EventTarget = {
  target_id: "tgt_1", url: "https://hooks.example.com:8443/in", types: ["call.ended"], enabled: true, secret_version: 1, version: 1,
  created_at: "2026-11-20T12:00:00Z", updated_at: "2026-11-20T12:00:00Z",
};
const delivery: Delivery = {
  target_id: "tgt_1", event_id: "evt_1", event_type: "call.ended", occurred_at: "2026-11-20T12:00:00Z", created_at: "2026-11-20T12:00:00Z",
  status: "pending", attempts: 0, replays: 0, log: [], version: 1,
};

describe("an address", () => {
  it("is https, and says what would be right", () => {
    expect(problemOfUrl(" https://example.com/events ")).toBeNull();
    expect(problemOfUrl("http://127.0.0.1:4000/events")).toBeNull();
    expect(problemOfUrl("")).toContain("Write the address");
    expect(problemOfUrl("example.com/events")).toContain("whole address");
    expect(problemOfUrl("http://example.com/")).toContain("https://");
    expect(problemOfUrl("ftp://example.com/")).toContain("https://");
    expect(problemOfUrl("https://ana:secret@example.com/")).toContain("password");
    expect(problemOfUrl("https://example.com/#here")).toContain("#");
    expect(problemOfUrl(`https://example.com/${"a".repeat(2_000)}`)).toContain("2,000");
  });
  it("has a host and a name", () => {
    expect(hostOf(target.url)).toBe("hooks.example.com:8443");
    expect(hostOf("nothing")).toBe("nothing");
    expect(nameOf(target)).toBe("hooks.example.com:8443");
    expect(nameOf({ ...target, description: " " })).toBe("hooks.example.com:8443");
    expect(nameOf({ ...target, description: "Our CRM" })).toBe("Our CRM");
  });
});

describe("what a page's address says", () => {
  it("is read, and nonsense is left out", () => {
    expect(readTargetSearch({ status: "dead", delivery: "evt_0a1b" })).toEqual({ status: "dead", delivery: "evt_0a1b" });
    expect(readTargetSearch({ status: "gone", delivery: "../secrets" })).toEqual({});
    expect(readTargetSearch({ delivery: 7 })).toEqual({});
  });
});

describe("words", () => {
  it("leave the test out of what can be chosen", () => {
    expect(CHOICES).toEqual(["call.ended", "recipient.final", "campaign.finished", "opt_out.created", "callback.booked", "ticket.requested"]);
  });
  it("tell a target that a person turned off from one that the system did", () => {
    expect(stateOf(target).label).toBe("On");
    expect(stateOf({ ...target, enabled: false }).label).toBe("Off");
    const off = { at: "2026-11-20T12:00:00Z", reason: "410" };
    expect(stateOf({ ...target, enabled: false, turned_off: off }).label).toBe("Switched off");
  });
  it("tell one that was never tried from one that failed", () => {
    expect(stateOfDelivery(delivery).label).toBe("On its way");
    expect(stateOfDelivery({ ...delivery, attempts: 2 }).label).toBe("Retrying");
    expect(stateOfDelivery({ ...delivery, status: "delivered" }).tone).toBe("good");
    expect(stateOfDelivery({ ...delivery, status: "dead" }).tone).toBe("bad");
  });
  it("say what an attempt came to", () => {
    const attempt = { at: "2026-11-20T12:00:00Z", duration_ms: 12 };
    expect(answerOf({ ...attempt, status: 204 })).toBe("Answered 204");
    expect(answerOf({ ...attempt, status: 500, error: "it answered 500" })).toBe("Answered 500");
    expect(answerOf({ ...attempt, status: 302, error: "it answered with a redirect, which is not followed" })).toBe(
      "Answered 302: it answered with a redirect, which is not followed",
    );
    expect(answerOf({ ...attempt, error: "no answer within 10 seconds" })).toBe("No answer within 10 seconds");
    expect(answerOf(attempt)).toBe("No answer");
    expect([formatTook(12), formatTook(1_240)]).toEqual(["12 ms", "1.2 s"]);
  });
  it("take a moment that was picked here", () => {
    expect(momentHere("2026-05-03 09:00:00")).toBe(new Date(2026, 4, 3, 9).toISOString());
    expect([momentHere(null), momentHere("soon")]).toEqual([null, null]);
  });
});

describe("sending again since a moment", () => {
  const at = (second: number) => `2026-11-20T12:00:0${second}Z`;
  it("asks until nothing is left", async () => {
    const asked: string[] = [];
    const counts: number[] = [];
    const answers = [{ replayed: 500, continue_since: at(3) }, { replayed: 20 }];
    const all = await replayAll(async (since) => (asked.push(since), answers.shift() ?? { replayed: 0 }), at(0), (count) => counts.push(count), () => true);
    expect([all, asked, counts]).toEqual([520, [at(0), at(3)], [500, 520]]);
  });
  it("stops when somebody stops it, and when an answer does not move on", async () => {
    let goesOn = true;
    const further = async () => ({ replayed: 500, continue_since: at(3) });
    expect(await replayAll(further, at(0), () => (goesOn = false), () => goesOn)).toBe(500);
    expect(await replayAll(further, at(3), () => undefined, () => true)).toBe(500);
  });
});
