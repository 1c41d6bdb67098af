import { Alert, Button, Card, Group, List, Text, TextInput } from "@mantine/core";
import { IconPhone } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { listsQuery } from "@/api/contacts";
import { api, bodyOf, sentenceOf } from "@/api/client";
import { formatPhone } from "@/ui/format";
import { TextLink } from "@/ui/links";
import { ownRegion } from "./regions";

/** In which lists a number is, and whether it may be called. */
export function FindNumber() {
  const [text, setText] = useState("");
  const [wanted, setWanted] = useState("");
  const lists = useQuery(listsQuery()).data?.items ?? [];
  const found = useQuery({
    queryKey: ["contacts", "number", wanted],
    queryFn: async () => {
      const region = ownRegion() ?? undefined;
      const contacts = bodyOf(await api.GET("/api/contacts", { params: { query: { phone_number: wanted, default_region: region } } })).items;
      return contacts;
    },
    enabled: wanted !== "",
    retry: false,
  });
  return (
    <Card mb="md" component="search">
      <form onSubmit={(event) => { event.preventDefault(); setWanted(text.trim()); }}>
        <Group align="flex-end">
          <TextInput
            label="Find a person by number, over all lists" placeholder="+34 631 021 622" type="tel" flex="1 1 240px" maw={360} value={text}
            leftSection={<IconPhone size={16} />} onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={found.isFetching}>Find</Button>
        </Group>
      </form>
      {wanted !== "" && found.error && <Alert mt="sm" color="red" variant="default" role="alert">{sentenceOf(found.error)}</Alert>}
      {wanted !== "" && found.data && (
        <div role="status">
          {found.data.length === 0 ? <Text size="sm" mt="sm">No list has this number.</Text> : (
            <List size="sm" mt="sm">
              {found.data.map((contact) => (
                <List.Item key={`${contact.list_id} ${contact.seq}`}>
                  {formatPhone(contact.phone_number)} in{" "}
                  <TextLink to="/contacts/$listId" params={{ listId: contact.list_id }} size="sm">
                    {lists.find(({ list_id }) => list_id === contact.list_id)?.name ?? contact.list_id}
                  </TextLink>
                  , line {contact.line}. <TextLink to="/calls" search={{ search: contact.phone_number }} size="sm">Their calls</TextLink>
                </List.Item>
              ))}
            </List>
          )}
        </div>
      )}
    </Card>
  );
}
