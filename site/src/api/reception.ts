// The words of the reception, as the API has them.
import type { Schemas } from "./client";

export type RouteTarget = Schemas["RouteTarget"];
export type RoutingConditions = Schemas["RoutingConditions"];
export type RoutingRule = Schemas["RoutingRule"];
/** A rule as a form has it: everything is said. */
export type NewRoutingRule = Required<Schemas["NewRoutingRule"]>;
export type RouteTest = Schemas["RouteTest"];
export type RouteTested = Schemas["RouteTested"];
export type ReceptionSettings = Schemas["ReceptionSettings"];
export type Callback = Schemas["Callback"];
export type CallbackStatus = Schemas["CallbackStatus"];
export type NewCallback = Schemas["NewCallback"];
export type ChangedCallback = Schemas["ChangedCallback"];
export type Urgency = Schemas["Urgency"];
export type Intent = Schemas["Intent"];
export type Reception = Schemas["Reception"];
export type Call = Schemas["Call"];
