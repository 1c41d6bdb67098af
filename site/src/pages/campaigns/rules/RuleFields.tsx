// When, how often and how a campaign calls: the same fields for a new one, for one that runs and for those to come.
import { Accordion, Button, Group, MultiSelect, SimpleGrid, Stack, Text } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";
import type { ContactList } from "@/api/contacts";
import { formatWord } from "@/ui/format";
import { MaybeNumberField, NumberField } from "@/ui/NumberField";
import { AgentFields } from "./AgentFields";
import { FirstWords } from "./FirstWords";
import { HourFields } from "./HourFields";
import { LineFields } from "./LineFields";
import { PaceFields } from "./PaceFields";
import { PauseFields } from "./PauseFields";
import { RetryFields } from "./RetryFields";
import { type CampaignRules, ordinaryRules, type Outcome, OUTCOMES, problemsOf, retriedOutcomes, type RetryPolicy, type Rules } from "./rules";
import { WhoFields } from "./WhoFields";
import { WishFields } from "./WishFields";
import { type Group as RuleGroup, groupsThatDiffer, NAME_OF_GROUP, wordsOfGroup } from "./words";

/** What the campaign calls with, and whom. */
export interface Called {
  agentId: string | null;
  lineId: string | null;
  lists: ContactList[];
}

interface RuleFieldsProps {
  rules: Rules;
  onChange: (rules: Rules) => void;
  /** What a new campaign has; what differs from it is said. */
  defaults: CampaignRules;
  /** None: they are the rules of campaigns to come. */
  called?: Called;
}

const MINUTE = 60;
const DOLLAR = 100;
const WEEK = 7 * 24;

export function RuleFields({ rules: all, onChange, defaults, called }: RuleFieldsProps) {
  const { rules, retry } = all;
  const id = useId();
  // What was never unfolded asks for nothing.
  const [seen, setSeen] = useState<string[]>([]);
  const problems = problemsOf(all);
  const ordinary = ordinaryRules(defaults);
  const setRules = (part: Partial<CampaignRules>) => onChange({ ...all, rules: { ...rules, ...part } });
  const weekly = rules.frequency_caps.find(({ hours }) => hours === WEEK);
  const otherCaps = rules.frequency_caps.filter(({ hours }) => hours !== WEEK);
  const folded: [RuleGroup, ReactNode][] = [
    ["who", <WhoFields key="who" rules={rules} problems={problems} called={called} onChange={setRules} />],
    ...(called ? [["retry", <RetryFields key="retry" retry={retry} onChange={(next) => onChange({ ...all, retry: next })} />] satisfies [RuleGroup, ReactNode]] : []),
    ["pace", <PaceFields key="pace" all={all} problems={problems} weighted={called !== undefined} onChange={onChange} />],
    ["pause", <PauseFields key="pause" pause={rules.auto_pause} usual={defaults.auto_pause} problem={problems["pause"]} onChange={(auto_pause) => setRules({ auto_pause })} />],
    ["words", <FirstWords key="words" disclosure={rules.disclosure} onChange={(disclosure) => setRules({ disclosure })} />],
    ["wishes", <WishFields key="wishes" wishes={rules.wishes} usual={defaults.wishes} agentId={called?.agentId} onChange={(wishes) => setRules({ wishes })} />],
  ];
  if (called) {
    folded.push(
      ["agents", <AgentFields key="agents" more={rules.more_agents} ownId={called.agentId} onChange={(more_agents) => setRules({ more_agents })} />],
      ["lines", <LineFields key="lines" more={rules.more_phone_lines} ownId={called.lineId} onChange={(more_phone_lines) => setRules({ more_phone_lines })} />],
    );
  }
  const shown = folded.map(([group]) => group);
  const differing = groupsThatDiffer(all, ordinary).filter((group) => shown.includes(group));
  return (
    <Stack gap="lg">
      <HourFields hours={rules.calling_hours} problem={problems["hours"]} onChange={(calling_hours) => setRules({ calling_hours })} />
      {called && <Attempts retry={retry} problem={problems["retry"]} onChange={(next) => onChange({ ...all, retry: next })} />}
      <SimpleGrid cols={{ base: 1, xs: called ? 3 : 2 }}>
        {called && (
          <MaybeNumberField
            label="Calls at one time" description="Empty: only the queue's limit" min={1} max={1_000} value={all.concurrency_limit} error={problems["limit"]}
            onChange={(concurrency_limit) => onChange({ ...all, concurrency_limit })}
          />
        )}
        <MaybeNumberField
          label="Calls to one person a week" description="Over all campaigns; empty: no cap" min={1} max={100} value={weekly?.calls}
          onChange={(calls) => setRules({ frequency_caps: calls === null ? otherCaps : [...otherCaps, { calls, hours: WEEK }] })}
        />
        <MaybeNumberField
          label="Cost at most" description="US dollars; empty: no cap" min={0} prefix="$" per={DOLLAR} value={rules.spend_cap_cents}
          onChange={(spend_cap_cents) => setRules({ spend_cap_cents })}
        />
      </SimpleGrid>
      <div>
        <Group justify="space-between" mb="xs" wrap="nowrap">
          <Text size="sm" c="dimmed">
            {differing.length === 0 ? (called ? "All others are the default rules." : "Folded away, and seldom changed.") : `${called ? "Not the default rules" : "Not saved yet"}: ${differing.map((group) => NAME_OF_GROUP[group].toLowerCase()).join(", ")}.`}
          </Text>
          {called && differing.length > 0 && <Button size="compact-xs" variant="subtle" flex="none" onClick={() => onChange(back(all, ordinary, differing))}>Back to the default rules</Button>}
        </Group>
        <Accordion multiple variant="separated" radius="md" order={3} chevronPosition="left" onChange={(open) => setSeen([...new Set([...seen, ...open])])}>
          {folded.map(([group, fields]) => (
            <Accordion.Item key={group} value={group}>
              <Accordion.Control aria-label={NAME_OF_GROUP[group]} aria-describedby={`${id}-${group}`}>
                <Text fw={550} size="sm">{NAME_OF_GROUP[group]}</Text>
                <Summary id={`${id}-${group}`} words={wordsOfGroup(all, group)} changed={differing.includes(group)} problem={problemIn(group, problems)} />
              </Accordion.Control>
              <Accordion.Panel>{seen.includes(group) && fields}</Accordion.Panel>
            </Accordion.Item>
          ))}
        </Accordion>
      </div>
    </Stack>
  );
}

