#!/bin/sh
# Uploads a spreadsheet, calls everybody in it, and prints the counts. Needs curl and jq.
#   BASE_URL=http://127.0.0.1:8080 TOKEN=$(make -s token) docs/examples/run_campaign.sh contacts.csv
set -eu
file=$1

get() { curl -sS --fail-with-body "$BASE_URL$1" -H "authorization: Bearer $TOKEN"; }
post() { curl -sS --fail-with-body "$BASE_URL$1" -d "$2" -H "authorization: Bearer $TOKEN" -H 'content-type: application/json'; }
wait_for() { # path, status
  while status=$(get "$1" | jq -r .status) && [ "$status" != "$2" ]; do
    [ "$status" != failed ] || { get "$1" | jq .failure; exit 1; }
    sleep 1
  done
}

# The file goes straight into the bucket, by a link for exactly this length.
made=$(post /api/uploads "$(jq -n --arg name "$(basename "$file")" --argjson bytes "$(wc -c <"$file")" '{file_name: $name, bytes: $bytes, start: true}')")
echo "$made" | jq -r '.put.headers | to_entries[] | "\(.key): \(.value)"' >"${TMPDIR:-/tmp}/headers.$$"
curl -sS --fail-with-body -X PUT --data-binary "@$file" -H "@${TMPDIR:-/tmp}/headers.$$" "$(echo "$made" | jq -r .put.url)"
rm "${TMPDIR:-/tmp}/headers.$$"
upload=$(echo "$made" | jq -r .upload.upload_id)
wait_for "/api/uploads/$upload" completed
list=$(get "/api/uploads/$upload" | jq -r .list_id)

agent=$(get '/api/agents?provider=elevenlabs&limit=1' | jq -r '.items[0].agent_id')
line=$(get /api/phone-lines | jq -r '[.items[] | select(.supports_outbound and .provider == "elevenlabs")][0].phone_line_id')
body=$(jq -n --arg agent "$agent" --arg line "$line" --arg list "$list" \
  '{name: "From a script", agent_id: $agent, phone_line_id: $line, list_ids: [$list], start: "now", retry: {max_attempts: 1, delay_secs: 60, retry_on: []}}')
campaign=$(post /api/campaigns "$body" | jq -r .campaign_id)
wait_for "/api/campaigns/$campaign" completed
get "/api/campaigns/$campaign" | jq .counts
