import { describe, expect, it } from "vitest";
import { evenly, ownPercent, percentsOf, withPercent } from "./shares";

const agents = (...weights: number[]) => weights.map((weight, index) => ({ agent_id: `agt_${index}`, weight }));

describe("shares of agents", () => {
  it("are percent of all people, the campaign's own agent having a hundred parts", () => {
    expect(percentsOf(agents(100))).toEqual([50]);
    expect(percentsOf(agents(50))).toEqual([33]);
    expect(ownPercent(agents(100, 100))).toBe(34);
  });
  it("are what somebody writes, for each share there can be", () => {
    for (let percent = 1; percent <= 90; percent += 1) expect(percentsOf(withPercent(agents(100), 0, percent))).toEqual([percent]);
    for (let first = 1; first <= 80; first += 1) {
      const two = withPercent(withPercent(agents(10, 10), 0, first), 1, 10);
      expect(percentsOf(two)).toEqual([first, 10]);
    }
  });
  it("leave the campaign's own agent some, and send weights that the API takes", () => {
    const most = withPercent(agents(100), 0, 100);
    expect(ownPercent(most)).toBe(10);
    for (const { weight } of withPercent(agents(100, 100, 100), 1, 100)) {
      expect(weight).toBeGreaterThanOrEqual(1);
      expect(weight).toBeLessThanOrEqual(1_000);
    }
    expect(percentsOf(withPercent(agents(100), 0, 0))).toEqual([1]);
  });
  it("are even when nobody says otherwise", () => expect(percentsOf(evenly(agents(7, 9, 1)))).toEqual([25, 25, 25]));
});
