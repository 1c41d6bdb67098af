import { IconLock } from "@tabler/icons-react";
import { useSearch } from "@tanstack/react-router";
import { useMay, useMe } from "@/session/me";
import { PageHeader } from "@/ui/PageHeader";
import { Notice } from "@/ui/states";
import { ImportFlow } from "./ImportFlow";

export default function ImportPage() {
  const known = useMe() !== undefined;
  const operates = useMay("operator");
  const { list } = useSearch({ from: "/contacts/import" });
  return (
    <>
      <PageHeader title="Import contacts" subtitle={list ? "The contacts of the file join the list." : "Each file becomes a list that campaigns can call."} />
      {known && !operates ? (
        <Notice icon={IconLock} title="Your role does not import contacts">An operator or an administrator can.</Notice>
      ) : (
        <ImportFlow listId={list} />
      )}
    </>
  );
}
