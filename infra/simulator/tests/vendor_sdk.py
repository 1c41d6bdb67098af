"""The vendor's own Python SDK against the simulator, every answer validated again, strictly.

    cargo build -p switchboard-simulator
    python3 -m venv venv && venv/bin/pip install elevenlabs==2.78.0
    venv/bin/python infra/simulator/tests/vendor_sdk.py target/debug/simulator
"""

import os
import socket
import subprocess
import sys
import time

import httpx
from elevenlabs.client import ElevenLabs

AGENT = "agent_01ksimagent0000000000000001"
TWILIO = "phnum_01ksimphone000000000000001"
SIP = "phnum_01ksimphone000000000000002"
DATA = {"dynamic_variables": {"name": "Ana", "company": "Acme", "renewal_date": "2026-12-24", "attempt_id": "att_1"}, "user_id": "att_1"}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def strict(name, model):
    """Built without validation by the SDK; here every field has to fit."""
    if isinstance(model, list):
        for item in model:
            strict(name, item)
        return
    type(model).model_validate(model.model_dump(by_alias=True, warnings=False))
    missing = [f for f, info in type(model).model_fields.items() if info.is_required() and f not in model.model_fields_set]
    assert not missing, f"{name}: required fields are missing: {missing}"
    print("ok", name, type(model).__name__)


def main():
    port = free_port()
    env = {**os.environ, "SIMULATOR_PORT": str(port), "CLOCK_FACTOR": "200"}
    simulator = subprocess.Popen([sys.argv[1]], env=env, stdout=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                httpx.get(f"{base}/sim/ledger")
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        client = ElevenLabs(api_key="sim-api-key", base_url=base)
        ai = client.conversational_ai

        created = ai.agents.create(name="New", conversation_config={"agent": {"first_message": "Hi", "language": "en", "prompt": {"prompt": "Be brief."}}})
        strict("agents.create", created)
        strict("agents.list", ai.agents.list())
        strict("agents.get", ai.agents.get(created.agent_id))
        changed = ai.agents.update(created.agent_id, name="Newer")
        strict("agents.update", changed)
        assert changed.name == "Newer" and changed.conversation_config.agent.first_message == "Hi"
        strict("agents.duplicate", ai.agents.duplicate(created.agent_id))
        ai.agents.delete(created.agent_id)
        strict("phone_numbers.list", ai.phone_numbers.list())
        strict("phone_numbers.get", ai.phone_numbers.get(SIP))
        strict("voices.search", client.voices.search(page_size=5))
        strict("voices.get", client.voices.get("v0iceClara0000000001"))
        strict("subscription", client.user.subscription.get())

        call = ai.twilio.outbound_call(agent_id=AGENT, agent_phone_number_id=TWILIO, to_number="+14155550110", conversation_initiation_client_data=DATA)
        strict("twilio.outbound_call", call)
        assert call.success and call.call_sid
        strict("live_count", ai.analytics.live_count.get())
        sip = ai.sip_trunk.outbound_call(agent_id=AGENT, agent_phone_number_id=SIP, to_number="+14155550111", conversation_initiation_client_data=DATA)
        strict("sip_trunk.outbound_call", sip)
        strict("conversations.get (young)", ai.conversations.get(call.conversation_id))
        for _ in range(200):
            found = ai.conversations.get(call.conversation_id)
            if found.status == "done":
                break
            time.sleep(0.05)
        assert found.status == "done" and found.user_id == "att_1", found.status
        strict("conversations.get (done)", found)
        listed = ai.conversations.list(user_id="att_1", page_size=1)
        strict("conversations.list", listed)
        assert listed.has_more and listed.next_cursor
        audio = b"".join(ai.conversations.audio.get(call.conversation_id))
        assert audio[:2] == b"\xff\xf3" and abs(len(audio) / 108 * 0.036 - found.metadata.call_duration_secs) < 0.1
        print("ok audio", len(audio), "bytes")

        batch = ai.batch_calls.create(call_name="B", agent_id=AGENT, agent_phone_number_id=TWILIO, recipients=[{"phone_number": "+14155550112", "conversation_initiation_client_data": DATA}])
        strict("batch_calls.create", batch)
        strict("batch_calls.get", ai.batch_calls.get(batch.id))
        strict("batch_calls.list", ai.batch_calls.list())
        strict("batch_calls.cancel", ai.batch_calls.cancel(batch.id))
        strict("settings", ai.settings.get())
        strict("webhooks", client.webhooks.list())
        ai.conversations.delete(sip.conversation_id)
        print("all good")
    finally:
        simulator.terminate()
        simulator.wait()


if __name__ == "__main__":
    main()
