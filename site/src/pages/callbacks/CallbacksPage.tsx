import { Button, SegmentedControl } from "@mantine/core";
import { IconPhoneOutgoing, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { type Callback, CALLBACK_STATUSES, callbacksQuery, type CallbackStatus } from "@/api/callbacks";
import { For } from "@/session/me";
import { PageHeader } from "@/ui/PageHeader";
import { Pager, useCursors } from "@/ui/Pager";
import { Lines, Loaded, Notice, Section } from "@/ui/states";
import { BookCallback } from "./BookCallback";
import { STATUS_NAMES } from "./callback";
import { CallbackTable } from "./CallbackTable";
import { CallNow } from "./CallNow";
import { ChangeCallback } from "./ChangeCallback";

const route = getRouteApi("/callbacks");

const EMPTY: Record<CallbackStatus, [string, string]> = {
  due: ["Nobody waits for a call", "The agent books callbacks while it talks; you book one here, or from a call that came in."],
  assigned: ["Nobody is at one", "A callback comes here when somebody takes it, or when its call is placed."],
  done: ["None is done yet", "A callback comes here when its call has reached them, or somebody says that it is done."],
};

/** Who is to be called back. */
export default function CallbacksPage() {
  const { status = "due" } = route.useSearch();
  const navigate = route.useNavigate();
  const [booking, setBooking] = useState(false);
  const [calling, setCalling] = useState<Callback | null>(null);
  const [changing, setChanging] = useState<Callback | null>(null);
  const pages = useCursors(status);
  const callbacks = useQuery(callbacksQuery(status, pages.cursor));
  return (
    <>
      <PageHeader
        title="Callbacks" subtitle="Who is to be called back, when, and by whom."
        actions={<For role="operator"><Button leftSection={<IconPlus size={16} />} onClick={() => setBooking(true)}>Book a callback</Button></For>}
      />
      <Section
        title="Callbacks"
        aside={
          <SegmentedControl
            value={status} aria-label="Which callbacks" size="sm" className="tabs"
            onChange={(next) => void navigate({ search: { status: next as CallbackStatus }, replace: true })}
            data={CALLBACK_STATUSES.map((value) => ({ value, label: STATUS_NAMES[value] }))}
          />
        }
      >
        <Loaded query={callbacks} waiting={<Lines count={6} />}>
          {({ items, next_cursor: next }) => {
            const [title, text] = EMPTY[status];
            return items.length === 0 && !next ? <Notice icon={IconPhoneOutgoing} title={title}>{text}</Notice> : (
              <div style={{ opacity: callbacks.isPlaceholderData ? 0.6 : 1, transition: "opacity 120ms" }}>
                <CallbackTable callbacks={items} onCall={setCalling} onChange={setChanging} />
                <Pager pages={pages} next={next} shown={items.length} busy={callbacks.isFetching && callbacks.isPlaceholderData} />
              </div>
            );
          }}
        </Loaded>
      </Section>
      {booking && <BookCallback onClose={() => setBooking(false)} />}
      {calling && <CallNow callback={calling} onClose={() => setCalling(null)} />}
      {changing && <ChangeCallback callback={changing} onClose={() => setChanging(null)} />}
    </>
  );
}
