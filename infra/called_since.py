"""Takes people out of campaigns whom the provider called after the moment to which tables were restored (docs/runbook.md).

    TOKEN=... python3 infra/called_since.py https://<api> 2026-11-22T08:00:00Z [--remove]

Run it after the sync from that moment, with the queue stopped: calls that the sync found at the provider and no record
knows are calls of the time that was lost. Whoever of them still waits in a campaign would be called again. Without
`--remove` it only counts. TOKEN is an operator's.
"""

import argparse
import json
import os
import urllib.parse
import urllib.request

# One request takes so many people out.
AT_ONCE = 500


class Api:
    def __init__(self, address: str, token: str):
        self.address, self.token = address.rstrip("/"), token

    def ask(self, method: str, path: str, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def all(self, path: str, **query):
        while True:
            page = self.ask("GET", f"{path}?{urllib.parse.urlencode({**query, 'limit': 100})}")
            yield from page["items"]
            if not page.get("next_cursor"):
                return
            query["cursor"] = page["next_cursor"]


def called(api: Api, since: str) -> set[str]:
    """Numbers of calls that the sync brought back."""
    calls = api.all("/api/calls", since=since, direction="outbound")
    return {call["phone_number"] for call in calls if call["origin"] == "imported" and call.get("phone_number")}


def waiting(api: Api, campaign: str, numbers: set[str]) -> list[str]:
    """Recipients of these numbers to whom a campaign would still do something."""
    path = f"/api/campaigns/{campaign}/recipients"
    return [r["recipient_id"] for status in ("pending", "queued") for r in api.all(path, status=status) if r["phone_number"] in numbers]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("api")
    parser.add_argument("since")
    parser.add_argument("--remove", action="store_true")
    given = parser.parse_args()
    api = Api(given.api, os.environ["TOKEN"])
    numbers = called(api, given.since)
    print(f"{len(numbers)} people were called since then, of whom no record knew")
    for campaign in api.all("/api/campaigns"):
        if campaign["status"] in ("completed", "cancelled"):
            continue
        id = campaign["campaign_id"]
        people = waiting(api, id, numbers)
        for begin in range(0, len(people) if given.remove else 0, AT_ONCE):
            api.ask("POST", f"/api/campaigns/{id}/recipients/remove", {"recipient_ids": people[begin : begin + AT_ONCE]})
        print(f"{id}: {len(people)} of them still wait{', and are taken out' if given.remove and people else ''}")


if __name__ == "__main__":
    main()
