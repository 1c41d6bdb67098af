#!/bin/sh
# Places one call and waits for its outcome. Needs curl and jq.
#   BASE_URL=http://127.0.0.1:8080 TOKEN=$(make -s token) docs/examples/place_call.sh +14155550100
set -eu

get() { curl -sS --fail-with-body "$BASE_URL$1" -H "authorization: Bearer $TOKEN"; }

post() { # path, body, key: sent again with the same key, it happens once
  curl -sS --fail-with-body --retry 3 "$BASE_URL$1" -d "$2" \
    -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -H "idempotency-key: $3"
}

agent=$(get '/api/agents?provider=elevenlabs&limit=1' | jq -r '.items[0].agent_id')
line=$(get /api/phone-lines | jq -r '[.items[] | select(.supports_outbound and .provider == "elevenlabs")][0].phone_line_id')
body=$(jq -n --arg number "$1" --arg agent "$agent" --arg line "$line" \
  '{phone_number: $number, agent_id: $agent, phone_line_id: $line, variables: {name: "Ana"}}')

call=$(post /api/calls "$body" "order-4711-$1" | jq -r .call_id)
while :; do
  status=$(get "/api/calls/$call" | jq -r .status)
  case $status in queued | placing | unconfirmed | in_progress) sleep 1 ;; *) break ;; esac
done
echo "$call: $status"
get "/api/calls/$call/transcript" | jq -r '.turns[] | "\(.speaker): \(.message)"'
