import { Textarea } from "@mantine/core";
import { useState } from "react";
import { readDisclosure, writeDisclosure } from "../disclosure";
import type { CampaignRules } from "./rules";

interface FirstWordsFieldsProps {
  disclosure: CampaignRules["disclosure"];
  onChange: (disclosure: CampaignRules["disclosure"]) => void;
}

/** What the agent has to say first. The text stays as it is typed; what it asks for follows it. */
export function FirstWordsFields({ disclosure, onChange }: FirstWordsFieldsProps) {
  const [text, setText] = useState(writeDisclosure(disclosure));
  return (
    <Textarea
      label="The agent's first words must have" autosize minRows={2} maxRows={6} value={text}
      description="A line for each thing, its ways between bars: AI assistant | virtual assistant. Empty: nothing is looked for"
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        onChange(readDisclosure(value));
      }}
    />
  );
}
