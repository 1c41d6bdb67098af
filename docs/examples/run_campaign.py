"""Uploads a spreadsheet, calls everybody in it, and prints what came of it.

    TOKEN=$(make -s token) python3 docs/examples/run_campaign.py contacts.csv
"""

import sys
import urllib.request
from pathlib import Path

from switchboard import an_agent_and_a_line, ask, until

file = Path(sys.argv[1])
content = file.read_bytes()
made = ask("POST", "/api/uploads", {"file_name": file.name, "bytes": len(content), "start": True})
# The file goes straight into the bucket, by a link for exactly this length.
put = urllib.request.Request(made["put"]["url"], content, made["put"]["headers"], method="PUT")
urllib.request.urlopen(put, timeout=60).close()
upload = until(f"/api/uploads/{made['upload']['upload_id']}", lambda now: now["status"] in ("completed", "failed"))
if upload["status"] == "failed":
    raise SystemExit(upload["failure"]["explanation"])
print(f"{upload['counts']['accepted']} accepted, {upload['counts']['rejected']} rejected")

agent, line = an_agent_and_a_line()
campaign = ask("POST", "/api/campaigns", {
    "name": "From a script",
    "agent_id": agent,
    "phone_line_id": line,
    "list_ids": [upload["list_id"]],
    "start": "now",
    "retry": {"max_attempts": 1, "delay_secs": 60, "retry_on": []},
})
path = f"/api/campaigns/{campaign['campaign_id']}"
until(path, lambda now: now["status"] in ("completed", "paused", "failed"))
cursor = ""
while cursor is not None:
    page = ask("GET", f"{path}/recipients?limit=200" + (f"&cursor={cursor}" if cursor else ""))
    for person in page["items"]:
        # In a log of your own, write an id of yours in place of the number.
        print(person["phone_number"], person["status"], person.get("skip_reason") or "")
    cursor = page.get("next_cursor")
