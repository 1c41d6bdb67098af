// The library's looks on the router's links.
import { ActionIcon, type ActionIconProps, Anchor, type AnchorProps, Button, type ButtonProps, NavLink, type NavLinkProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, forwardRef } from "react";

type Own<P> = P & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof P>;

export const TextLink = createLink(
  forwardRef<HTMLAnchorElement, Own<AnchorProps>>((props, ref) => <Anchor ref={ref} {...props} />),
);
export const ButtonLink = createLink(
  forwardRef<HTMLAnchorElement, Own<ButtonProps>>((props, ref) => <Button component="a" ref={ref} {...props} />),
);
export const IconLink = createLink(
  forwardRef<HTMLAnchorElement, Own<ActionIconProps>>((props, ref) => <ActionIcon component="a" ref={ref} {...props} />),
);
export const NavItem = createLink(
  forwardRef<HTMLAnchorElement, Own<NavLinkProps>>((props, ref) => <NavLink ref={ref} {...props} />),
);
