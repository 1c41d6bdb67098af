import { Modal, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, bodyOf, type Schemas } from "@/api/client";
import { SecretOnce } from "./SecretOnce";
import { TargetForm } from "./TargetForm";

/** Asks for the address, then shows its secret. */
export function NewTarget({ onClose }: { onClose: () => void }) {
  const go = useNavigate();
  const [made, setMade] = useState<Schemas["CreatedEventTarget"]>();
  if (made) {
    const kept = () => void go({ to: "/event-targets/$targetId", params: { targetId: made.target.target_id } });
    return (
      // No way out by accident.
      <Modal opened onClose={kept} title={<Text fw={640}>The target is made</Text>} size="lg" withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false}>
        <SecretOnce secret={made.secret} onKept={kept}>Send a test from its page once the receiver knows the secret.</SecretOnce>
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} title={<Text fw={640}>New event target</Text>} size="lg">
      <TargetForm
        submit="Make the target" then={setMade}
        save={async ({ description, ...values }) =>
          bodyOf(await api.POST("/api/event-targets", { body: { ...values, description: description || undefined } }))
        }
      />
    </Modal>
  );
}