/** The problem that a folded group hides. */
function problemIn(group: RuleGroup, problems: Record<string, string>): string | undefined {
  const fields: Partial<Record<RuleGroup, string[]>> = { who: ["consent", "consentDate"], pace: ["ramp", "weight"], pause: ["pause"] };
  return fields[group]?.map((field) => problems[field]).find(Boolean);
}

function Summary({ id, words, changed, problem }: { id: string; words: string; changed: boolean; problem: string | undefined }) {
  if (problem) return <Text id={id} size="xs" c="var(--mantine-color-error)">{problem}</Text>;
  return <Text id={id} size="xs" c={changed ? undefined : "dimmed"} lineClamp={2}>{words}</Text>;
}

/** The rules with some groups as they would be if nobody had changed them. */
function back(all: Rules, ordinary: Rules, groups: RuleGroup[]): Rules {
  const { rules: usual } = ordinary;
  return groups.reduce<Rules>((now, group) => {
    const part = (fields: Partial<CampaignRules>): Rules => ({ ...now, rules: { ...now.rules, ...fields } });
    switch (group) {
      case "who":
        return part({ purpose: usual.purpose, consent: usual.consent, skip_called_within_days: usual.skip_called_within_days, frequency_caps: usual.frequency_caps });
      case "retry":
        return { ...now, retry: ordinary.retry };
      case "pace":
        return { ...part({ starts_per_minute: usual.starts_per_minute, ramp_up_secs: usual.ramp_up_secs }), weight: ordinary.weight };
      case "pause":
        return part({ auto_pause: usual.auto_pause });
      case "words":
        return part({ disclosure: usual.disclosure });
      case "wishes":
        return part({ wishes: usual.wishes });
      case "agents":
        return part({ more_agents: usual.more_agents });
      case "lines":
        return part({ more_phone_lines: usual.more_phone_lines });
    }
  }, all);
}

interface AttemptsProps {
  retry: RetryPolicy;
  problem: string | undefined;
  onChange: (retry: RetryPolicy) => void;
}

function Attempts({ retry, problem, onChange }: AttemptsProps) {
  const own = retry.by_outcome ?? {};
  const once = retry.max_attempts <= 1;
  // An outcome with a way of its own is tried again too; taken out here, it loses it.
  const choose = (outcomes: Outcome[]) =>
    onChange({ ...retry, retry_on: outcomes, by_outcome: Object.fromEntries(Object.entries(own).filter(([outcome]) => outcomes.includes(outcome as Outcome))) });
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }}>
      <NumberField
        label="Attempts per person" min={1} max={10} value={retry.max_attempts} error={problem} clampBehavior="strict" onChange={(max_attempts) => onChange({ ...retry, max_attempts })}
      />
      <NumberField
        label="Minutes between attempts" min={1} max={10_080} per={MINUTE} value={retry.delay_secs} disabled={once} onChange={(delay_secs) => onChange({ ...retry, delay_secs })}
      />
      <MultiSelect
        label="Try again after" data={OUTCOMES.map((value) => ({ value, label: formatWord(value) }))} disabled={once}
        value={once ? retry.retry_on.filter((outcome) => OUTCOMES.includes(outcome)) : retriedOutcomes(retry)} onChange={(outcomes) => choose(outcomes as Outcome[])}
      />
    </SimpleGrid>
  );
}
