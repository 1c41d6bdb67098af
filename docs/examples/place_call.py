"""Places one call and reads its outcome.

    TOKEN=$(make -s token) python3 docs/examples/place_call.py +14155550100
"""

import sys

from switchboard import an_agent_and_a_line, ask, until

GOES_ON = {"queued", "placing", "unconfirmed", "in_progress"}

agent, line = an_agent_and_a_line()
body = {"phone_number": sys.argv[1], "agent_id": agent, "phone_line_id": line, "variables": {"name": "Ana"}}
# Your own id of why you call: when the answer is lost and this runs again, nobody is called twice.
call = ask("POST", "/api/calls", body, key=f"order-4712-{sys.argv[1]}")
path = f"/api/calls/{call['call_id']}"
call = until(path, lambda now: now["status"] not in GOES_ON)
# Words and results come a moment after the end.
if call["status"] == "completed":
    call = until(path, lambda now: now["results_complete"])
print(f"{call['call_id']}: {call['status']}")
for turn in ask("GET", f"{path}/transcript")["turns"]:
    print(f"{turn['speaker']}: {turn['message']}")
