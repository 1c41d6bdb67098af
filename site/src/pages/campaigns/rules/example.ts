// Rules as the API gives them for new campaigns, for tests.
import { windowsOf } from "./hours";
import { ordinaryRules, type Rules } from "./rules";

export const EXAMPLE: Rules = ordinaryRules({
  calling_hours: {
    windows: windowsOf({ weekdays: [1, 2, 3, 4, 5], from: "09:00", to: "20:00" }),
    zone_of_recipient: "column", unknown_zone: "skip", rules: "auto", holidays: true,
  },
  frequency_caps: [],
  skip_called_within_days: null,
  spend_cap_cents: null,
  starts_per_minute: null,
  ramp_up_secs: null,
  consent: null,
  disclosure: null,
  purpose: "service",
  wishes: { opt_out_field: "opt_out", callback_field: "callback_at" },
  auto_pause: { within_secs: 120, at_least_calls: 5, failed_percent: 50, voicemail_percent: null, no_answer_percent: null, shortest_average_secs: null, provider_down_secs: null, least_credits: null },
  more_phone_lines: [],
  more_agents: [],
});
